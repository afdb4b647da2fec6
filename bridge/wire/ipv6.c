// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/decode.h"

#include <string.h>

#define IPV6_HEADER 40

enum { EXT_HOPOPTS = 0, EXT_ROUTING = 43, EXT_FRAGMENT = 44, EXT_AH = 51, EXT_DSTOPTS = 60 };

// Where the chain of extension headers ends (RFC 8200, section 4).
struct chain {
	uint32_t header; // bytes from the fixed header's first to the payload's
	uint8_t next;    // the payload's protocol
	bool fragment, later;
	uint16_t offset;
	uint32_t id;
	enum wire_outcome outcome;
};

static void chain_fragment(struct chain *ch, const uint8_t *h)
{
	uint16_t at = (uint16_t)(h[2] << 8 | h[3]);

	ch->fragment = (at & 0xfff9) != 0;
	ch->offset = at & 0xfff8;
	ch->later = ch->offset != 0;
	ch->id = (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | h[7];
}

static struct chain chain_walk(const struct frame *f, const struct region *r, uint8_t next)
{
	struct chain ch = {.header = IPV6_HEADER, .next = next};

	while (!ch.later && (ch.next == EXT_HOPOPTS || ch.next == EXT_ROUTING || ch.next == EXT_FRAGMENT ||
			     ch.next == EXT_AH || ch.next == EXT_DSTOPTS)) {
		struct region at = region_after(r, ch.header);
		struct cursor c = region_cursor(f, &at);
		const uint8_t *h = cursor_take(&c, 8);
		uint32_t size;

		if (!h) {
			ch.outcome = region_short(&at, 8);
			return ch;
		}
		size = ch.next == EXT_FRAGMENT ? 8 : ch.next == EXT_AH ? (h[1] + 2) * 4u : (h[1] + 1) * 8u;
		if (region_left(&at) < size) {
			ch.outcome = region_short(&at, size);
			ch.header += region_left(&at);
			return ch;
		}
		if (ch.next == EXT_FRAGMENT)
			chain_fragment(&ch, h);
		ch.next = h[0];
		ch.header += size;
	}
	return ch;
}

static void ipv6_facts(struct frame *f, const uint8_t *h, const struct chain *ch)
{
	f->src.family = f->dst.family = 6;
	memcpy(f->src.bytes, h + 8, 16);
	memcpy(f->dst.bytes, h + 24, 16);
	f->ip_proto = ch->next;
	f->fragment = ch->fragment;
	f->fragment_offset = ch->offset;
	f->ip_id = ch->id;
}

void ipv6_decode(struct frame *f, struct region r)
{
	struct cursor c = region_cursor(f, &r);
	const uint8_t *h = cursor_take(&c, IPV6_HEADER);
	uint32_t total;
	struct chain ch;
	bool too_long;

	if (!h) {
		layer_add(f, PROTO_IPV6, &r, IPV6_HEADER, region_short(&r, IPV6_HEADER));
		return;
	}
	if (h[0] >> 4 != 6) {
		layer_add(f, PROTO_IPV6, &r, IPV6_HEADER, WIRE_MALFORMED);
		return;
	}
	total = IPV6_HEADER + (uint32_t)(h[4] << 8 | h[5]);
	if (total == IPV6_HEADER) // a jumbogram, or an offload's packet that is longer than the field can say
		total = r.wire - r.at;
	if (r.partial && r.wire - r.at < total)
		r.wire = r.at + total;
	too_long = r.wire - r.at < total;
	region_limit(&r, total);
	ch = chain_walk(f, &r, h[6]);
	if (too_long)
		ch.outcome = WIRE_MALFORMED;
	if (!r.quoted)
		ipv6_facts(f, h, &ch);
	if (!layer_add(f, PROTO_IPV6, &r, ch.header, ch.outcome) || ch.later)
		return;
	r = region_after(&r, ch.header);
	if (ch.fragment)
		r.partial = true;
	ip_payload_decode(f, ch.next, r);
}

// ---- fields ----

static const struct field rows[] = {
	ROW_BITS("ipv6.version", "Version", 0, 1, 0xf0),
	ROW_XBITS("ipv6.tclass", "Traffic Class", 0, 4, 0x0ff00000),
	ROW_XBITS("ipv6.flow", "Flow Label", 0, 4, 0x000fffff),
	ROW_DEC("ipv6.plen", "Payload Length", 4, 2),
	ROW_DEC("ipv6.nxt", "Next Header", 6, 1),
	ROW_DEC("ipv6.hlim", "Hop Limit", 7, 1),
	ROW_BYTES("ipv6.src", "Source Address", FIELD_IPV6, 8, 16),
	ROW_BYTES("ipv6.dst", "Destination Address", FIELD_IPV6, 24, 16),
	{.name = "ipv6.addr",
	 .title = "Source or Destination Address",
	 .type = FIELD_IPV6,
	 .display = 16,
	 .at = 8,
	 .size = 16,
	 .get = field_get_pair,
	 .param = 24},
};

const struct protocol ipv6_protocol = {PROTO_IPV6, "ipv6", "Internet Protocol Version 6", rows,
				       ROW_COUNT(rows)};
