// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule/when.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rule/words.h"

static const struct {
	const char *word, *usage;
} kinds[] = {
	[CONDITION_IDLE] = {"idle", "idle >= TIME per FIELD"},
	[CONDITION_AGED] = {"aged", "aged TIME per FIELD"},
	[CONDITION_KEEPALIVE] = {"keepalive", "keepalive == 3, keepalive >= 3 or keepalive in 3..5"},
	[CONDITION_COPY] = {"copy", "copy == 1, copy >= 2 or copy in 1..3"},
	[CONDITION_ELAPSED] = {"elapsed", "elapsed 5m..7m or elapsed >= 5m"},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

const char *condition_word(enum condition_kind kind)
{
	return kinds[kind].word;
}

static bool is_count(const struct condition *c)
{
	return c->kind == CONDITION_KEEPALIVE || c->kind == CONDITION_COPY;
}

static int read_bound(struct token_stream *ts, const struct condition *c, int64_t *ret)
{
	struct span where = ts->now.where;
	uint64_t n;
	int r;

	if (!is_count(c))
		return tokens_duration(ts, "a time", ret);
	r = tokens_count(ts, "a number", &n);
	if (r < 0)
		return r;
	if (n == 0) {
		diag_error(ts->diags, where, NULL, "%s from 1",
			   c->kind == CONDITION_COPY ? "copies are counted" : "keep-alives are numbered");
		return -EINVAL;
	}
	*ret = (int64_t)n;
	return 0;
}

static int read_range(struct token_stream *ts, struct condition *c)
{
	struct span where = ts->now.where;
	int r;

	tokens_accept_word(ts, "in");
	r = read_bound(ts, c, &c->from);
	if (r < 0)
		return r;
	if (!tokens_accept(ts, TOKEN_RANGE))
		return tokens_expected(ts, kinds[c->kind].usage, "“..” and the range's end");
	where = span_join(where, ts->now.where);
	r = read_bound(ts, c, &c->to);
	if (r < 0)
		return r;
	if (c->from > c->to) {
		diag_error(ts->diags, where, "write the smaller one first", "this range is empty");
		return -EINVAL;
	}
	return 0;
}

// Behind a sign of comparison.
static int read_compared(struct token_stream *ts, struct condition *c, const struct token *sign)
{
	int64_t bound, least = is_count(c);
	int r;

	if (sign->kind == TOKEN_UNEQUAL || sign->kind == TOKEN_ASSIGN) {
		diag_error(ts->diags, sign->where,
			   sign->kind == TOKEN_ASSIGN ? "write ==" : kinds[c->kind].usage,
			   "“%.*s” is no comparison here", (int)sign->where.len, token_text(sign));
		return -EINVAL;
	}
	if (sign->kind == TOKEN_EQUAL && !is_count(c)) {
		diag_error(ts->diags, sign->where, kinds[c->kind].usage,
			   "no frame comes at that very instant");
		return -EINVAL;
	}
	r = read_bound(ts, c, &bound);
	if (r < 0)
		return r;
	c->from = sign->kind == TOKEN_EQUAL || sign->kind == TOKEN_GREATER_EQUAL ? bound
		  : sign->kind == TOKEN_GREATER                                  ? time_add(bound, 1)
										 : least;
	c->to = sign->kind == TOKEN_EQUAL || sign->kind == TOKEN_LESS_EQUAL ? bound
		: sign->kind == TOKEN_LESS                                  ? bound - 1
									    : TIME_NEVER;
	if (c->from > c->to) {
		diag_error(ts->diags, sign->where, NULL, "nothing is less than that");
		return -EINVAL;
	}
	return 0;
}

static int parse_number(struct token_stream *ts, struct condition *c)
{
	struct token sign = ts->now;

	switch (sign.kind) {
	case TOKEN_EQUAL:
	case TOKEN_UNEQUAL:
	case TOKEN_LESS:
	case TOKEN_LESS_EQUAL:
	case TOKEN_GREATER:
	case TOKEN_GREATER_EQUAL:
	case TOKEN_ASSIGN:
		tokens_take(ts);
		return read_compared(ts, c, &sign);
	case TOKEN_WORD:
	case TOKEN_PARAM:
		return read_range(ts, c);
	case TOKEN_END:
	case TOKEN_LINE:
	case TOKEN_STRING:
	case TOKEN_RANGE:
	case TOKEN_OPEN:
	case TOKEN_CLOSE:
	case TOKEN_OPEN_STRING:
	case TOKEN_OTHER:
		break;
	}
	return tokens_expected(ts, kinds[c->kind].usage, "a comparison or a range");
}

static int field_unknown(struct token_stream *ts)
{
	const char *name = token_text(&ts->now), *near;
	const char *const *names;
	size_t len = ts->now.where.len, count = field_names(&names);
	char hint[150] = "a display filter's field, such as eth.src or ip.src";

	near = diag_nearest(name, len, names, count);
	if (near)
		snprintf(hint, sizeof(hint), "did you mean “%.100s”?", near);
	diag_error(ts->diags, ts->now.where, hint, "there is no field “%.*s”", (int)(len < 60 ? len : 60),
		   name);
	return -EINVAL;
}

// A field of both ends has two values in each frame: its first one would stand for both directions alike.
static bool is_of_both_ends(const struct field *f)
{
	static const char *const endings[] = {".addr", ".port", ".host", ".addr_resolved"};
	const char *dot = strrchr(f->name, '.');

	for (size_t i = 0; dot && i < sizeof(endings) / sizeof(endings[0]); i++)
		if (!strcmp(dot, endings[i]))
			return true;
	return false;
}

static int parse_per(struct token_stream *ts, struct condition *c)
{
	const struct protocol *protocol;
	const struct field *field;
	struct token t;

	if (!tokens_accept_word(ts, "per"))
		return tokens_expected(ts, kinds[c->kind].usage,
				       "“per” and the field whose values are told apart");
	if (ts->now.kind != TOKEN_WORD)
		return tokens_expected(ts, kinds[c->kind].usage, "a field");
	if (field_find(token_text(&ts->now), ts->now.where.len, &protocol, &field) < 0)
		return field_unknown(ts);
	t = tokens_take(ts);
	if (!field || field->type == FIELD_NONE || field->type == FIELD_PROTOCOL) {
		diag_error(ts->diags, t.where, "such as eth.src or ip.src",
			   "“%.*s” has no value to tell frames apart by", (int)t.where.len, token_text(&t));
		return -EINVAL;
	}
	if (field->type == FIELD_TIME || field->type == FIELD_DURATION ||
	    !strcmp(field->name, "frame.number")) {
		diag_error(ts->diags, t.where, "such as eth.src or ip.src",
			   "“%s” is different in every frame", field->name);
		return -EINVAL;
	}
	if (is_of_both_ends(field))
		diag_warning(ts->diags, t.where, "name one end: .src or .srcport, .dst or .dstport",
			     "“%s” has two values in a frame; only the first is looked at", field->name);
	c->per_protocol = protocol;
	c->per = field;
	return 0;
}

static int parse_silence(struct token_stream *ts, struct condition *c)
{
	struct span where;
	int r;

	if (!tokens_accept(ts, TOKEN_GREATER_EQUAL) && c->kind == CONDITION_IDLE &&
	    !tokens_accept(ts, TOKEN_GREATER))
		return tokens_expected(ts, kinds[c->kind].usage, "“>=”");
	where = ts->now.where;
	r = tokens_duration(ts, "a time", &c->from);
	if (r < 0)
		return r;
	if (!c->from) {
		diag_error(ts->diags, where, NULL, "every frame comes after a silence of nothing");
		return -EINVAL;
	}
	c->to = TIME_NEVER;
	return parse_per(ts, c);
}

static int unknown_condition(struct token_stream *ts)
{
	const char *words[KIND_COUNT], *near = NULL;
	const struct token *t = &ts->now;
	char hint[100] = "idle, aged, keepalive, copy or elapsed";

	for (size_t i = 0; i < KIND_COUNT; i++)
		words[i] = kinds[i].word;
	if (t->kind == TOKEN_WORD)
		near = diag_nearest(token_text(t), t->where.len, words, KIND_COUNT);
	if (near)
		snprintf(hint, sizeof(hint), "did you mean “%s”?", near);
	return tokens_expected(ts, hint, "a condition");
}

// "keepalive every 4th", "5s before keepalive": the word may stand anywhere.
static bool find_future_word(const struct token_stream *ts)
{
	struct token_stream look = *ts;
	const char *future;

	for (; !tokens_at_end(&look); tokens_take(&look)) {
		if (look.now.kind != TOKEN_WORD)
			continue;
		future = future_word(token_text(&look.now), look.now.where.len);
		if (!future)
			continue;
		diag_error(ts->diags, look.now.where,
			   "this version knows idle, aged, keepalive, copy and elapsed",
			   "“%.*s” is not in this version: %s", (int)look.now.where.len,
			   token_text(&look.now), future);
		return true;
	}
	return false;
}

int when_parse(struct token_stream *ts, struct condition *ret)
{
	struct condition c = {.where = ts->now.where};
	size_t kind;
	char after[40];
	int r;

	if (find_future_word(ts))
		return -EINVAL;
	for (kind = 0; kind < KIND_COUNT; kind++)
		if (tokens_accept_word(ts, kinds[kind].word))
			break;
	if (kind == KIND_COUNT)
		return unknown_condition(ts);
	c.kind = (enum condition_kind)kind;
	if (c.kind == CONDITION_IDLE || c.kind == CONDITION_AGED)
		r = parse_silence(ts, &c);
	else
		r = parse_number(ts, &c);
	if (r < 0)
		return r;
	snprintf(after, sizeof(after), "a condition of “%s”", kinds[kind].word);
	r = tokens_end_of(ts, after);
	if (r < 0)
		return r;
	*ret = c;
	return 0;
}
