// SPDX-License-Identifier: GPL-2.0-or-later
// cursor: the only way bytes off the wire are read. A read past the end gives 0 and sets a sticky error, so a
// decoder may read a whole header and ask once, at its end, whether all of it was there.
#ifndef OFFHOOK_BASE_CURSOR_H
#define OFFHOOK_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *start, *at, *end;
	bool short_read; // sticky: some read asked for more than there was
};

static inline struct cursor cursor_of(const uint8_t *data, size_t len)
{
	return (struct cursor){.start = data, .at = data, .end = data + len};
}

static inline size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static inline size_t cursor_offset(const struct cursor *c)
{
	return (size_t)(c->at - c->start);
}

// The next n bytes, or NULL (and the sticky error) where there are fewer. The cursor then stands at the end.
static inline const uint8_t *cursor_take(struct cursor *c, size_t n)
{
	const uint8_t *p = c->at;

	if (cursor_left(c) < n) {
		c->short_read = true;
		c->at = c->end;
		return NULL;
	}
	c->at += n;
	return p;
}

static inline bool cursor_skip(struct cursor *c, size_t n)
{
	return cursor_take(c, n) != NULL;
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 1);
	return p ? p[0] : 0;
}

static inline uint16_t cursor_be16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);
	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t cursor_be32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);
	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint32_t cursor_le32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);
	return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

#endif
