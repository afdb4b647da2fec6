// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/decode.h"

#define VLAN_HEADER 4

void vlan_decode(struct frame *f, struct region r)
{
	struct cursor c = region_cursor(f, &r);
	uint16_t tci = cursor_be16(&c), type = cursor_be16(&c);
	struct region rest;

	if (c.short_read) {
		layer_add(f, PROTO_VLAN, &r, VLAN_HEADER, region_short(&r, VLAN_HEADER));
		return;
	}
	if (f->vlan < 0)
		f->vlan = tci & 0xfff;
	else if (f->vlan_inner < 0)
		f->vlan_inner = tci & 0xfff;
	f->ethertype = type > 1500 ? type : 0;
	if (!layer_add(f, PROTO_VLAN, &r, VLAN_HEADER, WIRE_OK))
		return;
	rest = region_after(&r, VLAN_HEADER);
	if (type > 1500) {
		ethertype_decode(f, type, rest);
		return;
	}
	region_limit(&rest, type);
	llc_decode(f, rest);
}

// ---- fields ----

static const struct field rows[] = {
	ROW_BITS("vlan.priority", "Priority", 0, 2, 0xe000),
	ROW_FLAG("vlan.dei", "DEI", 0, 2, 0x1000),
	ROW_BITS("vlan.id", "ID", 0, 2, 0x0fff),
	ROW_HEX("vlan.etype", "Type", 2, 2),
};

const struct protocol vlan_protocol = {PROTO_VLAN, "vlan", "802.1Q Virtual LAN", rows, ROW_COUNT(rows)};
