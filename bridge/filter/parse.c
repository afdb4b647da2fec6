// SPDX-License-Identifier: GPL-2.0-or-later
// The grammar, loosest first:
//
//   filter     = or
//   or         = xor { ("||" | "or") xor }
//   xor        = and { ("^^" | "xor") and }
//   and        = unary { ("&&" | "and") unary }
//   unary      = ("!" | "not") unary | "(" or ")" | test
//   test       = operand [ comparison literal | "in" "{" range { "," range } "}" ]
//              | operand "not" "in" "{" … "}"
//   operand    = FIELD [ "[" slice { "," slice } "]" ]
//   slice      = N ":" N | N "-" N | N ":" | ":" N | N
//   range      = literal [ ".." literal ]
//   literal    = WORD | STRING | "$" NAME
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/ast.h"
#include "filter/lex.h"

#define DEPTH_MAX 200 // of parentheses and nots: the matcher recurses as deep

struct parser {
	struct filter_lexer lx;
	const struct filter_params *params;
	struct diag_list *diags;
	unsigned depth;
	int error; // -EINVAL or -ENOMEM, the first
};

static struct node *parse_or(struct parser *p);

static void *fail(struct parser *p, int error)
{
	if (!p->error)
		p->error = error;
	return NULL;
}

static struct node *node_new(struct parser *p, enum node_kind kind, struct node *left, struct node *right)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n) {
		node_free(left);
		node_free(right);
		return fail(p, -ENOMEM);
	}
	n->kind = kind;
	n->left = left;
	n->right = right;
	return n;
}

// The field or protocol that the word names.
static int find_operand(struct parser *p, struct operand *ret)
{
	struct filter_lexer *lx = &p->lx;
	const char *const *names;
	size_t name_count = field_names(&names);
	const char *near;
	char hint[160];

	if (memchr(lx->text, '#', lx->len)) {
		diag_error(p->diags, lx->span, NULL, "layers (%.*s) are not in this version", (int)lx->len,
			   lx->text);
		return -EINVAL;
	}
	if (field_find(lx->text, lx->len, &ret->protocol, &ret->field) == 0)
		return 0;
	near = diag_nearest(lx->text, lx->len, names, name_count);
	if (near)
		snprintf(hint, sizeof(hint), "is %s meant?", near);
	diag_error(p->diags, lx->span, near ? hint : NULL,
		   "“%.*s” is neither a field nor a protocol that offhook knows", (int)lx->len, lx->text);
	return -EINVAL;
}

// N, ":", N … of a slice come as words such as "0:3", "0-2", ":4", "-2:2", "5:".
static int read_slice(struct parser *p, struct slice *ret)
{
	char text[32], *at = text, *end;
	long from = 0, to;

	if (p->lx.token != TOKEN_WORD || p->lx.len >= sizeof(text))
		return -EINVAL;
	memcpy(text, p->lx.text, p->lx.len);
	text[p->lx.len] = '\0';
	if (*at != ':') {
		from = strtol(at, &end, 0);
		if (end == at || from > 65535 || from < -65535)
			return -EINVAL;
		at = end;
	}
	*ret = (struct slice){.offset = (int32_t)from, .length = 1};
	if (!*at)
		return 0;
	if (*at != ':' && *at != '-')
		return -EINVAL;
	if (!at[1]) {
		ret->length = INT32_MAX;
		return *at == ':' ? 0 : -EINVAL;
	}
	to = strtol(at + 1, &end, 0);
	if (*end || end == at + 1 || to > 65535 || to < 0)
		return -EINVAL;
	if (*at == '-') {
		if (from < 0 || to < from)
			return -EINVAL;
		to = to - from + 1;
	}
	ret->length = (int32_t)to;
	return to > 0 ? 0 : -EINVAL;
}

static bool can_be_sliced(enum field_type type)
{
	return type == FIELD_PROTOCOL || type == FIELD_ETHER || type == FIELD_BYTES || type == FIELD_STRING ||
	       type == FIELD_IPV4 || type == FIELD_IPV6;
}

