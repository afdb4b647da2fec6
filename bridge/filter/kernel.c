// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel must queue for a filter: a list of nft expressions of which each frame that can match
// satisfies at least one. Wireshark counts the fields of a packet quoted in an ICMP error, and a second VLAN
// tag hides the packet from `meta protocol`: both are let in.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/ast.h"

#define ICMP_ERRORS                                                                                          \
	"icmp type { destination-unreachable, source-quench, redirect, time-exceeded, parameter-problem }"
#define ICMPV6_ERRORS                                                                                        \
	"icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem }"
#define SECOND_TAG "meta protocol { 8021q, 8021ad }"

// How much a list narrows; of two that must both hold the narrower one is taken.
enum narrowness { EVERYTHING, NETWORK, TRANSPORT, PORT };

struct terms {
	enum narrowness narrow;
	char **list; // NULL-terminated, owned; EVERYTHING: empty
	size_t count;
};

static void terms_done(struct terms *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->list[i]);
	free(t->list);
	*t = (struct terms){.narrow = EVERYTHING};
}

static int terms_add(struct terms *t, const char *text)
{
	char **list, *copy;

	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->list[i], text) == 0)
			return 0;
	list = realloc(t->list, (t->count + 2) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	t->list = list;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	list[t->count++] = copy;
	list[t->count] = NULL;
	return 0;
}

static int terms_add_all(struct terms *t, const char *const *texts)
{
	int r = 0;

	for (; *texts && r == 0; texts++)
		r = terms_add(t, *texts);
	return r;
}

// The protocol alone. A field of a protocol can stand in an ICMP error's quotation too.
static int protocol_terms(enum proto proto, struct terms *t)
{
	static const char *const arp[] = {"meta protocol arp", SECOND_TAG, NULL};
	static const char *const ip[] = {"meta protocol ip", SECOND_TAG, NULL};
	static const char *const ipv6[] = {"meta protocol ip6", SECOND_TAG, NULL};
	static const char *const icmp[] = {"meta l4proto icmp", SECOND_TAG, NULL};
	static const char *const icmpv6[] = {"meta l4proto ipv6-icmp", SECOND_TAG, NULL};
	static const char *const tcp[] = {"meta l4proto tcp", ICMP_ERRORS, ICMPV6_ERRORS, SECOND_TAG, NULL};
	static const char *const udp[] = {"meta l4proto udp", ICMP_ERRORS, ICMPV6_ERRORS, SECOND_TAG, NULL};
	static const char *const sccp[] = {"tcp dport 2000", "tcp sport 2000", ICMP_ERRORS,
					   ICMPV6_ERRORS,    SECOND_TAG,       NULL};
	// Where SIP uses another port the rule must name it: queueing all of UDP would take the media along.
	static const char *const sip[] = {"meta l4proto { tcp, udp } th dport { 5060, 5061 }",
					  "meta l4proto { tcp, udp } th sport { 5060, 5061 }",
					  ICMP_ERRORS,
					  ICMPV6_ERRORS,
					  SECOND_TAG,
					  NULL};
	const char *const *texts = NULL;

	t->narrow = TRANSPORT;
	switch (proto) {
	case PROTO_FRAME:
	case PROTO_ETH:
	case PROTO_LLC:
	case PROTO_VLAN:
	case PROTO_COUNT:
		t->narrow = EVERYTHING;
		return 0;
	case PROTO_ARP:
		texts = arp;
		break;
	case PROTO_IP:
		texts = ip;
		t->narrow = NETWORK;
		break;
	case PROTO_IPV6:
		texts = ipv6;
		t->narrow = NETWORK;
		break;
	case PROTO_ICMP:
		texts = icmp;
		break;
	case PROTO_ICMPV6:
		texts = icmpv6;
		break;
	case PROTO_TCP:
		texts = tcp;
		break;
	case PROTO_UDP:
		texts = udp;
		break;
	case PROTO_SCCP:
		texts = sccp;
		t->narrow = PORT;
		break;
	case PROTO_SIP:
		texts = sip;
		t->narrow = PORT;
		break;
	}
	return terms_add_all(t, texts);
}

