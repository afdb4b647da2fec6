// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/decode.h"

#include <string.h>

static struct address ipv4_address(const uint8_t *bytes)
{
	struct address a = {.family = 4};

	memcpy(a.bytes, bytes, 4);
	return a;
}

// RFC 826. The facts are those of Ethernet and IPv4 alone.
void arp_decode(struct frame *f, struct region r)
{
	struct cursor c = region_cursor(f, &r);
	uint16_t hw = cursor_be16(&c), proto = cursor_be16(&c);
	uint8_t hw_len = cursor_u8(&c), proto_len = cursor_u8(&c);
	uint16_t opcode = cursor_be16(&c);
	const uint8_t *sender_mac = cursor_take(&c, hw_len), *sender_ip = cursor_take(&c, proto_len);
	const uint8_t *target_mac = cursor_take(&c, hw_len), *target_ip = cursor_take(&c, proto_len);
	uint32_t header = 8 + 2 * (uint32_t)(hw_len + proto_len);

	if (c.short_read) {
		layer_add(f, PROTO_ARP, &r, header, region_short(&r, header));
		return;
	}
	region_limit(&r, header);
	layer_add(f, PROTO_ARP, &r, header, WIRE_OK);
	if (hw != 1 || proto != 0x0800 || hw_len != 6 || proto_len != 4)
		return;
	f->arp = (struct arp_facts){
		.valid = true,
		.opcode = opcode,
		.sender_mac = sender_mac,
		.target_mac = target_mac,
		.sender_ip = ipv4_address(sender_ip),
		.target_ip = ipv4_address(target_ip),
	};
}

// ---- fields ----

enum { SRC_HW, SRC_PROTO, DST_HW, DST_PROTO };
#define PART_TYPED 8 // Ethernet's or IPv4's own form; without it any other's

// The addresses lie behind each other by the lengths that the header gives.
static bool get_address(const struct field *field, const struct frame *f, const struct layer *layer,
			value_visit *visit, void *ctx)
{
	struct cursor c = cursor_of(f->data + layer->offset, layer->header);
	uint16_t hw = cursor_be16(&c), proto = cursor_be16(&c);
	uint8_t hw_len = cursor_u8(&c), proto_len = cursor_u8(&c);
	uint32_t part = field->param & 3, at;
	bool is_hw = part == SRC_HW || part == DST_HW, typed;
	struct value v = {0};

	typed = is_hw ? (hw == 1 || hw == 6) && hw_len == 6 : proto == 0x0800 && proto_len == 4;
	if (typed != ((field->param & PART_TYPED) != 0))
		return true;
	at = part == SRC_HW      ? 0
	     : part == SRC_PROTO ? hw_len
				 : hw_len + proto_len + (part == DST_PROTO ? hw_len : 0u);
	v.len = is_hw ? hw_len : proto_len;
	cursor_skip(&c, 2 + at);
	v.bytes = cursor_take(&c, v.len);
	return !v.bytes || !v.len || visit(ctx, &v);
}

enum { IS_GRATUITOUS, IS_PROBE, IS_ANNOUNCEMENT };

// RFC 5227: what an Ethernet/IPv4 packet's addresses make of it.
static bool get_kind(const struct field *field, const struct frame *f, const struct layer *layer,
		     value_visit *visit, void *ctx)
{
	static const uint8_t none[4], no_mac[6];
	struct cursor c = cursor_of(f->data + layer->offset, layer->header);
	const uint8_t *h = cursor_take(&c, 28);
	struct value v = {.number = 1};
	bool is = false;

	if (!h || memcmp(h + 2, "\x08\x00\x06\x04", 4) || h[0] || (h[1] != 1 && h[1] != 6))
		return true;
	if (field->param == IS_GRATUITOUS)
		is = !memcmp(h + 14, h + 24, 4);
	else if (field->param == IS_PROBE)
		is = h[7] == 1 && !memcmp(h + 14, none, 4);
	else
		is = h[7] == 1 && !memcmp(h + 14, h + 24, 4) && !memcmp(h + 18, no_mac, 6);
	return !is || visit(ctx, &v);
}

static const struct value_name opcodes[] = {
	{1, "request"}, {2, "reply"}, {3, "reverse request"}, {4, "reverse reply"}, {0, NULL},
};

static const struct field rows[] = {
	ROW_DEC("arp.hw.type", "Hardware type", 0, 2),
	ROW_HEX("arp.proto.type", "Protocol type", 2, 2),
	ROW_DEC("arp.hw.size", "Hardware size", 4, 1),
	ROW_DEC("arp.proto.size", "Protocol size", 5, 1),
	ROW_NAMED("arp.opcode", "Opcode", 6, 2, opcodes),
	ROW_GET("arp.isgratuitous", "Is gratuitous", FIELD_BOOL, 10, get_kind, IS_GRATUITOUS),
	ROW_GET("arp.isprobe", "Is probe", FIELD_BOOL, 10, get_kind, IS_PROBE),
	ROW_GET("arp.isannouncement", "Is announcement", FIELD_BOOL, 10, get_kind, IS_ANNOUNCEMENT),
	ROW_GET("arp.src.hw", "Sender hardware address", FIELD_BYTES, 16, get_address, SRC_HW),
	ROW_GET("arp.src.hw_mac", "Sender MAC address", FIELD_ETHER, 16, get_address, SRC_HW | PART_TYPED),
	ROW_GET("arp.src.proto", "Sender protocol address", FIELD_BYTES, 16, get_address, SRC_PROTO),
	ROW_GET("arp.src.proto_ipv4", "Sender IP address", FIELD_IPV4, 10, get_address,
		SRC_PROTO | PART_TYPED),
	ROW_GET("arp.dst.hw", "Target hardware address", FIELD_BYTES, 16, get_address, DST_HW),
	ROW_GET("arp.dst.hw_mac", "Target MAC address", FIELD_ETHER, 16, get_address, DST_HW | PART_TYPED),
	ROW_GET("arp.dst.proto", "Target protocol address", FIELD_BYTES, 16, get_address, DST_PROTO),
	ROW_GET("arp.dst.proto_ipv4", "Target IP address", FIELD_IPV4, 10, get_address,
		DST_PROTO | PART_TYPED),
};

const struct protocol arp_protocol = {PROTO_ARP, "arp", "Address Resolution Protocol", rows, ROW_COUNT(rows)};
