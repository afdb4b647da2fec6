// SPDX-License-Identifier: GPL-2.0-or-later
// text: a line put together piece by piece in a buffer of fixed size. What does not fit is cut off; the
// buffer always holds a C string.
#ifndef OFFHOOK_BASE_TEXT_H
#define OFFHOOK_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

struct text {
	char *buf;
	size_t size, used;
};

// size > 0.
static inline struct text text_of(char *buf, size_t size)
{
	buf[0] = '\0';
	return (struct text){.buf = buf, .size = size};
}

__attribute__((format(printf, 2, 3))) static inline void text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->used, t->size - t->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->used = (size_t)n < t->size - t->used ? t->used + (size_t)n : t->size - 1;
}

#endif
