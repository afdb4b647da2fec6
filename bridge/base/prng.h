// SPDX-License-Identifier: GPL-2.0-or-later
// prng: chance that can be repeated. A draw is a pure function of what names it (seed, rule, endpoint,
// direction, ordinal), so it never depends on what other phones do meanwhile.
#ifndef OFFHOOK_BASE_PRNG_H
#define OFFHOOK_BASE_PRNG_H

#include <stddef.h>
#include <stdint.h>

// 64 well-mixed bits (splitmix64's finalizer).
static inline uint64_t prng_mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static inline uint64_t prng_draw(uint64_t seed, uint64_t key, uint64_t ordinal)
{
	return prng_mix(prng_mix(seed ^ prng_mix(key)) ^ ordinal);
}

// FNV-1a, 64 bit: a stable key from bytes (an endpoint's name, a rule's name). Chain by passing the last
// result.
#define HASH_START UINT64_C(0xcbf29ce484222325)
static inline uint64_t hash_bytes(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		hash = (hash ^ *p++) * UINT64_C(0x100000001b3);
	return hash;
}

#endif
