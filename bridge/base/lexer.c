// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/lexer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define SHOWN_MAX 60 // bytes of a value that a message repeats

static bool is_word_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 ||
	       (c && strchr("_.:-/%*+", c));
}

static bool is_name_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

// The byte at an offset, 0 past the end.
static unsigned char byte_at(const struct token_stream *ts, uint32_t at)
{
	return at < ts->end ? (unsigned char)ts->src->text[at] : 0;
}

// The offset after "\", blanks and the newline that it hides; 0 where a backslash does not end its line.
static uint32_t joined_line(const struct token_stream *ts, uint32_t at)
{
	do
		at++;
	while (is_blank(byte_at(ts, at)));
	return byte_at(ts, at) == '\n' ? at + 1 : 0;
}

// Blanks, joined lines and a comment, up to but not with the newline.
static void skip_blanks(struct token_stream *ts)
{
	uint32_t next;

	while (ts->at < ts->end) {
		unsigned char c = byte_at(ts, ts->at);

		if (is_blank(c)) {
			ts->at++;
		} else if (c == '\\' && (next = joined_line(ts, ts->at))) {
			ts->at = next;
		} else if (c == '#') {
			while (ts->at < ts->end && byte_at(ts, ts->at) != '\n')
				ts->at++;
		} else {
			return;
		}
	}
}

static uint32_t string_length(const struct token_stream *ts, enum token_kind *ret_kind)
{
	uint32_t i = ts->at + 1;

	for (; i < ts->end && byte_at(ts, i) != '\n'; i++) {
		if (byte_at(ts, i) == '"') {
			*ret_kind = TOKEN_STRING;
			return i + 1 - ts->at;
		}
		if (byte_at(ts, i) == '\\' && i + 1 < ts->end && byte_at(ts, i + 1) != '\n')
			i++;
	}
	*ret_kind = TOKEN_OPEN_STRING;
	return i - ts->at;
}

static uint32_t word_length(const struct token_stream *ts)
{
	uint32_t i = ts->at;

	while (is_word_byte(byte_at(ts, i)) && !(byte_at(ts, i) == '.' && byte_at(ts, i + 1) == '.'))
		i++;
	return i - ts->at;
}

static uint32_t mark_length(const struct token_stream *ts, enum token_kind *ret_kind)
{
	static const struct {
		char text[3];
		enum token_kind kind;
	} marks[] = {
		{"==", TOKEN_EQUAL},         {"!=", TOKEN_UNEQUAL}, {"<=", TOKEN_LESS_EQUAL},
		{">=", TOKEN_GREATER_EQUAL}, {"..", TOKEN_RANGE},   {"<", TOKEN_LESS},
		{">", TOKEN_GREATER},        {"=", TOKEN_ASSIGN},   {"{", TOKEN_OPEN},
		{"}", TOKEN_CLOSE},          {"\n", TOKEN_LINE},    {";", TOKEN_LINE},
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (byte_at(ts, ts->at) != (unsigned char)marks[i].text[0])
			continue;
		if (marks[i].text[1] && byte_at(ts, ts->at + 1) != (unsigned char)marks[i].text[1])
			continue;
		*ret_kind = marks[i].kind;
		return marks[i].text[1] ? 2 : 1;
	}
	*ret_kind = TOKEN_OTHER;
	return 1;
}

static void read_token(struct token_stream *ts)
{
	enum token_kind kind = TOKEN_END;
	uint32_t len = 0;

	skip_blanks(ts);
	if (ts->at < ts->end) {
		unsigned char c = byte_at(ts, ts->at);

		if (c == '"') {
			len = string_length(ts, &kind);
		} else if (c == '$' && is_name_byte(byte_at(ts, ts->at + 1))) {
			kind = TOKEN_PARAM;
			for (len = 1; is_name_byte(byte_at(ts, ts->at + len)); len++)
				;
		} else if ((len = word_length(ts))) {
			kind = TOKEN_WORD;
		} else {
			len = mark_length(ts, &kind);
		}
	}
	ts->now = (struct token){.kind = kind, .where = {.src = ts->src, .off = ts->at, .len = len}};
	ts->at += len;
}

void tokens_init(struct token_stream *ts, const struct source *src, uint32_t off, uint32_t len,
		 struct diag_list *diags, const struct token_params *params)
{
	*ts = (struct token_stream){
		.src = src, .at = off, .end = off + len, .diags = diags, .params = params};
	read_token(ts);
}

struct token tokens_take(struct token_stream *ts)
{
	struct token taken = ts->now;

	if (taken.kind != TOKEN_END)
		read_token(ts);
	return taken;
}

