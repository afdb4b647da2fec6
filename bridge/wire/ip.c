// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/decode.h"

#include <string.h>

#define IP_HEADER 20

static void ip_facts(struct frame *f, const uint8_t *h)
{
	uint16_t frag = (uint16_t)(h[6] << 8 | h[7]);

	memset(&f->src, 0, sizeof(f->src));
	memset(&f->dst, 0, sizeof(f->dst));
	f->src.family = f->dst.family = 4;
	memcpy(f->src.bytes, h + 12, 4);
	memcpy(f->dst.bytes, h + 16, 4);
	f->ip_proto = h[9];
	f->ip_id = (uint32_t)(h[4] << 8 | h[5]);
	f->fragment_offset = (uint16_t)((frag & 0x1fff) * 8);
	f->fragment = (frag & 0x3fff) != 0;
}

// RFC 791.
void ip_decode(struct frame *f, struct region r)
{
	struct cursor c = region_cursor(f, &r);
	const uint8_t *h = cursor_take(&c, IP_HEADER);
	uint32_t header, total;
	uint16_t frag;
	enum wire_outcome outcome = WIRE_OK;

	if (!h) {
		layer_add(f, PROTO_IP, &r, IP_HEADER, region_short(&r, IP_HEADER));
		return;
	}
	header = (h[0] & 15) * 4u;
	total = (uint32_t)(h[2] << 8 | h[3]);
	if (!total) // a segmentation offload's packet that is longer than the field can say
		total = r.wire - r.at;
	if (h[0] >> 4 != 4 || header < IP_HEADER || total < header) {
		layer_add(f, PROTO_IP, &r, IP_HEADER, WIRE_MALFORMED);
		return;
	}
	if (r.partial && r.wire - r.at < total)
		r.wire = r.at + total;
	if (r.wire - r.at < total)
		outcome = WIRE_MALFORMED;
	region_limit(&r, total);
	if (region_left(&r) < header)
		outcome = region_short(&r, header);
	if (!r.quoted)
		ip_facts(f, h);
	if (!layer_add(f, PROTO_IP, &r, header, outcome) || region_left(&r) < header)
		return;
	frag = (uint16_t)(h[6] << 8 | h[7]);
	if (frag & 0x1fff)
		return; // the transport's header is in the first fragment
	r = region_after(&r, header);
	if (frag & 0x2000)
		r.partial = true;
	ip_payload_decode(f, h[9], r);
}

// ---- fields ----

static bool get_header_length(const struct field *field, const struct frame *f, const struct layer *layer,
			      value_visit *visit, void *ctx)
{
	struct value v;

	if (!field_read(field, f, layer, field->at, &v))
		return true;
	v.number *= 4;
	return visit(ctx, &v);
}

// The offset is counted in units of eight bytes, and shown in bytes.
static bool get_offset(const struct field *field, const struct frame *f, const struct layer *layer,
		       value_visit *visit, void *ctx)
{
	struct value v;

	if (!field_read(field, f, layer, field->at, &v))
		return true;
	v.number *= 8;
	return visit(ctx, &v);
}

static const struct value_name protocols[] = {
	{1, "ICMP"}, {2, "IGMP"}, {4, "IPIP"}, {6, "TCP"},   {17, "UDP"}, {41, "IPv6"},
	{47, "GRE"}, {50, "ESP"}, {51, "AH"},  {89, "OSPF"}, {0, NULL},
};

static const struct field rows[] = {
	ROW_BITS("ip.version", "Version", 0, 1, 0xf0),
	{.name = "ip.hdr_len",
	 .title = "Header Length",
	 .type = FIELD_UINT,
	 .display = 10,
	 .at = 0,
	 .size = 1,
	 .mask = 0x0f,
	 .get = get_header_length},
	ROW_HEX("ip.dsfield", "Differentiated Services Field", 1, 1),
	ROW_BITS("ip.dsfield.dscp", "Differentiated Services Codepoint", 1, 1, 0xfc),
	ROW_BITS("ip.dsfield.ecn", "Explicit Congestion Notification", 1, 1, 0x03),
	ROW_DEC("ip.len", "Total Length", 2, 2),
	ROW_HEX("ip.id", "Identification", 4, 2),
	ROW_XBITS("ip.flags", "Flags", 6, 1, 0xe0),
	ROW_FLAG("ip.flags.rb", "Reserved bit", 6, 1, 0x80),
	ROW_FLAG("ip.flags.df", "Don't fragment", 6, 1, 0x40),
	ROW_FLAG("ip.flags.mf", "More fragments", 6, 1, 0x20),
	{.name = "ip.frag_offset",
	 .title = "Fragment Offset",
	 .type = FIELD_UINT,
	 .display = 10,
	 .at = 6,
	 .size = 2,
	 .mask = 0x1fff,
	 .get = get_offset},
	ROW_DEC("ip.ttl", "Time to Live", 8, 1),
	ROW_NAMED("ip.proto", "Protocol", 9, 1, protocols),
	ROW_HEX("ip.checksum", "Header Checksum", 10, 2),
	ROW_BYTES("ip.src", "Source Address", FIELD_IPV4, 12, 4),
	ROW_BYTES("ip.dst", "Destination Address", FIELD_IPV4, 16, 4),
	{.name = "ip.addr",
	 .title = "Source or Destination Address",
	 .type = FIELD_IPV4,
	 .display = 10,
	 .at = 12,
	 .size = 4,
	 .get = field_get_pair,
	 .param = 16},
};

const struct protocol ip_protocol = {PROTO_IP, "ip", "Internet Protocol Version 4", rows, ROW_COUNT(rows)};
