// SPDX-License-Identifier: GPL-2.0-or-later
#include "filter/lex.h"

#include <ctype.h>
#include <string.h>

static const struct spelling {
	const char *text;
	enum filter_token token;
} symbols[] =
	{
		// Longest first where one begins another.
		{"===", TOKEN_ALL_EQ},  {"!==", TOKEN_ANY_NE},   {"==", TOKEN_EQ},
		{"!=", TOKEN_NE},       {"~=", TOKEN_ANY_NE},    {"<=", TOKEN_LE},
		{">=", TOKEN_GE},       {"&&", TOKEN_AND},       {"||", TOKEN_OR},
		{"^^", TOKEN_XOR},      {"..", TOKEN_RANGE},     {"<", TOKEN_LT},
		{">", TOKEN_GT},        {"!", TOKEN_NOT},        {"~", TOKEN_MATCHES},
		{"(", TOKEN_OPEN},      {")", TOKEN_CLOSE},      {"{", TOKEN_OPEN_SET},
		{"}", TOKEN_CLOSE_SET}, {"[", TOKEN_OPEN_SLICE}, {"]", TOKEN_CLOSE_SLICE},
		{",", TOKEN_COMMA},
},
  words[] = {
	  {"eq", TOKEN_EQ},           {"any_eq", TOKEN_EQ},     {"ne", TOKEN_NE},
	  {"all_ne", TOKEN_NE},       {"any_ne", TOKEN_ANY_NE}, {"all_eq", TOKEN_ALL_EQ},
	  {"lt", TOKEN_LT},           {"le", TOKEN_LE},         {"gt", TOKEN_GT},
	  {"ge", TOKEN_GE},           {"and", TOKEN_AND},       {"or", TOKEN_OR},
	  {"xor", TOKEN_XOR},         {"not", TOKEN_NOT},       {"contains", TOKEN_CONTAINS},
	  {"matches", TOKEN_MATCHES}, {"in", TOKEN_IN},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void filter_lexer_init(struct filter_lexer *lx, const struct source *src, uint32_t off, uint32_t len,
		       struct diag_list *diags)
{
	*lx = (struct filter_lexer){.src = src, .at = off, .end = off + len, .diags = diags};
	filter_lexer_next(lx);
}

static void set(struct filter_lexer *lx, enum filter_token token, uint32_t from, uint32_t to)
{
	lx->token = token;
	lx->span = (struct span){lx->src, from, to - from};
	lx->text = lx->src->text + from;
	lx->len = to - from;
	lx->at = to;
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_.:-/#", c)) || (unsigned char)c >= 0x80;
}

static void lex_word(struct filter_lexer *lx, uint32_t from)
{
	const char *text = lx->src->text;
	uint32_t to = from;

	while (to < lx->end && in_word(text[to])) {
		// 1..5 is three tokens
		if (text[to] == '.' && to + 1 < lx->end && text[to + 1] == '.')
			break;
		to++;
	}
	set(lx, TOKEN_WORD, from, to);
	for (size_t i = 0; i < COUNT(words); i++)
		if (strlen(words[i].text) == lx->len && memcmp(words[i].text, lx->text, lx->len) == 0)
			lx->token = words[i].token;
}

// from: the r of r"…", or the quote.
static void lex_string(struct filter_lexer *lx, uint32_t from, bool raw)
{
	uint32_t open = from + raw, at = open + 1;
	char quote = lx->src->text[open];

	while (at < lx->end && lx->src->text[at] != quote && lx->src->text[at] != '\n')
		at += lx->src->text[at] == '\\' && at + 1 < lx->end ? 2 : 1;
	if (at >= lx->end || lx->src->text[at] != quote) {
		set(lx, TOKEN_BAD, from, at < lx->end ? at : lx->end);
		diag_error(lx->diags, lx->span, "end it with the quote that it begins with",
			   "this string has no end");
		return;
	}
	set(lx, TOKEN_STRING, from, at + 1);
	lx->text = lx->src->text + open + 1;
	lx->len = at - open - 1;
	lx->raw = raw;
}

static void lex_symbol(struct filter_lexer *lx, uint32_t from)
{
	const char *text = lx->src->text + from;
	uint32_t left = lx->end - from;

	for (size_t i = 0; i < COUNT(symbols); i++) {
		uint32_t n = (uint32_t)strlen(symbols[i].text);

		if (n <= left && memcmp(symbols[i].text, text, n) == 0) {
			set(lx, symbols[i].token, from, from + n);
			return;
		}
	}
	set(lx, TOKEN_BAD, from, from + 1);
	diag_error(lx->diags, lx->span,
		   *text == '='   ? "“equal” is written =="
		   : *text == '&' ? "“and” is written &&; the bitwise & is not in this version"
		   : *text == '|' ? "“or” is written ||"
				  : NULL,
		   "“%.1s” has no meaning here", text);
}

void filter_lexer_next(struct filter_lexer *lx)
{
	const char *text = lx->src->text;
	uint32_t at = lx->at;

	// A filter may go on over several lines; the backslash that says so is blank space to it.
	while (at < lx->end &&
	       (isspace((unsigned char)text[at]) ||
		(text[at] == '\\' && at + 1 < lx->end && (text[at + 1] == '\n' || text[at + 1] == '\r'))))
		at++;
	if (at >= lx->end) {
		set(lx, TOKEN_END, lx->end, lx->end);
	} else if (text[at] == '"' || text[at] == '\'') {
		lex_string(lx, at, false);
	} else if (text[at] == 'r' && at + 1 < lx->end && text[at + 1] == '"') {
		lex_string(lx, at, true);
	} else if (text[at] == '$') {
		lex_word(lx, at + 1);
		lx->token = lx->len ? TOKEN_PARAM : TOKEN_BAD;
		if (!lx->len)
			diag_error(lx->diags, ((struct span){lx->src, at, 1}), NULL,
				   "a parameter's name must follow the $");
		lx->span = (struct span){lx->src, at, lx->len + 1};
	} else if (in_word(text[at]) && !(text[at] == '.' && at + 1 < lx->end && text[at + 1] == '.')) {
		lex_word(lx, at);
	} else {
		lex_symbol(lx, at);
	}
}
