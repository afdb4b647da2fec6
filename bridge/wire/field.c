// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/field.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/decode.h"

const struct protocol *const protocol_table[PROTO_COUNT] = {
	[PROTO_FRAME] = &frame_protocol, [PROTO_ETH] = &eth_protocol,   [PROTO_LLC] = &llc_protocol,
	[PROTO_VLAN] = &vlan_protocol,   [PROTO_ARP] = &arp_protocol,   [PROTO_IP] = &ip_protocol,
	[PROTO_IPV6] = &ipv6_protocol,   [PROTO_ICMP] = &icmp_protocol, [PROTO_ICMPV6] = &icmpv6_protocol,
	[PROTO_TCP] = &tcp_protocol,     [PROTO_UDP] = &udp_protocol,   [PROTO_SCCP] = &sccp_protocol,
	[PROTO_SIP] = &sip_protocol,
};

int field_find(const char *name, size_t len, const struct protocol **ret_protocol,
	       const struct field **ret_field)
{
	for (size_t i = 0; i < PROTO_COUNT; i++) {
		const struct protocol *p = protocol_table[i];

		if (strlen(p->name) == len && !memcmp(p->name, name, len)) {
			*ret_protocol = p;
			*ret_field = NULL;
			return 0;
		}
		for (size_t k = 0; k < p->field_count; k++)
			if (strlen(p->fields[k].name) == len && !memcmp(p->fields[k].name, name, len)) {
				*ret_protocol = p;
				*ret_field = &p->fields[k];
				return 0;
			}
	}
	return -ENOENT;
}

static bool type_is_number(enum field_type type)
{
	switch (type) {
	case FIELD_BOOL:
	case FIELD_UINT:
	case FIELD_INT:
	case FIELD_CHAR:
	case FIELD_DURATION:
	case FIELD_TIME:
		return true;
	case FIELD_NONE:
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

bool field_read(const struct field *field, const struct frame *f, const struct layer *layer, uint32_t at,
		struct value *ret)
{
	struct cursor c = cursor_of(f->data + layer->offset, layer->header);
	const uint8_t *p = cursor_skip(&c, at) ? cursor_take(&c, field->size) : NULL;
	uint64_t n = 0;

	if (!p)
		return false;
	*ret = (struct value){.bytes = p, .len = field->size};
	if (!type_is_number(field->type))
		return true;
	for (unsigned i = 0; i < field->size; i++)
		n = n << 8 | p[field->little ? field->size - 1u - i : i];
	if (field->mask)
		n = (n & field->mask) >> __builtin_ctzll(field->mask);
	else if (field->type == FIELD_INT && field->size < 8 && n >> (8 * field->size - 1))
		n |= ~UINT64_C(0) << (8 * field->size);
	if (field->type == FIELD_BOOL)
		n = n != 0;
	ret->number = (int64_t)n;
	return true;
}

bool field_get_pair(const struct field *field, const struct frame *f, const struct layer *layer,
		    value_visit *visit, void *ctx)
{
	struct value v;

	if (field_read(field, f, layer, field->at, &v) && !visit(ctx, &v))
		return false;
	return !field_read(field, f, layer, field->param, &v) || visit(ctx, &v);
}

static bool layer_values(const struct field *field, const struct frame *f, const struct layer *layer,
			 value_visit *visit, void *ctx)
{
	struct value v;

	if (!field) {
		v = (struct value){.bytes = f->data + layer->offset, .len = layer->length};
		return visit(ctx, &v);
	}
	if (field->get)
		return field->get(field, f, layer, visit, ctx);
	return !field_read(field, f, layer, field->at, &v) || visit(ctx, &v);
}

bool field_values(const struct protocol *protocol, const struct field *field, const struct frame *f,
		  value_visit *visit, void *ctx)
{
	for (unsigned i = 0; i < f->layer_count; i++)
		if (f->layers[i].proto == protocol->id && !layer_values(field, f, &f->layers[i], visit, ctx))
			return false;
	return true;
}

struct first {
	struct value *ret;
	bool found;
};

static bool first_visit(void *ctx, const struct value *value)
{
	struct first *first = ctx;

	*first->ret = *value;
	if (value->bytes == value->own)
		first->ret->bytes = first->ret->own;
	first->found = true;
	return false;
}

bool field_first(const struct protocol *protocol, const struct field *field, const struct frame *f,
		 struct value *ret_value)
{
	struct first first = {.ret = ret_value};

	field_values(protocol, field, f, first_visit, &first);
	return first.found;
}

// The sorted list is made before main() runs and never changes.
#define NAMES_MAX 1024
static const char *names[NAMES_MAX];
static size_t name_count;

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

__attribute__((constructor)) static void names_fill(void)
{
	for (size_t i = 0; i < PROTO_COUNT; i++) {
		const struct protocol *p = protocol_table[i];

		if (name_count < NAMES_MAX)
			names[name_count++] = p->name;
		for (size_t k = 0; k < p->field_count && name_count < NAMES_MAX; k++)
			names[name_count++] = p->fields[k].name;
	}
	qsort(names, name_count, sizeof(names[0]), name_compare);
}

size_t field_names(const char *const **ret_names)
{
	*ret_names = names;
	return name_count;
}
