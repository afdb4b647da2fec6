// SPDX-License-Identifier: GPL-2.0-or-later
#include "engine/describe.h"

#include "base/text.h"
#include "wire/sccp.h"
#include "wire/sip.h"

static void add_arp(struct text *t, const struct frame *f)
{
	char sender[ADDRESS_TEXT], target[ADDRESS_TEXT], mac[MAC_TEXT];

	if (!f->arp.valid) {
		text_add(t, "ARP");
		return;
	}
	address_format(&f->arp.sender_ip, sender);
	address_format(&f->arp.target_ip, target);
	if (f->arp.opcode == 1)
		text_add(t, "ARP who has %s, asks %s", target, sender);
	else
		text_add(t, "ARP %s is at %s, to %s", sender, mac_format(f->arp.sender_mac, mac), target);
}

static void add_ends(struct text *t, const struct frame *f)
{
	char src[ADDRESS_TEXT], dst[ADDRESS_TEXT];

	address_format(&f->src, src);
	address_format(&f->dst, dst);
	if (f->sport || f->dport)
		text_add(t, "%s:%u → %s:%u", src, f->sport, dst, f->dport);
	else
		text_add(t, "%s → %s", src, dst);
}

// A SIP method is a token off the wire: only its printable part is shown.
static void add_sip(struct text *t, const uint8_t *data, size_t len)
{
	struct sip_message m;

	if (sip_read(data, len, &m) == WIRE_MALFORMED) {
		text_add(t, " SIP");
		return;
	}
	text_add(t, " SIP ");
	for (uint32_t i = 0; i < m.method.len && i < 16; i++)
		text_add(t, "%c", m.method.at[i] > ' ' && m.method.at[i] < 0x7f ? m.method.at[i] : '?');
	if (!m.request)
		text_add(t, " %u", m.status);
}

static void add_tcp(struct text *t, const struct frame *f)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} flags[] = {{TCP_SYN, "SYN"}, {TCP_FIN, "FIN"}, {TCP_RST, "RST"}};

	text_add(t, " TCP");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (f->tcp_flags & flags[i].flag)
			text_add(t, " %s", flags[i].name);
	if (f->payload_wire)
		text_add(t, " %u bytes", f->payload_wire);
	else if (!(f->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST)))
		text_add(t, " ACK");
}

static void add_message(struct text *t, const struct frame *f)
{
	struct sccp_message m;
	const struct layer *l;

	for (unsigned i = 0; i < f->layer_count; i++) {
		l = &f->layers[i];
		if (l->quoted)
			continue;
		if (l->proto == PROTO_SCCP) {
			if (sccp_read(f->data + l->offset, l->length, &m) == WIRE_MALFORMED || !m.name)
				text_add(t, " SCCP");
			else
				text_add(t, " SCCP %s", m.name);
			return;
		}
		if (l->proto == PROTO_SIP) {
			add_sip(t, f->data + l->offset, l->length);
			return;
		}
	}
	if (frame_layer(f, PROTO_TCP, 0))
		add_tcp(t, f);
	else if (frame_layer(f, PROTO_UDP, 0))
		text_add(t, " UDP %u bytes", f->payload_wire);
	else if (frame_layer(f, PROTO_ICMP, 0))
		text_add(t, " ICMP");
	else if (frame_layer(f, PROTO_ICMPV6, 0))
		text_add(t, " ICMPv6");
	else
		text_add(t, " IP protocol %u%s", f->ip_proto, f->fragment ? " fragment" : "");
}

char *frame_describe(const struct frame *f, char *buf, size_t size)
{
	struct text t = text_of(buf, size);
	char src[MAC_TEXT], dst[MAC_TEXT];

	if (frame_layer(f, PROTO_ARP, 0)) {
		add_arp(&t, f);
	} else if (f->src.family) {
		add_ends(&t, f);
		add_message(&t, f);
	} else if (f->eth_src) {
		text_add(&t, "%s → %s", mac_format(f->eth_src, src), mac_format(f->eth_dst, dst));
		if (f->ethertype)
			text_add(&t, " ethertype 0x%04x", f->ethertype);
		else
			text_add(&t, " LLC");
	} else {
		text_add(&t, "%u bytes", f->wire);
	}
	return buf;
}