bool tokens_accept_word(struct token_stream *ts, const char *word)
{
	if (!token_is_word(&ts->now, word))
		return false;
	tokens_take(ts);
	return true;
}

bool tokens_accept(struct token_stream *ts, enum token_kind kind)
{
	if (ts->now.kind != kind)
		return false;
	tokens_take(ts);
	return true;
}

bool tokens_at_end(const struct token_stream *ts)
{
	return ts->now.kind == TOKEN_END || ts->now.kind == TOKEN_LINE;
}

bool token_is_word(const struct token *token, const char *word)
{
	return token->kind == TOKEN_WORD && strlen(word) == token->where.len &&
	       !memcmp(token_text(token), word, token->where.len);
}

const char *token_text(const struct token *token)
{
	return token->where.src->text + token->where.off;
}

char *span_text(struct span where, size_t max)
{
	return strndup(where.src->text + where.off, where.len < max ? where.len : max);
}

struct span span_join(struct span a, struct span b)
{
	if (b.off + b.len > a.off + a.len)
		a.len = b.off + b.len - a.off;
	return a;
}

// What stands there, in words for a message. Control characters would spoil the terminal.
static void describe_token(const struct token *token, char *buf, size_t size)
{
	struct text t = text_of(buf, size);
	uint32_t len = token->where.len < SHOWN_MAX ? token->where.len : SHOWN_MAX;
	const char *at = token_text(token);

	switch (token->kind) {
	case TOKEN_END:
		text_add(&t, token->where.off >= token->where.src->len ? "the file ends" : "the line ends");
		return;
	case TOKEN_LINE:
		text_add(&t, *at == ';' ? "“;” stands" : "the line ends");
		return;
	case TOKEN_STRING:
	case TOKEN_OPEN_STRING:
		text_add(&t, "%.*s stands", (int)len, at);
		return;
	case TOKEN_OTHER:
		if ((unsigned char)*at < 0x20 || *at == 0x7f) {
			text_add(&t, "the control character 0x%02x stands", (unsigned char)*at);
			return;
		}
		break;
	case TOKEN_WORD:
	case TOKEN_PARAM:
	case TOKEN_EQUAL:
	case TOKEN_UNEQUAL:
	case TOKEN_LESS:
	case TOKEN_LESS_EQUAL:
	case TOKEN_GREATER:
	case TOKEN_GREATER_EQUAL:
	case TOKEN_ASSIGN:
	case TOKEN_RANGE:
	case TOKEN_OPEN:
	case TOKEN_CLOSE:
		break;
	}
	text_add(&t, "“%.*s” stands", (int)len, at);
}

int tokens_expected(struct token_stream *ts, const char *hint, const char *fmt, ...)
{
	char what[200], found[SHOWN_MAX + 32];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	describe_token(&ts->now, found, sizeof(found));
	diag_error(ts->diags, ts->now.where, hint, "expected %s, but %s here", what, found);
	return -EINVAL;
}

int tokens_end_of(struct token_stream *ts, const char *what)
{
	struct span rest = ts->now.where;

	if (tokens_at_end(ts))
		return 0;
	while (!tokens_at_end(ts))
		rest = span_join(rest, tokens_take(ts).where);
	diag_error(ts->diags, rest, "one statement a line", "nothing more fits after %s", what);
	return -EINVAL;
}

static int find_param(struct token_stream *ts, struct token_value *v)
{
	const char *name = token_text(&v->token) + 1, *near;
	size_t len = v->token.where.len - 1, count = 0;
	const char *const *names = NULL;
	char hint[200];

	v->param = ts->params ? ts->params->find(ts->params->ctx, name, len) : NULL;
	if (!v->param) {
		if (ts->params)
			count = ts->params->names(ts->params->ctx, &names);
		near = diag_nearest(name, len, names, count);
		if (near)
			snprintf(hint, sizeof(hint), "did you mean $%.60s?", near);
		else
			snprintf(hint, sizeof(hint), "make it one with: param %.*s = VALUE",
				 (int)(len < SHOWN_MAX ? len : SHOWN_MAX), name);
		diag_error(ts->diags, v->token.where, hint, "there is no parameter “%.*s”",
			   (int)(len < SHOWN_MAX ? len : SHOWN_MAX), name);
		return -EINVAL;
	}
	v->text = v->param->text;
	v->len = strlen(v->text);
	return 0;
}

