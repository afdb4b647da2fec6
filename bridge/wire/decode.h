// SPDX-License-Identifier: GPL-2.0-or-later
// decode: how the decoders hand a frame on to each other. For wire/ alone. A decoder is given a region, reads
// it through a cursor, adds its layer, fills the frame's facts (not those of quoted packets) and calls the
// next.
#ifndef OFFHOOK_WIRE_DECODE_H
#define OFFHOOK_WIRE_DECODE_H

#include "base/cursor.h"
#include "wire/field.h"
#include "wire/frame.h"

// Bytes [at, end) of the frame are there, [at, wire) were on the wire; at <= end <= wire.
struct region {
	uint32_t at, end, wire;
	bool quoted;  // stands in an ICMP error's quotation
	bool partial; // a fragment or a quotation: what is missing is elsewhere, so it is not malformed
};

static inline struct cursor region_cursor(const struct frame *f, const struct region *r)
{
	return cursor_of(f->data + r->at, r->end - r->at);
}

static inline uint32_t region_left(const struct region *r)
{
	return r->end - r->at;
}

// What lies behind the first n bytes (n <= region_left).
static inline struct region region_after(const struct region *r, uint32_t n)
{
	struct region rest = *r;

	rest.at += n;
	return rest;
}

// Keeps the first n bytes on the wire, where a layer's own length field says that no more are its own.
static inline void region_limit(struct region *r, uint32_t n)
{
	if (r->wire - r->at > n)
		r->wire = r->at + n;
	if (r->end > r->wire)
		r->end = r->wire;
}

// Why n bytes are not there: cut off on the way here, or never sent.
static inline enum wire_outcome region_short(const struct region *r, uint32_t n)
{
	return r->partial || r->wire - r->at >= n ? WIRE_TRUNCATED : WIRE_MALFORMED;
}

// Adds a layer that fills the region. header is cut to what is there. Where the frame has no room left it
// sets layers_cut and returns false: stop there.
bool layer_add(struct frame *f, enum proto proto, const struct region *r, uint32_t header,
	       enum wire_outcome outcome);

void eth_decode(struct frame *f, struct region r);
void llc_decode(struct frame *f, struct region r);
void vlan_decode(struct frame *f, struct region r);
void arp_decode(struct frame *f, struct region r);
void ip_decode(struct frame *f, struct region r);
void ipv6_decode(struct frame *f, struct region r);
void icmp_decode(struct frame *f, struct region r);
void icmpv6_decode(struct frame *f, struct region r);
void tcp_decode(struct frame *f, struct region r);
void udp_decode(struct frame *f, struct region r);

// TCP's or UDP's payload. They return false where it is not theirs, and have then added nothing.
bool sccp_decode(struct frame *f, struct region r);
bool sip_decode(struct frame *f, struct region r, bool udp, bool known_port);

// By the EtherType (0x0800 …), by the IP protocol number. What nobody decodes is left alone.
void ethertype_decode(struct frame *f, uint16_t ethertype, struct region r);
void ip_payload_decode(struct frame *f, uint8_t ip_proto, struct region r);

// The rows of protocol_table.
extern const struct protocol frame_protocol, eth_protocol, llc_protocol, vlan_protocol, arp_protocol,
	ip_protocol, ipv6_protocol, icmp_protocol, icmpv6_protocol, tcp_protocol, udp_protocol, sccp_protocol,
	sip_protocol;

// Rows of a table of plain fields: FIELD(name, title, type, at, size), the same with a mask, in hexadecimal,
// with names, or by a function.
#define ROW_NUMBER(n, t, ty, base, a, s, m, nm)                                                              \
	{                                                                                                    \
		.name = (n), .title = (t), .type = (ty), .display = (base), .at = (a), .size = (s),          \
		.mask = (m), .names = (nm)                                                                   \
	}
#define ROW_DEC(n, t, a, s)       ROW_NUMBER(n, t, FIELD_UINT, 10, a, s, 0, NULL)
#define ROW_HEX(n, t, a, s)       ROW_NUMBER(n, t, FIELD_UINT, 16, a, s, 0, NULL)
#define ROW_NAMED(n, t, a, s, nm) ROW_NUMBER(n, t, FIELD_UINT, 10, a, s, 0, nm)
#define ROW_BITS(n, t, a, s, m)   ROW_NUMBER(n, t, FIELD_UINT, 10, a, s, m, NULL)
#define ROW_XBITS(n, t, a, s, m)  ROW_NUMBER(n, t, FIELD_UINT, 16, a, s, m, NULL)
#define ROW_FLAG(n, t, a, s, m)   ROW_NUMBER(n, t, FIELD_BOOL, 10, a, s, m, NULL)
#define ROW_BYTES(n, t, ty, a, s) ROW_NUMBER(n, t, ty, 10, a, s, 0, NULL)
#define ROW_GET(n, t, ty, base, g, p)                                                                        \
	{                                                                                                    \
		.name = (n), .title = (t), .type = (ty), .display = (base), .get = (g), .param = (p)         \
	}
#define ROW_COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

// A get for rows that may lie in two places, `at` and `param` (tcp.port, ip.addr).
bool field_get_pair(const struct field *field, const struct frame *f, const struct layer *layer,
		    value_visit *visit, void *ctx);

// Reads a plain value of size bytes at that offset of the layer. false: the header does not reach that far.
bool field_read(const struct field *field, const struct frame *f, const struct layer *layer, uint32_t at,
		struct value *ret);

#endif
