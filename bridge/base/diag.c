// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/diag.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void diag_list_done(struct diag_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].message);
		free(list->items[i].hint);
	}
	free(list->items);
	*list = (struct diag_list){0};
}

static bool already_said(const struct diag_list *list, const struct diag *d)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct diag *o = &list->items[i];

		if (o->where.src == d->where.src && o->where.off == d->where.off &&
		    !strcmp(o->message, d->message))
			return true;
	}
	return false;
}

void diag_add(struct diag_list *list, enum diag_level level, struct span where, const char *hint,
	      const char *fmt, ...)
{
	struct diag d = {.level = level, .where = where};
	struct diag *items;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&d.message, fmt, ap) < 0)
		d.message = NULL;
	va_end(ap);
	if (d.message && already_said(list, &d)) {
		free(d.message);
		return;
	}
	list->errors += level == DIAG_ERROR;
	items = d.message && list->count < DIAG_MAX ? realloc(list->items, (list->count + 1) * sizeof(*items))
						    : NULL;
	if (!items) {
		list->dropped++;
		free(d.message);
		return;
	}
	d.hint = hint ? strdup(hint) : NULL;
	items[list->count++] = d;
	list->items = items;
}

static bool starts_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

// Start and length of the line that holds byte off.
static const char *line_of(const struct source *src, uint32_t off, size_t *ret_len)
{
	const char *start, *end;

	if (off > src->len)
		off = (uint32_t)src->len;
	start = src->text + off;
	while (start > src->text && start[-1] != '\n')
		start--;
	end = src->text + off;
	while (end < src->text + src->len && *end != '\n' && *end != '\r')
		end++;
	*ret_len = (size_t)(end - start);
	return start;
}

void span_position(struct span where, unsigned *ret_line, unsigned *ret_column)
{
	uint32_t off = where.off > where.src->len ? (uint32_t)where.src->len : where.off;
	unsigned line = 1, column = 1;

	for (uint32_t i = 0; i < off; i++) {
		if (where.src->text[i] == '\n') {
			line++;
			column = 1;
		} else if (starts_character(where.src->text[i])) {
			column++;
		}
	}
	*ret_line = line;
	*ret_column = column;
}

// The line and, under it, a caret and tildes. Tabs are kept in the caret's line, so that it stands right
// whatever their width; control characters become '?'.
static void print_line(FILE *out, struct span where)
{
	size_t len;
	const char *line = line_of(where.src, where.off, &len);
	const char *from = where.src->text + (where.off > where.src->len ? where.src->len : where.off);
	const char *to = from + where.len;

	fputs("    ", out);
	for (size_t i = 0; i < len; i++)
		fputc(line[i] == '\t' || (unsigned char)line[i] >= ' ' ? line[i] : '?', out);
	fputs("\n    ", out);
	for (const char *p = line; p < from; p++)
		if (starts_character(*p))
			fputc(*p == '\t' ? '\t' : ' ', out);
	fputc('^', out);
	for (const char *p = from + 1; p < to && p < line + len; p++)
		if (starts_character(*p))
			fputc('~', out);
	fputc('\n', out);
}

static int by_place(const void *a, const void *b)
{
	const struct diag *x = *(const struct diag *const *)a, *y = *(const struct diag *const *)b;

	if (x->where.src != y->where.src) {
		if (!x->where.src || !y->where.src)
			return x->where.src ? 1 : -1;
		return strcmp(x->where.src->name, y->where.src->name);
	}
	if (x->where.off != y->where.off)
		return x->where.off < y->where.off ? -1 : 1;
	return x < y ? -1 : x > y; // as they were added
}

static void print_diag(FILE *out, const struct diag *d)
{
	const char *level = d->level == DIAG_ERROR ? "error" : "warning";
	unsigned line, column;

	if (!d->where.src) {
		fprintf(out, "%s: %s\n", level, d->message);
	} else {
		span_position(d->where, &line, &column);
		fprintf(out, "%s:%u:%u: %s: %s\n", d->where.src->name, line, column, level, d->message);
		print_line(out, d->where);
	}
	if (d->hint)
		fprintf(out, "    hint: %s\n", d->hint);
}

char *diag_format(const struct diag_list *list)
{
	const struct diag **sorted = calloc(list->count + 1, sizeof(*sorted));
	char *text = NULL;
	size_t size = 0;
	FILE *out = sorted ? open_memstream(&text, &size) : NULL;

	if (!out) {
		free(sorted);
		return NULL;
	}
	for (size_t i = 0; i < list->count; i++)
		sorted[i] = &list->items[i];
	qsort(sorted, list->count, sizeof(*sorted), by_place);
	for (size_t i = 0; i < list->count; i++)
		print_diag(out, sorted[i]);
	if (list->dropped)
		fprintf(out, "… and %zu more\n", list->dropped);
	free(sorted);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

#define WORD_MAX 64

// Edit distance, a swap of neighbours counted as one change; case does not matter.
static size_t distance(const char *a, size_t la, const char *b, size_t lb)
{
	size_t before[WORD_MAX + 1], row[WORD_MAX + 1], next[WORD_MAX + 1];

	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	memcpy(before, row, sizeof(row));
	for (size_t i = 1; i <= la; i++) {
		next[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			int ca = tolower((unsigned char)a[i - 1]), cb = tolower((unsigned char)b[j - 1]);
			size_t best = row[j - 1] + (ca != cb);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (next[j - 1] + 1 < best)
				best = next[j - 1] + 1;
			if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
			    cb == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			next[j] = best;
		}
		memcpy(before, row, (lb + 1) * sizeof(*row));
		memcpy(row, next, (lb + 1) * sizeof(*row));
	}
	return row[lb];
}

const char *diag_nearest(const char *word, size_t len, const char *const *words, size_t n)
{
	const char *best = NULL;
	size_t best_distance = len < 4 ? 2 : len / 3 + 1; // nearer than this

	if (!len || len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t l = strlen(words[i]), d;

		if (l > WORD_MAX || l + best_distance <= len || len + best_distance <= l)
			continue;
		d = distance(word, len, words[i], l);
		if (d < best_distance) {
			best_distance = d;
			best = words[i];
		}
	}
	return best;
}
