// SPDX-License-Identifier: GPL-2.0-or-later
// ast: a compiled display filter: a tree of typed nodes. The parser makes it, the matcher walks it, the
// kernel match is derived from it.
#ifndef OFFHOOK_FILTER_AST_H
#define OFFHOOK_FILTER_AST_H

#include "filter/filter.h"
#include "wire/field.h"

enum node_kind { NODE_AND, NODE_OR, NODE_XOR, NODE_NOT, NODE_PRESENT, NODE_COMPARE, NODE_IN };

// EQ … GE hold if any value does; NE: all values differ; ANY_NE: one differs; ALL_EQ: none differs.
enum comparison {
	COMPARE_EQ,
	COMPARE_NE,
	COMPARE_ANY_NE,
	COMPARE_ALL_EQ,
	COMPARE_LT,
	COMPARE_LE,
	COMPARE_GT,
	COMPARE_GE,
	COMPARE_CONTAINS,
	COMPARE_MATCHES
};

#define SLICES_MAX 8

// A field, perhaps sliced: [offset, offset + length); an offset below 0 counts from the end; length
// INT32_MAX: to the end.
struct slice {
	int32_t offset, length;
};

struct operand {
	const struct protocol *protocol;
	const struct field *field; // NULL: the protocol itself
	struct slice slices[SLICES_MAX];
	unsigned slice_count;
};

struct pcre2_real_code_8;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;

// A constant, of the type of the field it is compared with.
struct literal {
	int64_t number;
	uint8_t *bytes; // owned
	uint32_t len;
	uint8_t prefix; // IPv4, IPv6: bits that count
	struct pcre2_real_code_8 *regex;
	struct pcre2_real_match_data_8 *regex_data;
	struct pcre2_real_match_context_8 *regex_context;
};

struct range {
	struct literal low, high;
	bool has_high; // else low alone
};

struct node {
	enum node_kind kind;
	struct node *left, *right; // AND, OR, XOR; NOT: left
	struct operand operand;    // PRESENT, COMPARE, IN
	enum comparison comparison;
	struct literal literal; // COMPARE
	struct range *ranges;   // IN
	size_t range_count;
};

struct filter {
	struct node *root;
};

// The type that counts for comparisons: a protocol is its bytes, and so is anything sliced but a string.
enum field_type operand_type(const struct operand *o);

void node_free(struct node *n);
void literal_done(struct literal *l);

// Reads the text of one literal for an operand. as: how it was written (a quoted string is never a number,
// but for a value's name). Returns 0, -EINVAL (diags say why) or -ENOMEM.
enum literal_form { LITERAL_WORD, LITERAL_STRING, LITERAL_RAW };
int literal_read(const struct operand *o, enum comparison comparison, enum literal_form form,
		 const char *text, uint32_t len, struct span where, struct diag_list *diags,
		 struct literal *ret);

#endif
