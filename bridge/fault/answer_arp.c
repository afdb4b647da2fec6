// SPDX-License-Identifier: GPL-2.0-or-later
// answer arp: an ARP request for an address is answered at once, to the port it came from, with a MAC that
// the rule names: what a router or firewall with proxy ARP does for an address that is not its own. The
// request goes on, so that the address's owner answers too, later.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lexer.h"
#include "fault/kinds.h"
#include "fault/value.h"

// RFC 826's packet for Ethernet and IPv4.
#define ARP_LENGTH  28
#define MACS_LENGTH 12 // of the two addresses that begin a frame

static int answer_arp_parse(struct token_stream *ts, struct fault *ret)
{
	int r;

	if (token_is_word(&ts->now, "sip")) {
		diag_error(ts->diags, ts->now.where, "answer arp IP is-at MAC",
			   "answering SIP requests is not in this version");
		return -EINVAL;
	}
	if (!tokens_accept_word(ts, "arp"))
		return tokens_expected(ts, "answer arp IP is-at MAC", "“arp” after “answer”");
	r = tokens_ipv4(ts, "the IP address that is asked for", &ret->answer_arp.ip);
	if (r < 0)
		return r;
	if (!tokens_accept_word(ts, "is-at"))
		return tokens_expected(ts, "answer arp IP is-at MAC", "“is-at”");
	r = tokens_mac(ts, "the MAC address that is answered", ret->answer_arp.mac);
	if (r < 0)
		return r;
	return tokens_end_of(ts, "an ARP answer");
}

// Where the ARP packet begins: behind the MACs, the tags and the ethertype.
static uint32_t arp_offset(const struct frame *f)
{
	const struct layer *l = frame_layer(f, PROTO_ARP, 0);

	return l ? l->offset : 0;
}

// The request, turned round: what stands before the ARP packet (tags and ethertype) stays but for the MACs.
static uint8_t *make_reply(const struct fault *fault, const struct frame *f, uint32_t *ret_len)
{
	uint32_t arp = arp_offset(f), len = arp + ARP_LENGTH;
	uint8_t *reply, *p;

	if (len < ETHERNET_FRAME_MIN)
		len = ETHERNET_FRAME_MIN;
	reply = calloc(1, len);
	if (!reply)
		return NULL;
	memcpy(reply, f->arp.sender_mac, 6);
	memcpy(reply + 6, fault->answer_arp.mac, 6);
	memcpy(reply + MACS_LENGTH, f->data + MACS_LENGTH, arp - MACS_LENGTH);
	p = reply + arp;
	memcpy(p, f->data + arp, 6); // hardware and protocol, and their lengths: as asked
	p[7] = 2;                    // reply
	memcpy(p + 8, fault->answer_arp.mac, 6);
	memcpy(p + 14, f->arp.target_ip.bytes, 4);
	memcpy(p + 18, f->arp.sender_mac, 6);
	memcpy(p + 24, f->arp.sender_ip.bytes, 4);
	*ret_len = len;
	return reply;
}

// A request for the address. A probe (RFC 5227, sender 0.0.0.0) is one too, and a proxy does answer it; an
// announcement (sender and target alike) asks nothing.
static bool asks_for(const struct frame *f, const struct address *ip)
{
	return f->has_eth && f->arp.valid && f->arp.opcode == 1 && address_equal(&f->arp.target_ip, ip) &&
	       !address_equal(&f->arp.sender_ip, &f->arp.target_ip) && arp_offset(f) > MACS_LENGTH &&
	       arp_offset(f) + ARP_LENGTH <= f->captured;
}

static int answer_arp_apply(const struct fault *fault, const struct fault_context *context, struct fate *fate)
{
	const struct frame *f = context->frame;
	struct injection *i, **end = &fate->injections;

	if (!asks_for(f, &fault->answer_arp.ip))
		return -ENOENT;
	i = calloc(1, sizeof(*i));
	if (!i)
		return -ENOMEM;
	i->to = f->side;
	i->port = f->port;
	i->data = make_reply(fault, f, &i->len);
	if (!i->data) {
		free(i);
		return -ENOMEM;
	}
	while (*end)
		end = &(*end)->next;
	*end = i;
	return 0;
}

static int answer_arp_describe(const struct fault *fault, char *buf, size_t size)
{
	char ip[ADDRESS_TEXT], mac[MAC_TEXT];

	return snprintf(buf, size, "answers that %s is at %s", address_format(&fault->answer_arp.ip, ip),
			mac_format(fault->answer_arp.mac, mac));
}

const struct fault_kind fault_answer_arp = {
	.word = "answer",
	.usage = "answer arp IP is-at MAC",
	.title = "an ARP request for the address is answered at once; it goes on all the same",
	.needs_ethernet = true,
	.parse = answer_arp_parse,
	.apply = answer_arp_apply,
	.describe = answer_arp_describe,
};
