// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/decode.h"

#define ICMPV6_HEADER 4

// RFC 4443: types 1 … 4 are errors, which quote the packet they are about behind four more bytes.
void icmpv6_decode(struct frame *f, struct region r)
{
	struct cursor c = region_cursor(f, &r);
	uint8_t type = cursor_u8(&c);
	struct region quote;

	if (region_left(&r) < ICMPV6_HEADER) {
		layer_add(f, PROTO_ICMPV6, &r, ICMPV6_HEADER, region_short(&r, ICMPV6_HEADER));
		return;
	}
	if (!layer_add(f, PROTO_ICMPV6, &r, ICMPV6_HEADER, WIRE_OK))
		return;
	if (type < 1 || type > 4 || region_left(&r) <= 8)
		return;
	quote = region_after(&r, 8);
	quote.quoted = quote.partial = true;
	ipv6_decode(f, quote);
}

// ---- fields ----

static const struct field rows[] = {
	ROW_DEC("icmpv6.type", "Type", 0, 1),
	ROW_DEC("icmpv6.code", "Code", 1, 1),
	ROW_HEX("icmpv6.checksum", "Checksum", 2, 2),
};

const struct protocol icmpv6_protocol = {PROTO_ICMPV6, "icmpv6", "Internet Control Message Protocol v6", rows,
					 ROW_COUNT(rows)};