static int parse_slices(struct parser *p, struct operand *o)
{
	struct span open = p->lx.span;

	if (!can_be_sliced(o->field ? o->field->type : FIELD_PROTOCOL)) {
		diag_error(p->diags, open, NULL, "%s cannot be sliced: it is neither bytes nor a string",
			   o->field->name);
		return -EINVAL;
	}
	do {
		filter_lexer_next(&p->lx);
		if (o->slice_count == SLICES_MAX) {
			diag_error(p->diags, p->lx.span, NULL, "more than %d slices are too many",
				   SLICES_MAX);
			return -EINVAL;
		}
		if (read_slice(p, &o->slices[o->slice_count++]) < 0) {
			diag_error(p->diags, p->lx.span,
				   "[offset:length], [first-last], [offset], [:length] or [offset:]",
				   "this is no slice");
			return -EINVAL;
		}
		filter_lexer_next(&p->lx);
	} while (p->lx.token == TOKEN_COMMA);
	if (p->lx.token != TOKEN_CLOSE_SLICE) {
		diag_error(p->diags, p->lx.span, NULL, "the slice needs its closing ]");
		return -EINVAL;
	}
	filter_lexer_next(&p->lx);
	return 0;
}

static int parse_literal(struct parser *p, const struct operand *o, enum comparison comparison,
			 struct literal *ret)
{
	struct filter_lexer *lx = &p->lx;
	enum literal_form form = LITERAL_WORD;
	const struct protocol *protocol;
	const struct field *field;
	const char *text = lx->text;
	uint32_t len = lx->len;
	int r;

	if (lx->token == TOKEN_STRING) {
		form = lx->raw ? LITERAL_RAW : LITERAL_STRING;
	} else if (lx->token == TOKEN_PARAM) {
		text = p->params ? p->params->text(p->params->ctx, lx->text, lx->len) : NULL;
		if (!text) {
			const char *const *names = NULL;
			size_t n = p->params ? p->params->names(p->params->ctx, &names) : 0;
			const char *near = diag_nearest(lx->text, lx->len, names, n);
			char hint[128];

			snprintf(hint, sizeof(hint),
				 near ? "is $%s meant?" : "declare it: param NAME = VALUE", near);
			diag_error(p->diags, lx->span, hint, "there is no parameter $%.*s", (int)lx->len,
				   lx->text);
			return -EINVAL;
		}
		len = (uint32_t)strlen(text);
	} else if (lx->token != TOKEN_WORD) {
		if (lx->token != TOKEN_BAD)
			diag_error(p->diags, lx->span, NULL, "a value must follow here");
		return -EINVAL;
	} else if (field_find(lx->text, lx->len, &protocol, &field) == 0 && field &&
		   operand_type(o) != FIELD_STRING) {
		diag_error(p->diags, lx->span, NULL,
			   "comparing a field with a field (%s) is not in this version", field->name);
		return -EINVAL;
	}
	r = literal_read(o, comparison, form, text, len, lx->span, p->diags, ret);
	filter_lexer_next(lx);
	return r;
}

static int parse_range(struct parser *p, struct node *n)
{
	struct range *ranges = realloc(n->ranges, (n->range_count + 1) * sizeof(*ranges)), *r;

	if (!ranges)
		return -ENOMEM;
	n->ranges = ranges;
	r = &ranges[n->range_count];
	memset(r, 0, sizeof(*r));
	n->range_count++;
	if (parse_literal(p, &n->operand, COMPARE_EQ, &r->low) < 0)
		return -EINVAL;
	if (p->lx.token != TOKEN_RANGE)
		return 0;
	filter_lexer_next(&p->lx);
	r->has_high = true;
	return parse_literal(p, &n->operand, COMPARE_LE, &r->high);
}

static int parse_set(struct parser *p, struct node *n)
{
	int r;

	n->kind = NODE_IN;
	filter_lexer_next(&p->lx);
	if (p->lx.token != TOKEN_OPEN_SET) {
		diag_error(p->diags, p->lx.span, "in {1, 2, 5..9}", "a set in braces must follow “in”");
		return -EINVAL;
	}
	do {
		filter_lexer_next(&p->lx);
		r = parse_range(p, n);
		if (r < 0)
			return r;
	} while (p->lx.token == TOKEN_COMMA);
	if (p->lx.token != TOKEN_CLOSE_SET) {
		diag_error(p->diags, p->lx.span, NULL, "the set needs its closing }");
		return -EINVAL;
	}
	filter_lexer_next(&p->lx);
	return 0;
}

static bool comparison_of(enum filter_token token, enum comparison *ret)
{
	static const struct {
		enum filter_token token;
		enum comparison comparison;
	} table[] = {
		{TOKEN_EQ, COMPARE_EQ},          {TOKEN_NE, COMPARE_NE}, {TOKEN_ANY_NE, COMPARE_ANY_NE},
		{TOKEN_ALL_EQ, COMPARE_ALL_EQ},  {TOKEN_LT, COMPARE_LT}, {TOKEN_LE, COMPARE_LE},
		{TOKEN_GT, COMPARE_GT},          {TOKEN_GE, COMPARE_GE}, {TOKEN_CONTAINS, COMPARE_CONTAINS},
		{TOKEN_MATCHES, COMPARE_MATCHES}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].token == token) {
			*ret = table[i].comparison;
			return true;
		}
	return false;
}

