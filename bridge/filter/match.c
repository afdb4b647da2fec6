// SPDX-License-Identifier: GPL-2.0-or-later
#define PCRE2_CODE_UNIT_WIDTH 8
#include <stdlib.h>
#include <string.h>

#include <pcre2.h>

#include "filter/ast.h"

#define SLICED_MAX 2048 // bytes that several slices together may give

// One value on its way to a comparison: a number, or bytes.
struct view {
	int64_t number;
	const uint8_t *bytes;
	uint32_t len;
	uint8_t room[SLICED_MAX];
};

static bool is_number(enum field_type type)
{
	switch (type) {
	case FIELD_NONE:
	case FIELD_BOOL:
	case FIELD_UINT:
	case FIELD_INT:
	case FIELD_CHAR:
	case FIELD_DURATION:
	case FIELD_TIME:
		return true;
	case FIELD_PROTOCOL:
	case FIELD_ETHER:
	case FIELD_IPV4:
	case FIELD_IPV6:
	case FIELD_BYTES:
	case FIELD_STRING:
		return false;
	}
	return false;
}

// The part of the bytes that one slice means; false: it lies outside, and the value then has no such slice.
static bool take_slice(const struct slice *s, uint32_t len, uint32_t *ret_from, uint32_t *ret_len)
{
	int64_t from = s->offset < 0 ? (int64_t)len + s->offset : s->offset;
	int64_t want = s->length == INT32_MAX ? (int64_t)len - from : s->length;

	if (from < 0 || want <= 0 || from + want > (int64_t)len)
		return false;
	*ret_from = (uint32_t)from;
	*ret_len = (uint32_t)want;
	return true;
}

static bool view_of(const struct operand *o, const struct value *v, struct view *view)
{
	uint32_t from, n;

	view->number = v->number;
	view->bytes = v->bytes;
	view->len = v->len;
	if (o->slice_count == 1) {
		if (!take_slice(&o->slices[0], v->len, &from, &n))
			return false;
		view->bytes = v->bytes + from;
		view->len = n;
	} else if (o->slice_count > 1) {
		view->len = 0;
		for (unsigned i = 0; i < o->slice_count; i++) {
			if (!take_slice(&o->slices[i], v->len, &from, &n) || n > SLICED_MAX - view->len)
				return false;
			memcpy(view->room + view->len, v->bytes + from, n);
			view->len += n;
		}
		view->bytes = view->room;
	}
	return true;
}

static int order_bytes(const uint8_t *a, uint32_t alen, const uint8_t *b, uint32_t blen)
{
	int r = memcmp(a, b, alen < blen ? alen : blen);

	return r ? r : (alen > blen) - (alen < blen);
}

// Addresses compare by the bits of the literal's prefix alone.
static int order_address(const struct view *v, const struct literal *l)
{
	unsigned whole = l->prefix / 8, rest = l->prefix % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);
	int r;

	if (v->len != l->len)
		return v->len < l->len ? -1 : 1;
	r = memcmp(v->bytes, l->bytes, whole);
	if (r || !rest)
		return r;
	return (v->bytes[whole] & mask) - (l->bytes[whole] & mask);
}

static int order(enum field_type type, const struct view *v, const struct literal *l)
{
	if (type == FIELD_UINT) {
		uint64_t a = (uint64_t)v->number, b = (uint64_t)l->number;

		return (a > b) - (a < b);
	}
	if (is_number(type))
		return (v->number > l->number) - (v->number < l->number);
	if (type == FIELD_IPV4 || type == FIELD_IPV6)
		return order_address(v, l);
	return order_bytes(v->bytes, v->len, l->bytes, l->len);
}

static bool regex_matches(const struct literal *l, const struct view *v)
{
	static const uint8_t nothing[1];

	return pcre2_match(l->regex, v->bytes ? v->bytes : nothing, v->len, 0, 0, l->regex_data,
			   l->regex_context) >= 0;
}

