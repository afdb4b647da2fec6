// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/decode.h"

#define UDP_HEADER 8
#define PORT_SIP   5060

// RFC 768.
void udp_decode(struct frame *f, struct region r)
{
	struct cursor c = region_cursor(f, &r);
	uint16_t sport = cursor_be16(&c), dport = cursor_be16(&c), length = cursor_be16(&c);
	enum wire_outcome outcome = WIRE_OK;

	if (!r.quoted && region_left(&r) >= 4) {
		f->sport = sport;
		f->dport = dport;
	}
	if (region_left(&r) < UDP_HEADER) {
		layer_add(f, PROTO_UDP, &r, UDP_HEADER, region_short(&r, UDP_HEADER));
		return;
	}
	if (length && length < UDP_HEADER) { // 0 is a jumbogram's (RFC 2675)
		layer_add(f, PROTO_UDP, &r, UDP_HEADER, WIRE_MALFORMED);
		return;
	}
	if (length) {
		if (r.wire - r.at < length && !r.partial)
			outcome = WIRE_MALFORMED;
		region_limit(&r, length);
	}
	if (!layer_add(f, PROTO_UDP, &r, UDP_HEADER, outcome))
		return;
	r = region_after(&r, UDP_HEADER);
	if (!r.quoted) {
		f->payload = r.at;
		f->payload_len = region_left(&r);
		f->payload_wire = r.wire - r.at;
	}
	if (region_left(&r))
		sip_decode(f, r, true, sport == PORT_SIP || dport == PORT_SIP);
}

// ---- fields ----

static bool get_payload(const struct field *field, const struct frame *f, const struct layer *layer,
			value_visit *visit, void *ctx)
{
	struct value v = {.bytes = f->data + f->payload, .len = f->payload_len};

	(void)field;
	return layer->quoted || !v.len || visit(ctx, &v);
}

static const struct field rows[] = {
	ROW_DEC("udp.srcport", "Source Port", 0, 2),
	ROW_DEC("udp.dstport", "Destination Port", 2, 2),
	{.name = "udp.port",
	 .title = "Source or Destination Port",
	 .type = FIELD_UINT,
	 .display = 10,
	 .at = 0,
	 .size = 2,
	 .get = field_get_pair,
	 .param = 2},
	ROW_DEC("udp.length", "Length", 4, 2),
	ROW_HEX("udp.checksum", "Checksum", 6, 2),
	ROW_GET("udp.payload", "Payload", FIELD_BYTES, 16, get_payload, 0),
};

const struct protocol udp_protocol = {PROTO_UDP, "udp", "User Datagram Protocol", rows, ROW_COUNT(rows)};
