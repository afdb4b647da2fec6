// SPDX-License-Identifier: GPL-2.0-or-later
// memory: what rules remember per key: when a MAC was last heard, how far a series has come, how often a
// limit was used. One table for all rules, capped; the key unused for longest goes first, and what was
// forgotten is counted.
#ifndef OFFHOOK_ENGINE_MEMORY_H
#define OFFHOOK_ENGINE_MEMORY_H

#include "fault/fault.h"

enum memory_kind { MEMORY_CONDITION, MEMORY_FAULT, MEMORY_LIMIT };

// Compared bytewise: zero it before filling. A field's value longer than the room is kept as its 64-bit hash
// and length, which tells values apart well enough for a rule's memory.
struct memory_key {
	uint32_t rule, index; // of the condition or fault in the rule
	uint8_t kind, len;
	uint8_t bytes[22];
};

// What is remembered.
union memory_value {
	int64_t time;             // CONDITION: last heard (idle), made (aged)
	struct fault_state fault; // FAULT
	uint64_t count;           // LIMIT
};

struct memory;
struct memory *memory_new(size_t max);
void memory_free(struct memory *m);

void memory_key_value(struct memory_key *key, const void *bytes, size_t len);

// The key's value, made (all zero) where it was not known; *ret_known tells which. NULL: no memory, or max is
// 0. Valid until the next call.
union memory_value *memory_get(struct memory *m, const struct memory_key *key, bool *ret_known);

uint64_t memory_forgotten(const struct memory *m);

#endif
