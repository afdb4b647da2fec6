// SPDX-License-Identifier: GPL-2.0-or-later
#include "engine/describe.h"

#include <stdarg.h>
#include <stdio.h>

#include "wire/field.h"
#include "wire/sccp.h"
#include "wire/sip.h"

struct text {
	char *buf;
	size_t size, used;
};

static void add(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->used, t->size - t->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->used = t->used + (size_t)n < t->size ? t->used + (size_t)n : t->size - 1;
}

static void add_arp(struct text *t, const struct frame *f)
{
	char sender[ADDRESS_TEXT], target[ADDRESS_TEXT], mac[MAC_TEXT];

	if (!f->arp.valid) {
		add(t, "ARP");
		return;
	}
	address_format(&f->arp.sender_ip, sender);
	address_format(&f->arp.target_ip, target);
	if (f->arp.opcode == 1)
		add(t, "ARP who has %s, asks %s", target, sender);
	else
		add(t, "ARP %s is at %s, to %s", sender, mac_format(f->arp.sender_mac, mac), target);
}

static void add_ends(struct text *t, const struct frame *f)
{
	char src[ADDRESS_TEXT], dst[ADDRESS_TEXT];

	address_format(&f->src, src);
	address_format(&f->dst, dst);
	if (f->sport || f->dport)
		add(t, "%s:%u → %s:%u", src, f->sport, dst, f->dport);
	else
		add(t, "%s → %s", src, dst);
}

// A SIP method is a token off the wire: only its printable part is shown.
static void add_sip(struct text *t, const uint8_t *data, size_t len)
{
	struct sip_message m;

	if (sip_read(data, len, &m) == WIRE_MALFORMED) {
		add(t, " SIP");
		return;
	}
	add(t, " SIP ");
	for (uint32_t i = 0; i < m.method.len && i < 16; i++)
		add(t, "%c", m.method.at[i] > ' ' && m.method.at[i] < 0x7f ? m.method.at[i] : '?');
	if (!m.request)
		add(t, " %u", m.status);
}

static void add_tcp(struct text *t, const struct frame *f)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} flags[] = {{TCP_SYN, "SYN"}, {TCP_FIN, "FIN"}, {TCP_RST, "RST"}};

	add(t, " TCP");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (f->tcp_flags & flags[i].flag)
			add(t, " %s", flags[i].name);
	if (f->payload_wire)
		add(t, " %u bytes", f->payload_wire);
	else if (!(f->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST)))
		add(t, " ACK");
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
				add(t, " SCCP");
			else
				add(t, " SCCP %s", m.name);
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
		add(t, " UDP %u bytes", f->payload_wire);
	else if (frame_layer(f, PROTO_ICMP, 0))
		add(t, " ICMP");
	else if (frame_layer(f, PROTO_ICMPV6, 0))
		add(t, " ICMPv6");
	else
		add(t, " IP protocol %u%s", f->ip_proto, f->fragment ? " fragment" : "");
}

char *frame_describe(const struct frame *f, char *buf, size_t size)
{
	struct text t = {.buf = buf, .size = size};
	char src[MAC_TEXT], dst[MAC_TEXT];

	buf[0] = '\0';
	if (frame_layer(f, PROTO_ARP, 0)) {
		add_arp(&t, f);
	} else if (f->src.family) {
		add_ends(&t, f);
		add_message(&t, f);
	} else if (f->eth_src) {
		add(&t, "%s → %s", mac_format(f->eth_src, src), mac_format(f->eth_dst, dst));
		if (f->ethertype)
			add(&t, " ethertype 0x%04x", f->ethertype);
		else
			add(&t, " LLC");
	} else {
		add(&t, "%u bytes", f->wire);
	}
	return buf;
}
