// SPDX-License-Identifier: GPL-2.0-or-later
#include "engine/memory.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>
#include <utlist.h>

#include "base/prng.h"

struct entry {
	struct memory_key key;
	union memory_value value;
	struct entry *prev, *next; // least recently used first
	UT_hash_handle hh;
};

struct memory {
	struct entry *by_key, *by_age;
	size_t count, max;
	uint64_t forgotten;
};

_Static_assert(sizeof(struct memory_key) == 32, "keys are compared bytewise: no padding");

struct memory *memory_new(size_t max)
{
	struct memory *m = calloc(1, sizeof(*m));

	if (m)
		m->max = max;
	return m;
}

void memory_free(struct memory *m)
{
	struct entry *e, *next;

	if (!m)
		return;
	HASH_CLEAR(hh, m->by_key);
	DL_FOREACH_SAFE(m->by_age, e, next)
	free(e);
	free(m);
}

void memory_key_value(struct memory_key *key, const void *bytes, size_t len)
{
	uint64_t hash;

	if (len <= sizeof(key->bytes)) {
		memcpy(key->bytes, bytes, len);
		key->len = (uint8_t)len;
		return;
	}
	hash = hash_bytes(HASH_START, bytes, len);
	memcpy(key->bytes, &hash, sizeof(hash));
	memcpy(key->bytes + sizeof(hash), &len, sizeof(len));
	key->len = UINT8_MAX;
}

// A new entry, taken from the oldest one where the table is full.
static struct entry *entry_make(struct memory *m)
{
	struct entry *e;

	if (m->count < m->max) {
		e = calloc(1, sizeof(*e));
		if (e)
			m->count++;
		return e;
	}
	e = m->by_age;
	if (!e)
		return NULL;
	DL_DELETE(m->by_age, e);
	HASH_DELETE(hh, m->by_key, e);
	m->forgotten++;
	memset(e, 0, sizeof(*e));
	return e;
}

union memory_value *memory_get(struct memory *m, const struct memory_key *key, bool *ret_known)
{
	struct entry *e;

	HASH_FIND(hh, m->by_key, key, sizeof(*key), e);
	*ret_known = e != NULL;
	if (e) {
		DL_DELETE(m->by_age, e);
	} else {
		e = entry_make(m);
		if (!e)
			return NULL;
		e->key = *key;
		HASH_ADD(hh, m->by_key, key, sizeof(e->key), e);
	}
	DL_APPEND(m->by_age, e);
	return &e->value;
}

uint64_t memory_forgotten(const struct memory *m)
{
	return m->forgotten;
}
