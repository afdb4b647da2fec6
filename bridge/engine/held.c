// SPDX-License-Identifier: GPL-2.0-or-later
#include "engine/held.h"

#include <errno.h>
#include <stdlib.h>

#include <uthash.h>

#include "base/clock.h"

struct flow {
	uint64_t key;
	int64_t last_due; // of its last frame
	size_t count;     // frames waiting
	UT_hash_handle hh;
};

struct frame_held {
	uint64_t id, order;
	int64_t due;
	size_t at; // in the heap
	struct flow *flow;
	UT_hash_handle hh;
};

// A binary heap by (due, order), and the frames by id.
struct held {
	struct frame_held **heap;
	size_t count, room, max;
	uint64_t order;
	struct frame_held *by_id;
	struct flow *flows;
};

struct held *held_new(size_t max)
{
	struct held *h = calloc(1, sizeof(*h));

	if (h)
		h->max = max;
	return h;
}

void held_free(struct held *h)
{
	struct frame_held *f, *next;
	struct flow *flow, *next_flow;

	if (!h)
		return;
	HASH_ITER(hh, h->by_id, f, next)
	{
		HASH_DEL(h->by_id, f);
		free(f);
	}
	HASH_ITER(hh, h->flows, flow, next_flow)
	{
		HASH_DEL(h->flows, flow);
		free(flow);
	}
	free(h->heap);
	free(h);
}

static bool sooner(const struct frame_held *a, const struct frame_held *b)
{
	return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void place(struct held *h, size_t at, struct frame_held *f)
{
	h->heap[at] = f;
	f->at = at;
}

static void sift_up(struct held *h, size_t at, struct frame_held *f)
{
	for (; at > 0 && sooner(f, h->heap[(at - 1) / 2]); at = (at - 1) / 2)
		place(h, at, h->heap[(at - 1) / 2]);
	place(h, at, f);
}

static void sift_down(struct held *h, size_t at, struct frame_held *f)
{
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= h->count)
			break;
		if (child + 1 < h->count && sooner(h->heap[child + 1], h->heap[child]))
			child++;
		if (!sooner(h->heap[child], f))
			break;
		place(h, at, h->heap[child]);
		at = child;
	}
	place(h, at, f);
}

int64_t held_due(const struct held *h, uint64_t flow, int64_t due, bool *ret_waiting)
{
	struct flow *f;

	HASH_FIND(hh, h->flows, &flow, sizeof(flow), f);
	*ret_waiting = f != NULL;
	return f && f->last_due > due ? f->last_due : due;
}

static int heap_room(struct held *h)
{
	size_t room = h->room ? h->room * 2 : 64;
	struct frame_held **heap;

	if (h->count < h->room)
		return 0;
	heap = realloc(h->heap, room * sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	h->heap = heap;
	h->room = room;
	return 0;
}

static struct flow *flow_get(struct held *h, uint64_t key)
{
	struct flow *f;

	HASH_FIND(hh, h->flows, &key, sizeof(key), f);
	if (f)
		return f;
	f = calloc(1, sizeof(*f));
	if (f) {
		f->key = key;
		HASH_ADD(hh, h->flows, key, sizeof(f->key), f);
	}
	return f;
}

static void flow_put(struct held *h, struct flow *f)
{
	if (f->count)
		return;
	HASH_DEL(h->flows, f);
	free(f);
}

int held_add(struct held *h, uint64_t id, uint64_t flow, int64_t due)
{
	struct frame_held *f;

	if (h->count >= h->max)
		return -ENOSPC;
	HASH_FIND(hh, h->by_id, &id, sizeof(id), f);
	if (f)
		return -EEXIST;
	if (heap_room(h) < 0)
		return -ENOMEM;
	f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->flow = flow_get(h, flow);
	if (!f->flow) {
		free(f);
		return -ENOMEM;
	}
	f->id = id;
	f->due = due;
	f->order = h->order++;
	f->flow->count++;
	if (f->flow->count == 1 || due > f->flow->last_due)
		f->flow->last_due = due;
	HASH_ADD(hh, h->by_id, id, sizeof(f->id), f);
	h->count++;
	sift_up(h, h->count - 1, f);
	return 0;
}

static void remove_frame(struct held *h, struct frame_held *f)
{
	struct frame_held *last = h->heap[--h->count];
	size_t at = f->at;

	if (last != f) {
		if (at > 0 && sooner(last, h->heap[(at - 1) / 2]))
			sift_up(h, at, last);
		else
			sift_down(h, at, last);
	}
	HASH_DEL(h->by_id, f);
	f->flow->count--;
	flow_put(h, f->flow);
	free(f);
}

bool held_take(struct held *h, int64_t now, uint64_t *ret_id)
{
	if (!h->count || h->heap[0]->due > now)
		return false;
	*ret_id = h->heap[0]->id;
	remove_frame(h, h->heap[0]);
	return true;
}

int64_t held_when(const struct held *h, uint64_t id)
{
	struct frame_held *f;

	HASH_FIND(hh, h->by_id, &id, sizeof(id), f);
	return f ? f->due : TIME_NEVER;
}

bool held_drop(struct held *h, uint64_t id)
{
	struct frame_held *f;

	HASH_FIND(hh, h->by_id, &id, sizeof(id), f);
	if (f)
		remove_frame(h, f);
	return f != NULL;
}

int64_t held_next(const struct held *h)
{
	return h->count ? h->heap[0]->due : TIME_NEVER;
}

size_t held_count(const struct held *h)
{
	return h->count;
}
