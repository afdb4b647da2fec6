// SPDX-License-Identifier: GPL-2.0-or-later
// When each server gives a registration up: a binary heap, so that a hundred thousand of them cost a frame
// nothing.
#include <stdlib.h>

#include "track/internal.h"

static void place(struct tracker *t, size_t at, struct registration_entry *r)
{
	t->heap[at] = r;
	r->heap_at = at;
}

static void sift(struct tracker *t, size_t at, struct registration_entry *r)
{
	while (at > 0 && r->is.deadline < t->heap[(at - 1) / 2]->is.deadline) {
		place(t, at, t->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= t->heap_count)
			break;
		if (child + 1 < t->heap_count &&
		    t->heap[child + 1]->is.deadline < t->heap[child]->is.deadline)
			child++;
		if (t->heap[child]->is.deadline >= r->is.deadline)
			break;
		place(t, at, t->heap[child]);
		at = child;
	}
	place(t, at, r);
}

static void take_out(struct tracker *t, struct registration_entry *r)
{
	struct registration_entry *last;
	size_t at = r->heap_at;

	if (at == SIZE_MAX)
		return;
	last = t->heap[--t->heap_count];
	r->heap_at = SIZE_MAX;
	if (last != r)
		sift(t, at, last);
}

void deadline_set(struct tracker *t, struct registration_entry *r, int64_t when)
{
	struct registration_entry **heap;

	take_out(t, r);
	r->is.deadline = when;
	if (when == TIME_NEVER)
		return;
	if (t->heap_count == t->heap_room) {
		size_t room = t->heap_room ? t->heap_room * 2 : 64;

		heap = realloc(t->heap, room * sizeof(*heap));
		if (!heap) {
			r->is.deadline = TIME_NEVER; // it will not be presumed gone; nothing worse
			return;
		}
		t->heap = heap;
		t->heap_room = room;
	}
	t->heap_count++;
	sift(t, t->heap_count - 1, r);
}

struct registration_entry *deadline_passed(struct tracker *t, int64_t now)
{
	struct registration_entry *r;

	if (!t->heap_count || t->heap[0]->is.deadline > now)
		return NULL;
	r = t->heap[0];
	take_out(t, r);
	return r;
}