static struct node *parse_test(struct parser *p)
{
	struct node *n = node_new(p, NODE_PRESENT, NULL, NULL);
	int r;

	if (!n)
		return NULL;
	r = find_operand(p, &n->operand);
	filter_lexer_next(&p->lx);
	if (r == 0 && p->lx.token == TOKEN_OPEN_SLICE)
		r = parse_slices(p, &n->operand);
	if (r == 0 && p->lx.token == TOKEN_IN) {
		r = parse_set(p, n);
	} else if (r == 0 && p->lx.token == TOKEN_NOT) {
		filter_lexer_next(&p->lx);
		if (p->lx.token == TOKEN_IN) {
			r = parse_set(p, n);
			n = node_new(p, NODE_NOT, n, NULL);
		} else {
			diag_error(p->diags, p->lx.span, "join tests by && or ||",
				   "“not” cannot stand behind a test");
			r = -EINVAL;
		}
	} else if (r == 0 && comparison_of(p->lx.token, &n->comparison)) {
		n->kind = NODE_COMPARE;
		filter_lexer_next(&p->lx);
		r = parse_literal(p, &n->operand, n->comparison, &n->literal);
	}
	if (r < 0) {
		node_free(n);
		return fail(p, r);
	}
	return n;
}

static struct node *parse_unary(struct parser *p)
{
	struct span open = p->lx.span;
	struct node *n;

	if (p->depth >= DEPTH_MAX) {
		diag_error(p->diags, open, NULL, "this filter is nested too deep");
		return fail(p, -EINVAL);
	}
	switch ((int)p->lx.token) {
	case TOKEN_NOT:
		filter_lexer_next(&p->lx);
		p->depth++;
		n = parse_unary(p);
		p->depth--;
		return n ? node_new(p, NODE_NOT, n, NULL) : NULL;
	case TOKEN_OPEN:
		filter_lexer_next(&p->lx);
		p->depth++;
		n = parse_or(p);
		p->depth--;
		if (n && p->lx.token != TOKEN_CLOSE) {
			diag_error(p->diags, open, NULL, "this parenthesis is not closed");
			node_free(n);
			return fail(p, -EINVAL);
		}
		if (n)
			filter_lexer_next(&p->lx);
		return n;
	case TOKEN_WORD:
		return parse_test(p);
	default:
		if (p->lx.token != TOKEN_BAD)
			diag_error(p->diags, p->lx.span, NULL, "a field or protocol must stand here");
		return fail(p, -EINVAL);
	}
}

static struct node *parse_binary(struct parser *p, enum filter_token token, enum node_kind kind,
				 struct node *(*tighter)(struct parser *p))
{
	struct node *left = tighter(p), *right;

	while (left && p->lx.token == token) {
		filter_lexer_next(&p->lx);
		right = tighter(p);
		if (!right) {
			node_free(left);
			return NULL;
		}
		left = node_new(p, kind, left, right);
	}
	return left;
}

static struct node *parse_and(struct parser *p)
{
	return parse_binary(p, TOKEN_AND, NODE_AND, parse_unary);
}

static struct node *parse_xor(struct parser *p)
{
	return parse_binary(p, TOKEN_XOR, NODE_XOR, parse_and);
}

static struct node *parse_or(struct parser *p)
{
	return parse_binary(p, TOKEN_OR, NODE_OR, parse_xor);
}

int filter_compile(const struct source *src, uint32_t off, uint32_t len, const struct filter_params *params,
		   struct diag_list *diags, struct filter **ret)
{
	struct parser p = {.params = params, .diags = diags};
	struct filter *f;
	struct node *root;

	filter_lexer_init(&p.lx, src, off, len, diags);
	root = parse_or(&p);
	if (root && p.lx.token != TOKEN_END) {
		if (p.lx.token != TOKEN_BAD)
			diag_error(diags, p.lx.span,
				   p.lx.token == TOKEN_CLOSE ? "it closes no parenthesis"
							     : "join tests by && or ||",
				   "nothing more can stand here");
		node_free(root);
		root = fail(&p, -EINVAL);
	}
	if (!root)
		return p.error ? p.error : -EINVAL;
	f = calloc(1, sizeof(*f));
	if (!f) {
		node_free(root);
		return -ENOMEM;
	}
	f->root = root;
	*ret = f;
	return 0;
}
