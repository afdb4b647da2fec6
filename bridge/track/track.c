// SPDX-License-Identifier: GPL-2.0-or-later
#include "track/track.h"

#include <errno.h>
#include <stdlib.h>

#include "track/internal.h"

#define ENDPOINTS_MAX    65536
#define CONNECTIONS_MAX  131072
#define MISSED_INTERVALS 3
#define SIP_GRACE        (15 * NS_PER_S)
#define SIP_DELTA        (5 * NS_PER_S)

struct tracker *tracker_new(const struct tracker_options *options)
{
	struct tracker *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->o = *options;
	if (!t->o.endpoints_max)
		t->o.endpoints_max = ENDPOINTS_MAX;
	if (!t->o.connections_max)
		t->o.connections_max = CONNECTIONS_MAX;
	if (!t->o.missed_intervals)
		t->o.missed_intervals = MISSED_INTERVALS;
	if (!t->o.sip_grace)
		t->o.sip_grace = SIP_GRACE;
	if (!t->o.sip_delta)
		t->o.sip_delta = SIP_DELTA;
	if (!t->o.time_scale)
		t->o.time_scale = 1;
	return t;
}

void tracker_free(struct tracker *t)
{
	if (!t)
		return;
	connections_done(t);
	endpoints_done(t);
	arp_done(t);
	free(t->heap);
	free(t);
}

// Whose frame it is: the phone's address is the one on the phones' side.
static struct endpoint_entry *whose(struct tracker *t, const struct frame *f)
{
	bool from_phone = f->side == SIDE_PHONES;
	const struct address *ip = f->arp.valid ? (from_phone ? &f->arp.sender_ip : &f->arp.target_ip)
						: (from_phone ? &f->src : &f->dst);
	static const struct address none4 = {.family = 4}, none6 = {.family = 6};

	// A probe for an address asks from 0.0.0.0; groups and broadcasts are nobody's.
	if (!ip->family || address_equal(ip, &none4) || address_equal(ip, &none6) ||
	    (ip->family == 4 && ip->bytes[0] >= 224) || (ip->family == 6 && ip->bytes[0] == 0xff))
		return NULL;
	return endpoint_get(t, f->vlan, ip, from_phone ? f->eth_src : NULL);
}

// SIP over UDP: a datagram is a message.
static void datagram(struct tracker *t, const struct frame *f, bool to_cucm)
{
	const struct message m = {.kind = STREAM_SIP, .data = f->data + f->payload, .len = f->payload_len};

	if ((to_cucm ? f->dport : f->sport) != 5060 || !f->payload_len || f->fragment_offset)
		return;
	t->counts.messages++;
	sip_message_seen(t, t->endpoint, &m, to_cucm);
}

int tracker_frame(struct tracker *t, struct frame *f, struct sighting *ret)
{
	bool signalling = false;
	int r = 0;

	if (f->time > t->now)
		t->now = f->time;
	*ret = (struct sighting){.to_cucm = f->side == SIDE_PHONES, .gap = -1};
	t->frame = f;
	t->sighting = ret;
	t->endpoint = whose(t, f);
	if (t->endpoint)
		ret->endpoint = &t->endpoint->is;
	if (f->arp.valid)
		arp_seen(t, f);
	if (t->endpoint && f->payload && frame_layer(f, PROTO_TCP, 0))
		r = connection_frame(t, f, &signalling);
	else if (t->endpoint && f->payload && frame_layer(f, PROTO_UDP, 0))
		datagram(t, f, ret->to_cucm);
	t->frame = NULL;
	t->sighting = NULL;
	t->endpoint = NULL;
	return r < 0 ? -ENOMEM : 0;
}

struct tracker_counts tracker_counts(const struct tracker *t)
{
	struct tracker_counts c = t->counts;
	struct stream_counts s = t->gone;

	for (const struct connection *n = t->connections_by_age; n; n = n->next) {
		const struct direction *both[] = {&n->to_cucm, &n->to_phone};

		for (int i = 0; i < 2; i++) {
			struct stream_counts d;

			if (!both[i]->stream)
				continue;
			d = stream_counts(both[i]->stream);
			s.given_up_bytes += d.given_up_bytes;
			s.resyncs += d.resyncs;
			s.malformed += d.malformed;
		}
	}
	c.stream_bytes_given_up = s.given_up_bytes;
	c.stream_resyncs = s.resyncs;
	c.messages_malformed += s.malformed;
	return c;
}

void tracker_registrations(const struct tracker *t, bool (*fn)(void *ctx, const struct registration *r),
			   void *ctx)
{
	// uthash keeps the order of insertion, which is that of the ids.
	for (const struct registration_entry *r = t->registrations; r; r = r->hh.next)
		if (!fn(ctx, &r->is))
			return;
}

void tracker_endpoints(const struct tracker *t, bool (*fn)(void *ctx, const struct endpoint *e), void *ctx)
{
	for (const struct endpoint_entry *e = t->endpoints; e; e = e->hh.next)
		if (!fn(ctx, &e->is))
			return;
}