int tokens_value(struct token_stream *ts, const char *what, struct token_value *ret)
{
	struct token_value v = {.token = ts->now};
	int r;

	if (v.token.kind == TOKEN_OPEN_STRING) {
		diag_error(ts->diags, v.token.where, "close it with \" on the same line",
			   "this text is not closed");
		return -EINVAL;
	}
	if (v.token.kind == TOKEN_PARAM) {
		r = find_param(ts, &v);
		if (r < 0)
			return r;
	} else if (v.token.kind == TOKEN_WORD || v.token.kind == TOKEN_STRING) {
		v.text = token_text(&v.token);
		v.len = v.token.where.len;
	} else {
		return tokens_expected(ts, NULL, "%s", what);
	}
	if (v.len >= 2 && v.text[0] == '"' && v.text[v.len - 1] == '"') {
		v.text++;
		v.len -= 2;
		v.string = true;
	}
	tokens_take(ts);
	*ret = v;
	return 0;
}

char *token_param_origin(const struct token_param *param, char *buf, size_t size)
{
	struct text t = text_of(buf, size);
	unsigned line, column;

	if (param->defined) {
		text_add(&t, "from %.*s", (int)(param->where.src->len < 100 ? param->where.src->len : 100),
			 param->where.src->text);
	} else {
		span_position(param->where, &line, &column);
		text_add(&t, "set at %s:%u:%u", param->where.src->name, line, column);
	}
	return buf;
}

int token_value_error(struct token_stream *ts, const struct token_value *value, const char *hint,
		      const char *fmt, ...)
{
	char claim[200], origin[300], both[500];
	int shown = (int)(value->len < SHOWN_MAX ? value->len : SHOWN_MAX);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(claim, sizeof(claim), fmt, ap);
	va_end(ap);
	if (value->param) {
		token_param_origin(value->param, origin, sizeof(origin));
		snprintf(both, sizeof(both), "it is %s%s%s", origin, hint ? "; " : "", hint ? hint : "");
		diag_error(ts->diags, value->token.where, both, "%.*s is “%.*s” here, and that %s",
			   (int)value->token.where.len, token_text(&value->token), shown, value->text, claim);
	} else {
		diag_error(ts->diags, value->token.where, hint, "“%.*s” %s", shown, value->text, claim);
	}
	return -EINVAL;
}

int tokens_duration(struct token_stream *ts, const char *what, int64_t *ret_ns)
{
	static const char hint[] = "a time is a number and its unit: 0.1ms, 200ms, 1.5s, 15m30s, 1h";
	struct token_value v;
	int64_t ns;
	int r;

	r = tokens_value(ts, what, &v);
	if (r < 0)
		return r;
	if (v.len && v.text[0] == '-')
		return token_value_error(ts, &v, hint, "is negative");
	r = duration_parse(v.text, v.len, &ns);
	if (r == -ERANGE)
		return token_value_error(ts, &v, hint, "is more time than can be counted");
	if (r < 0 && v.len && strspn(v.text, "0123456789.") >= v.len)
		return token_value_error(ts, &v, hint, "has no unit");
	if (r < 0)
		return token_value_error(ts, &v, hint, "is no time");
	*ret_ns = ns;
	return 0;
}

int tokens_count(struct token_stream *ts, const char *what, uint64_t *ret)
{
	struct token_value v;
	uint64_t n = 0;
	int r;

	r = tokens_value(ts, what, &v);
	if (r < 0)
		return r;
	if (!v.len)
		return token_value_error(ts, &v, NULL, "is no whole number");
	for (size_t i = 0; i < v.len; i++) {
		if (v.text[i] < '0' || v.text[i] > '9')
			return token_value_error(ts, &v, NULL, "is no whole number");
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, v.text[i] - '0', &n) ||
		    n > INT64_MAX)
			return token_value_error(ts, &v, NULL, "is too large");
	}
	*ret = n;
	return 0;
}

int tokens_string(struct token_stream *ts, const char *what, char **ret)
{
	struct token_value v;
	size_t used = 0;
	char *s;
	int r;

	if (ts->now.kind == TOKEN_WORD)
		return tokens_expected(ts, "put it in quotes: \"…\"", "%s in quotes", what);
	r = tokens_value(ts, what, &v);
	if (r < 0)
		return r;
	for (size_t i = 0; i < v.len; i++)
		if ((unsigned char)v.text[i] < 0x20 || v.text[i] == 0x7f)
			return token_value_error(ts, &v, "write it without tabs and the like",
						 "holds a control character");
	s = malloc(v.len + 1);
	if (!s)
		return -ENOMEM;
	for (size_t i = 0; i < v.len; i++) {
		if (v.string && v.text[i] == '\\' && i + 1 < v.len)
			i++;
		s[used++] = v.text[i];
	}
	s[used] = '\0';
	*ret = s;
	return 0;
}
