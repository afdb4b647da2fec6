// SPDX-License-Identifier: GPL-2.0-or-later
// diag: what is wrong with a text, and where. Each message has a place (file:line:col), the line itself, a
// caret under the offending words and, where one is near, a hint. Several are collected before any is shown.
#ifndef OFFHOOK_BASE_DIAG_H
#define OFFHOOK_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A text and its name, as read. text ends in NUL, which len does not count.
struct source {
	char *name, *text;
	size_t len;
};

// A place in a source: bytes [off, off + len).
struct span {
	const struct source *src;
	uint32_t off, len;
};

enum diag_level { DIAG_ERROR, DIAG_WARNING };

struct diag {
	enum diag_level level;
	struct span where;    // src NULL: the message has no place
	char *message, *hint; // hint NULL: none
};

// A list in the order of reporting. At most DIAG_MAX are kept; the rest are counted.
#define DIAG_MAX 50
struct diag_list {
	struct diag *items;
	size_t count, errors, dropped;
};

void diag_list_done(struct diag_list *list);

// Adds one. hint may be NULL. An identical message at the same place is added once.
void diag_add(struct diag_list *list, enum diag_level level, struct span where, const char *hint,
	      const char *fmt, ...) __attribute__((format(printf, 5, 6)));
#define diag_error(list, where, hint, ...)   diag_add(list, DIAG_ERROR, where, hint, __VA_ARGS__)
#define diag_warning(list, where, hint, ...) diag_add(list, DIAG_WARNING, where, hint, __VA_ARGS__)

// Line and column (both from 1; columns count UTF-8 characters) of a place.
void span_position(struct span where, unsigned *ret_line, unsigned *ret_column);

// All messages as text, sorted by place, ready to print; the caller frees. NULL where memory is short.
char *diag_format(const struct diag_list *list);

// The nearest of words[n] to word (len bytes) by edit distance, or NULL where none is near enough to suggest.
const char *diag_nearest(const char *word, size_t len, const char *const *words, size_t n);

#endif