// tcp.port == 2000 and its like. Later fragments have no ports, and no such field either.
static int port_terms(const struct node *n, struct terms *t)
{
	static const char *const fields[] = {"tcp.port", "tcp.srcport", "tcp.dstport",
					     "udp.port", "udp.srcport", "udp.dstport"};
	const char *name = n->operand.field->name;
	char text[64];
	size_t which = 0;
	int r = 0;

	while (which < 6 && strcmp(fields[which], name) != 0)
		which++;
	if (which == 6 || n->literal.number < 0 || n->literal.number > 65535)
		return -EINVAL;
	t->narrow = PORT;
	if (which % 3 != 2) {
		snprintf(text, sizeof(text), "%.3s sport %d", name, (int)n->literal.number);
		r = terms_add(t, text);
	}
	if (r == 0 && which % 3 != 1) {
		snprintf(text, sizeof(text), "%.3s dport %d", name, (int)n->literal.number);
		r = terms_add(t, text);
	}
	if (r == 0)
		r = terms_add_all(t, (const char *const[]){ICMP_ERRORS, ICMPV6_ERRORS, SECOND_TAG, NULL});
	return r;
}

static int icmp_terms(const struct node *n, struct terms *t)
{
	char text[64];
	int r;

	if (strcmp(n->operand.field->name, "icmp.type") != 0 || n->literal.number < 0 ||
	    n->literal.number > 255)
		return -EINVAL;
	t->narrow = PORT;
	snprintf(text, sizeof(text), "icmp type %d", (int)n->literal.number);
	r = terms_add(t, text);
	// An ICMP packet may be quoted in an ICMP error.
	return r ? r : terms_add_all(t, (const char *const[]){ICMP_ERRORS, SECOND_TAG, NULL});
}

static int test_terms(const struct node *n, bool whole_flow, struct terms *t)
{
	int r = -EINVAL;

	if (n->kind == NODE_COMPARE && n->operand.field && !n->operand.slice_count &&
	    (n->comparison == COMPARE_EQ || n->comparison == COMPARE_ALL_EQ)) {
		r = port_terms(n, t);
		if (r == -EINVAL && !whole_flow)
			r = icmp_terms(n, t);
	}
	if (r == -EINVAL)
		r = protocol_terms(n->operand.protocol->id, t);
	return r;
}

static int node_terms(const struct node *n, bool whole_flow, struct terms *t)
{
	struct terms right = {.narrow = EVERYTHING}, swap;
	int r = 0;

	switch (n->kind) {
	case NODE_AND:
		r = node_terms(n->left, whole_flow, t);
		if (r == 0)
			r = node_terms(n->right, whole_flow, &right);
		if (r == 0 && right.narrow > t->narrow) {
			swap = *t;
			*t = right;
			right = swap;
		}
		break;
	case NODE_OR:
		r = node_terms(n->left, whole_flow, t);
		if (r == 0)
			r = node_terms(n->right, whole_flow, &right);
		if (r == 0 && (t->narrow == EVERYTHING || right.narrow == EVERYTHING))
			terms_done(t);
		else if (r == 0 && right.count)
			r = terms_add_all(t, (const char *const *)right.list);
		if (r == 0 && right.narrow < t->narrow)
			t->narrow = right.narrow;
		break;
	case NODE_XOR:
	case NODE_NOT:
		// What is not so can be anything.
		return 0;
	case NODE_PRESENT:
	case NODE_COMPARE:
	case NODE_IN:
		return test_terms(n, whole_flow, t);
	}
	terms_done(&right);
	return r;
}

int filter_kernel_match(const struct filter *f, bool whole_flow, char ***ret)
{
	struct terms t = {.narrow = EVERYTHING};
	int r = f ? node_terms(f->root, whole_flow, &t) : 0;

	if (r == 0 && t.narrow == EVERYTHING) {
		terms_done(&t);
		r = terms_add(&t, "");
	} else if (r == 0 && whole_flow) {
		// All fragments of a datagram are one flow, and only the first has ports.
		r = terms_add(&t, "meta protocol ip ip frag-off & 0x1fff != 0");
	}
	if (r < 0)
		terms_done(&t);
	else
		*ret = t.list;
	return r;
}

void kernel_match_free(char **list)
{
	for (char **p = list; p && *p; p++)
		free(*p);
	free(list);
}
