// SPDX-License-Identifier: GPL-2.0-or-later
// lexer: a rule file's words. A token is a span of the source and nothing else: values are read from it by
// those who know what they want (a duration, a count), and a $parameter is replaced only there, so that a
// mistake can be shown where it was written as well as where the value came from.
//
// Blanks separate; a line ends at a newline or ";"; a "\" at a line's end joins it with the next; "#" outside
// quotes starts a comment. What stands after "match" is a display filter and not made of these tokens.
#ifndef OFFHOOK_BASE_LEXER_H
#define OFFHOOK_BASE_LEXER_H

#include "base/diag.h"

enum token_kind {
	TOKEN_END,    // of the text
	TOKEN_LINE,   // newline or ";"
	TOKEN_WORD,   // letters, digits and _ . : - / % * +, bytes from 0x80 on; never holds ".."
	TOKEN_STRING, // "…", quotes and all; \" and \\ inside
	TOKEN_PARAM,  // $name, the dollar too
	TOKEN_EQUAL,  // ==
	TOKEN_UNEQUAL,
	TOKEN_LESS,
	TOKEN_LESS_EQUAL,
	TOKEN_GREATER,
	TOKEN_GREATER_EQUAL,
	TOKEN_ASSIGN,      // =
	TOKEN_RANGE,       // ..
	TOKEN_OPEN,        // {
	TOKEN_CLOSE,       // }
	TOKEN_OPEN_STRING, // a string that its line does not close
	TOKEN_OTHER,       // any other character
};

struct token {
	enum token_kind kind;
	struct span where;
};

// What a parameter holds and where that was said: by the file, or by -D on the command line.
struct token_param {
	const char *text; // as a filter or a clause reads it
	struct span where;
	bool defined; // by -D
};

struct token_params {
	// NULL: no such parameter.
	const struct token_param *(*find)(void *ctx, const char *name, size_t len);
	size_t (*names)(void *ctx, const char *const **ret_names); // for suggestions
	void *ctx;
};

struct token_stream {
	const struct source *src;
	uint32_t at, end; // bytes [at, end) are still to be read
	struct token now; // the token to be taken next
	struct diag_list *diags;
	const struct token_params *params; // NULL: a $name is not looked up, and is a mistake as a value
};

// Starts at src->text[off], ends after len bytes. diags and params are borrowed.
void tokens_init(struct token_stream *ts, const struct source *src, uint32_t off, uint32_t len,
		 struct diag_list *diags, const struct token_params *params);

// Gives the token that stands next and goes on to the one after it. At the end it gives TOKEN_END for ever.
struct token tokens_take(struct token_stream *ts);

// Takes the next token if it is this word, or of this kind.
bool tokens_accept_word(struct token_stream *ts, const char *word);
bool tokens_accept(struct token_stream *ts, enum token_kind kind);

// Whether the line, or the text, ends here.
bool tokens_at_end(const struct token_stream *ts);

bool token_is_word(const struct token *token, const char *word);
const char *token_text(const struct token *token); // its first byte; where.len of them

// A heap copy of a span, NUL-terminated, cut to `max` bytes for messages. NULL: no memory.
char *span_text(struct span where, size_t max);

// One span from the first byte of a to the last of b; both of the same source.
struct span span_join(struct span a, struct span b);

// A value as written: a word or a string, or what a parameter holds.
struct token_value {
	struct token token; // as written: word, string or parameter
	const char *text;   // the value's bytes; a string's without its quotes, escapes not resolved
	size_t len;
	bool string;
	const struct token_param *param; // NULL: written in place
};

// Each reads one value; `what` names it for the message ("how long the silence is"). Returns 0, or -EINVAL
// with the mistake told. Nothing is consumed where no value stands there.
int tokens_value(struct token_stream *ts, const char *what, struct token_value *ret);
int tokens_duration(struct token_stream *ts, const char *what, int64_t *ret_ns); // never negative
int tokens_count(struct token_stream *ts, const char *what, uint64_t *ret);      // up to INT64_MAX
int tokens_string(struct token_stream *ts, const char *what, char **ret);        // escapes resolved; heap

// Where a parameter's value was said: "set at FILE:LINE:COL", "from -D NAME=VALUE". Returns
// buf.
char *token_param_origin(const struct token_param *param, char *buf, size_t size);

// Tells that a value is none of those that fit: "VALUE" is CLAIM, with the hint, and with the parameter's
// origin where it came from one. Returns -EINVAL.
int token_value_error(struct token_stream *ts, const struct token_value *value, const char *hint,
		      const char *fmt, ...) __attribute__((format(printf, 4, 5)));

// Tells an error at the token that stands next: what was expected, and what stands there. Returns -EINVAL.
int tokens_expected(struct token_stream *ts, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

// 0 if nothing more stands on the line; else -EINVAL, told as "unexpected … after WHAT".
int tokens_end_of(struct token_stream *ts, const char *what);

#endif
