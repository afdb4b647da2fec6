// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/decode.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/prng.h"

bool layer_add(struct frame *f, enum proto proto, const struct region *r, uint32_t header,
	       enum wire_outcome outcome)
{
	if (f->layer_count == FRAME_LAYERS) {
		f->layers_cut = true;
		return false;
	}
	f->layers[f->layer_count++] = (struct layer){
		.proto = proto,
		.outcome = outcome,
		.quoted = r->quoted,
		.offset = r->at,
		.header = header < region_left(r) ? header : region_left(r),
		.length = region_left(r),
	};
	if (!r->quoted && outcome > f->outcome)
		f->outcome = outcome;
	return true;
}

void ethertype_decode(struct frame *f, uint16_t ethertype, struct region r)
{
	if (ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100)
		vlan_decode(f, r);
	else if (ethertype == 0x0800)
		ip_decode(f, r);
	else if (ethertype == 0x86dd)
		ipv6_decode(f, r);
	else if (ethertype == 0x0806)
		arp_decode(f, r);
}

void ip_payload_decode(struct frame *f, uint8_t ip_proto, struct region r)
{
	if (ip_proto == 6)
		tcp_decode(f, r);
	else if (ip_proto == 17)
		udp_decode(f, r);
	else if (ip_proto == 1)
		icmp_decode(f, r);
	else if (ip_proto == 58)
		icmpv6_decode(f, r);
	else if (ip_proto == 4)
		ip_decode(f, r);
	else if (ip_proto == 41)
		ipv6_decode(f, r);
}

void frame_decode(struct frame *f)
{
	struct region r = {.end = f->captured, .wire = f->wire > f->captured ? f->wire : f->captured};

	memset((char *)f + offsetof(struct frame, layers), 0, sizeof(*f) - offsetof(struct frame, layers));
	f->vlan = f->vlan_inner = -1;
	layer_add(f, PROTO_FRAME, &r, 0, WIRE_OK);
	if (f->has_eth)
		eth_decode(f, r);
	else if (f->captured && f->data[0] >> 4 == 6)
		ipv6_decode(f, r);
	else
		ip_decode(f, r);
}

const struct layer *frame_layer(const struct frame *f, enum proto proto, unsigned nth)
{
	for (unsigned i = 0; i < f->layer_count; i++)
		if (f->layers[i].proto == proto && !f->layers[i].quoted && nth-- == 0)
			return &f->layers[i];
	return NULL;
}

uint64_t frame_flow(const struct frame *f)
{
	uint64_t h = HASH_START;

	h = hash_bytes(h, &f->vlan, sizeof(f->vlan));
	h = hash_bytes(h, &f->vlan_inner, sizeof(f->vlan_inner));
	if (!f->src.family) {
		if (f->eth_dst)
			h = hash_bytes(hash_bytes(h, f->eth_dst, 6), f->eth_src, 6);
		return hash_bytes(h, &f->ethertype, sizeof(f->ethertype));
	}
	h = hash_bytes(h, &f->src, sizeof(f->src));
	h = hash_bytes(h, &f->dst, sizeof(f->dst));
	h = hash_bytes(h, &f->ip_proto, sizeof(f->ip_proto));
	if (f->fragment)
		return hash_bytes(h, &f->ip_id, sizeof(f->ip_id));
	h = hash_bytes(h, &f->sport, sizeof(f->sport));
	return hash_bytes(h, &f->dport, sizeof(f->dport));
}

bool address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

char *address_format(const struct address *a, char *buf)
{
	if (!a->family || !inet_ntop(a->family == 6 ? AF_INET6 : AF_INET, a->bytes, buf, ADDRESS_TEXT))
		snprintf(buf, ADDRESS_TEXT, "-");
	return buf;
}

char *mac_format(const uint8_t *mac, char *buf)
{
	snprintf(buf, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		 mac[5]);
	return buf;
}

// ---- fields ----

enum { FRAME_LEN, FRAME_CAP_LEN, FRAME_NUMBER, FRAME_TIME };

static bool get_frame(const struct field *field, const struct frame *f, const struct layer *layer,
		      value_visit *visit, void *ctx)
{
	int64_t values[] = {
		[FRAME_LEN] = f->wire > f->captured ? f->wire : f->captured,
		[FRAME_CAP_LEN] = f->captured,
		[FRAME_NUMBER] = (int64_t)f->number,
		[FRAME_TIME] = f->time,
	};
	struct value v = {.number = values[field->param]};

	(void)layer;
	return visit(ctx, &v);
}

static const struct field rows[] = {
	ROW_GET("frame.len", "Frame length on the wire", FIELD_UINT, 10, get_frame, FRAME_LEN),
	ROW_GET("frame.cap_len", "Frame length stored into the capture file", FIELD_UINT, 10, get_frame,
		FRAME_CAP_LEN),
	ROW_GET("frame.number", "Frame Number", FIELD_UINT, 10, get_frame, FRAME_NUMBER),
	ROW_GET("frame.time", "Arrival Time", FIELD_TIME, 10, get_frame, FRAME_TIME),
	ROW_GET("frame.time_epoch", "Epoch Time", FIELD_DURATION, 10, get_frame, FRAME_TIME),
};

const struct protocol frame_protocol = {PROTO_FRAME, "frame", "Frame", rows, ROW_COUNT(rows)};
