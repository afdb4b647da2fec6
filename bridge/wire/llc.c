// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/decode.h"

#define LLC_SNAP 0xaa
#define LLC_IP   0x06

// IEEE 802.2: DSAP, SSAP, control (one byte where it is unnumbered, else two), then SNAP's OUI and protocol.
void llc_decode(struct frame *f, struct region r)
{
	struct cursor c = region_cursor(f, &r);
	uint8_t dsap = cursor_u8(&c), ssap = cursor_u8(&c), control = cursor_u8(&c);
	bool snap = dsap == LLC_SNAP && ssap == LLC_SNAP;
	uint32_t header = (control & 3) == 3 ? 3 : 4, oui = 0;
	uint16_t pid = 0;

	if (region_left(&r) >= 2 && f->data[r.at] == 0xff && f->data[r.at + 1] == 0xff)
		return; // Novell's raw 802.3: IPX at once, no LLC
	if (header == 4)
		cursor_u8(&c);
	if (snap) {
		header += 5;
		oui = (uint32_t)cursor_u8(&c) << 16;
		oui |= cursor_be16(&c);
		pid = cursor_be16(&c);
	}
	if (c.short_read) {
		layer_add(f, PROTO_LLC, &r, header, region_short(&r, header));
		return;
	}
	if (!layer_add(f, PROTO_LLC, &r, header, WIRE_OK))
		return;
	if (snap && (oui == 0x000000 || oui == 0x0000f8)) // RFC 1042, and Cisco's for 802.1H bridges
		ethertype_decode(f, pid, region_after(&r, header));
	else if (dsap == LLC_IP && ssap == LLC_IP)
		ip_decode(f, region_after(&r, header));
}

// ---- fields ----

static const struct field rows[] = {
	ROW_HEX("llc.dsap", "DSAP", 0, 1),
	ROW_FLAG("llc.dsap.ig", "IG Bit", 0, 1, 0x01),
	ROW_HEX("llc.ssap", "SSAP", 1, 1),
	ROW_FLAG("llc.ssap.cr", "CR Bit", 1, 1, 0x01),
};

const struct protocol llc_protocol = {PROTO_LLC, "llc", "Logical-Link Control", rows, ROW_COUNT(rows)};
