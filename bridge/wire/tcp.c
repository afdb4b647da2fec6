// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/decode.h"

#define TCP_HEADER 20

#define PORT_SCCP 2000
#define PORT_SIP  5060

static void tcp_payload_decode(struct frame *f, struct region r, uint16_t sport, uint16_t dport)
{
	bool sccp = sport == PORT_SCCP || dport == PORT_SCCP, sip = sport == PORT_SIP || dport == PORT_SIP;

	if (!region_left(&r))
		return;
	if (sccp && sccp_decode(f, r))
		return;
	sip_decode(f, r, false, sip);
}

// RFC 9293.
void tcp_decode(struct frame *f, struct region r)
{
	struct cursor c = region_cursor(f, &r);
	uint16_t sport = cursor_be16(&c), dport = cursor_be16(&c);
	uint32_t seq = cursor_be32(&c), ack = cursor_be32(&c);
	uint8_t offset = cursor_u8(&c), flags = cursor_u8(&c);
	uint16_t window = cursor_be16(&c);
	uint32_t header = (uint32_t)(offset >> 4) * 4;

	if (!r.quoted && region_left(&r) >= 4) {
		f->sport = sport;
		f->dport = dport;
	}
	if (region_left(&r) < TCP_HEADER) {
		layer_add(f, PROTO_TCP, &r, TCP_HEADER, region_short(&r, TCP_HEADER));
		return;
	}
	if (header < TCP_HEADER || region_left(&r) < header) {
		layer_add(f, PROTO_TCP, &r, header < TCP_HEADER ? TCP_HEADER : header,
			  header < TCP_HEADER ? WIRE_MALFORMED : region_short(&r, header));
		return;
	}
	if (!layer_add(f, PROTO_TCP, &r, header, WIRE_OK))
		return;
	r = region_after(&r, header);
	if (!r.quoted) {
		f->tcp_seq = seq;
		f->tcp_ack = ack;
		f->tcp_flags = flags;
		f->tcp_window = window;
		f->payload = r.at;
		f->payload_len = region_left(&r);
		f->payload_wire = r.wire - r.at;
	}
	tcp_payload_decode(f, r, sport, dport);
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

// The payload's length, as the IP header gives it.
static bool get_length(const struct field *field, const struct frame *f, const struct layer *layer,
		       value_visit *visit, void *ctx)
{
	struct value v = {.number = f->payload_wire};

	(void)field;
	return layer->quoted || !f->payload || visit(ctx, &v);
}

static bool get_payload(const struct field *field, const struct frame *f, const struct layer *layer,
			value_visit *visit, void *ctx)
{
	struct value v = {.bytes = f->data + f->payload, .len = f->payload_len};

	(void)field;
	return layer->quoted || !v.len || visit(ctx, &v);
}

static const struct field rows[] = {
	ROW_DEC("tcp.srcport", "Source Port", 0, 2),
	ROW_DEC("tcp.dstport", "Destination Port", 2, 2),
	{.name = "tcp.port",
	 .title = "Source or Destination Port",
	 .type = FIELD_UINT,
	 .display = 10,
	 .at = 0,
	 .size = 2,
	 .get = field_get_pair,
	 .param = 2},
	ROW_GET("tcp.len", "TCP Segment Len", FIELD_UINT, 10, get_length, 0),
	ROW_DEC("tcp.seq_raw", "Sequence Number (raw)", 4, 4),
	ROW_DEC("tcp.ack_raw", "Acknowledgment number (raw)", 8, 4),
	{.name = "tcp.hdr_len",
	 .title = "Header Length",
	 .type = FIELD_UINT,
	 .display = 10,
	 .at = 12,
	 .size = 1,
	 .mask = 0xf0,
	 .get = get_header_length},
	ROW_XBITS("tcp.flags", "Flags", 12, 2, 0x0fff),
	ROW_FLAG("tcp.flags.res", "Reserved", 12, 2, 0x0e00),
	ROW_FLAG("tcp.flags.ae", "Accurate ECN", 12, 2, 0x0100),
	ROW_FLAG("tcp.flags.cwr", "Congestion Window Reduced", 12, 2, 0x0080),
	ROW_FLAG("tcp.flags.ece", "ECN-Echo", 12, 2, 0x0040),
	ROW_FLAG("tcp.flags.urg", "Urgent", 12, 2, 0x0020),
	ROW_FLAG("tcp.flags.ack", "Acknowledgment", 12, 2, 0x0010),
	ROW_FLAG("tcp.flags.push", "Push", 12, 2, 0x0008),
	ROW_FLAG("tcp.flags.reset", "Reset", 12, 2, 0x0004),
	ROW_FLAG("tcp.flags.syn", "Syn", 12, 2, 0x0002),
	ROW_FLAG("tcp.flags.fin", "Fin", 12, 2, 0x0001),
	ROW_DEC("tcp.window_size_value", "Window", 14, 2),
	ROW_HEX("tcp.checksum", "Checksum", 16, 2),
	ROW_DEC("tcp.urgent_pointer", "Urgent Pointer", 18, 2),
	ROW_GET("tcp.payload", "TCP payload", FIELD_BYTES, 16, get_payload, 0),
};

const struct protocol tcp_protocol = {PROTO_TCP, "tcp", "Transmission Control Protocol", rows,
				      ROW_COUNT(rows)};
