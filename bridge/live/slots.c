// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/slots.h"

#include <stdlib.h>

#include <uthash.h>

struct entry {
	struct slot slot; // first: a slot is its entry
	UT_hash_handle hh;
};

struct slots {
	struct entry *by_cookie;
};

struct slots *slots_new(void)
{
	return calloc(1, sizeof(struct slots));
}

void slots_free(struct slots *s)
{
	struct entry *e, *next;

	if (!s)
		return;
	HASH_ITER(hh, s->by_cookie, e, next)
	{
		HASH_DEL(s->by_cookie, e);
		free(e);
	}
	free(s);
}

struct slot *slots_add(struct slots *s, const struct slot *slot)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->slot = *slot;
	HASH_ADD(hh, s->by_cookie, slot.cookie, sizeof(e->slot.cookie), e);
	return &e->slot;
}

struct slot *slots_find(struct slots *s, uint32_t cookie)
{
	struct entry *e;

	HASH_FIND(hh, s->by_cookie, &cookie, sizeof(cookie), e);
	return e ? &e->slot : NULL;
}

void slots_remove(struct slots *s, struct slot *slot)
{
	struct entry *e = (struct entry *)slot;

	HASH_DEL(s->by_cookie, e);
	free(e);
}

size_t slots_count(const struct slots *s)
{
	return HASH_COUNT(s->by_cookie);
}

bool slots_take_port(struct slots *s, uint32_t ifindex, struct slot *ret)
{
	struct entry *e, *next;

	HASH_ITER(hh, s->by_cookie, e, next)
	{
		if (ifindex && e->slot.ifindex != ifindex)
			continue;
		*ret = e->slot;
		slots_remove(s, &e->slot);
		return true;
	}
	return false;
}