static bool holds(const struct node *n, enum field_type type, const struct view *v)
{
	switch (n->comparison) {
	case COMPARE_EQ:
	case COMPARE_ALL_EQ:
		return order(type, v, &n->literal) == 0;
	case COMPARE_NE:
	case COMPARE_ANY_NE:
		return order(type, v, &n->literal) != 0;
	case COMPARE_LT:
		return order(type, v, &n->literal) < 0;
	case COMPARE_LE:
		return order(type, v, &n->literal) <= 0;
	case COMPARE_GT:
		return order(type, v, &n->literal) > 0;
	case COMPARE_GE:
		return order(type, v, &n->literal) >= 0;
	case COMPARE_CONTAINS:
		return !n->literal.len ||
		       (v->len && memmem(v->bytes, v->len, n->literal.bytes, n->literal.len));
	case COMPARE_MATCHES:
		return regex_matches(&n->literal, v);
	}
	return false;
}

static bool in_set(const struct node *n, enum field_type type, const struct view *v)
{
	for (size_t i = 0; i < n->range_count; i++) {
		const struct range *r = &n->ranges[i];
		int low = order(type, v, &r->low);

		if (low == 0 || (low > 0 && r->has_high && order(type, v, &r->high) <= 0))
			return true;
	}
	return false;
}

struct search {
	const struct node *node;
	enum field_type type;
	bool all;         // every value must hold
	bool some, every; // what was found
};

static bool on_value(void *ctx, const struct value *value)
{
	struct search *s = ctx;
	struct view v;
	bool ok;

	if (s->node->kind == NODE_PRESENT && !s->node->operand.slice_count) {
		s->some = true;
		return false;
	}
	if (!view_of(&s->node->operand, value, &v))
		return true;
	ok = s->node->kind == NODE_PRESENT ? true
	     : s->node->kind == NODE_IN    ? in_set(s->node, s->type, &v)
					   : holds(s->node, s->type, &v);
	s->some = s->some || ok;
	s->every = s->every && ok;
	// Nothing more can change the answer.
	return s->all ? s->every : !s->some;
}

static bool test(const struct node *n, const struct frame *f)
{
	struct search s = {.node = n, .type = operand_type(&n->operand), .every = true};

	s.all = n->kind == NODE_COMPARE && (n->comparison == COMPARE_NE || n->comparison == COMPARE_ALL_EQ);
	field_values(n->operand.protocol, n->operand.field, f, on_value, &s);
	return s.all ? s.some && s.every : s.some;
}

static bool node_holds(const struct node *n, const struct frame *f)
{
	switch (n->kind) {
	case NODE_AND:
		return node_holds(n->left, f) && node_holds(n->right, f);
	case NODE_OR:
		return node_holds(n->left, f) || node_holds(n->right, f);
	case NODE_XOR:
		return node_holds(n->left, f) != node_holds(n->right, f);
	case NODE_NOT:
		return !node_holds(n->left, f);
	case NODE_PRESENT:
	case NODE_COMPARE:
	case NODE_IN:
		return test(n, f);
	}
	return false;
}

bool filter_match(const struct filter *f, const struct frame *frame)
{
	return node_holds(f->root, frame);
}

static bool needs_ethernet(const struct node *n)
{
	if (!n)
		return false;
	if (n->kind == NODE_PRESENT || n->kind == NODE_COMPARE || n->kind == NODE_IN) {
		enum proto p = n->operand.protocol->id;

		return p == PROTO_ETH || p == PROTO_LLC || p == PROTO_VLAN || p == PROTO_ARP;
	}
	return needs_ethernet(n->left) || needs_ethernet(n->right);
}

bool filter_needs_ethernet(const struct filter *f)
{
	return needs_ethernet(f->root);
}

void node_free(struct node *n)
{
	if (!n)
		return;
	node_free(n->left);
	node_free(n->right);
	literal_done(&n->literal);
	for (size_t i = 0; i < n->range_count; i++) {
		literal_done(&n->ranges[i].low);
		literal_done(&n->ranges[i].high);
	}
	free(n->ranges);
	free(n);
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	node_free(f->root);
	free(f);
}
