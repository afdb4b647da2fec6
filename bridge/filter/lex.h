// SPDX-License-Identifier: GPL-2.0-or-later
// lex: a display filter's tokens. Words are kept as written: whether 10 is a number, an address' part or a
// string is told by the field it is compared with, as in Wireshark.
#ifndef OFFHOOK_FILTER_LEX_H
#define OFFHOOK_FILTER_LEX_H

#include "base/diag.h"

enum filter_token {
	TOKEN_END,
	TOKEN_WORD,   // field, number, address, name
	TOKEN_STRING, // "…", r"…", '…': text is what is between the quotes, raw
	TOKEN_PARAM,  // $name: text is the name
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_OPEN_SET,
	TOKEN_CLOSE_SET,
	TOKEN_OPEN_SLICE,
	TOKEN_CLOSE_SLICE,
	TOKEN_COMMA,
	TOKEN_RANGE, // ..
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_XOR,
	TOKEN_NOT,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_ANY_NE,
	TOKEN_ALL_EQ,
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
	TOKEN_CONTAINS,
	TOKEN_MATCHES,
	TOKEN_IN,
	TOKEN_BAD, // said already
};

struct filter_lexer {
	const struct source *src;
	uint32_t at, end;
	struct diag_list *diags;
	// The token that stands next:
	enum filter_token token;
	struct span span;
	const char *text; // WORD, STRING, PARAM
	uint32_t len;
	bool raw; // STRING: r"…"
};

void filter_lexer_init(struct filter_lexer *lx, const struct source *src, uint32_t off, uint32_t len,
		       struct diag_list *diags);
void filter_lexer_next(struct filter_lexer *lx);

#endif
