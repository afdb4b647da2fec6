// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/decode.h"

#define ETH_HEADER 14

void eth_decode(struct frame *f, struct region r)
{
	struct cursor c = region_cursor(f, &r);
	const uint8_t *dst = cursor_take(&c, 6), *src = cursor_take(&c, 6);
	uint16_t type = cursor_be16(&c);
	struct region rest;

	if (c.short_read) {
		layer_add(f, PROTO_ETH, &r, ETH_HEADER, region_short(&r, ETH_HEADER));
		return;
	}
	f->eth_dst = dst;
	f->eth_src = src;
	if (!layer_add(f, PROTO_ETH, &r, ETH_HEADER, WIRE_OK))
		return;
	rest = region_after(&r, ETH_HEADER);
	if (type > 1500) { // IEEE 802.3 clause 3.2.6; 1501 … 1535 are neither
		f->ethertype = type;
		ethertype_decode(f, type, rest);
		return;
	}
	region_limit(&rest, type);
	llc_decode(f, rest);
}

// ---- fields ----

// The type field is a length up to 1500 (IEEE 802.3) and a type from 1536 on; between, neither.
enum { TYPE_LEN, TYPE_TYPE, TYPE_INVALID };

static bool get_type(const struct field *field, const struct frame *f, const struct layer *layer,
		     value_visit *visit, void *ctx)
{
	struct value v;
	uint32_t is;

	if (!field_read(field, f, layer, field->at, &v))
		return true;
	is = v.number <= 1500 ? TYPE_LEN : v.number < 1536 ? TYPE_INVALID : TYPE_TYPE;
	return is != field->param || visit(ctx, &v);
}

#define ROW_TYPE(n, t, base, p)                                                                              \
	{                                                                                                    \
		.name = (n), .title = (t), .type = FIELD_UINT, .display = (base), .at = 12, .size = 2,       \
		.get = get_type, .param = (p)                                                                \
	}
#define ROW_PAIR(n, t, ty, s, m)                                                                             \
	{                                                                                                    \
		.name = (n), .title = (t), .type = (ty), .display = 16, .at = 0, .size = (s), .mask = (m),   \
		.get = field_get_pair, .param = 6                                                            \
	}

static const struct field rows[] = {
	ROW_BYTES("eth.dst", "Destination", FIELD_ETHER, 0, 6),
	ROW_BYTES("eth.src", "Source", FIELD_ETHER, 6, 6),
	ROW_PAIR("eth.addr", "Address", FIELD_ETHER, 6, 0),
	ROW_TYPE("eth.type", "Type", 16, TYPE_TYPE),
	ROW_TYPE("eth.len", "Length", 10, TYPE_LEN),
	ROW_TYPE("eth.invalid_lentype", "Invalid length/type", 16, TYPE_INVALID),
	ROW_HEX("eth.dst.oui", "Destination OUI", 0, 3),
	ROW_HEX("eth.src.oui", "Source OUI", 6, 3),
	ROW_PAIR("eth.addr.oui", "Address OUI", FIELD_UINT, 3, 0),
	ROW_FLAG("eth.dst.lg", "LG bit", 0, 3, 0x020000),
	ROW_FLAG("eth.dst.ig", "IG bit", 0, 3, 0x010000),
	ROW_FLAG("eth.src.lg", "LG bit", 6, 3, 0x020000),
	ROW_FLAG("eth.src.ig", "IG bit", 6, 3, 0x010000),
	ROW_PAIR("eth.lg", "LG bit", FIELD_BOOL, 3, 0x020000),
	ROW_PAIR("eth.ig", "IG bit", FIELD_BOOL, 3, 0x010000),
};

const struct protocol eth_protocol = {PROTO_ETH, "eth", "Ethernet", rows, ROW_COUNT(rows)};
