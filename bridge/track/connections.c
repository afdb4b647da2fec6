// SPDX-License-Identifier: GPL-2.0-or-later
// TCP connections to servers: their two streams, copies of what was sent, and how they end.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "track/internal.h"

static enum stream_kind kind_of_port(uint16_t port)
{
	switch (port) {
	case 2000:
		return STREAM_SCCP;
	case 5060:
		return STREAM_SIP;
	default:
		return STREAM_UNKNOWN;
	}
}

// TLS is signalling too, but says nothing that can be read.
static bool is_server_port(uint16_t port)
{
	return port == 2000 || port == 5060;
}

static void direction_done(struct tracker *t, struct direction *d)
{
	struct stream_counts c;

	if (!d->stream)
		return;
	c = stream_counts(d->stream);
	t->gone.messages += c.messages;
	t->gone.malformed += c.malformed;
	t->gone.given_up_bytes += c.given_up_bytes;
	t->gone.resyncs += c.resyncs;
	t->gone.oversized += c.oversized;
	stream_free(d->stream);
	d->stream = NULL;
}

static void forget(struct tracker *t, struct connection *c)
{
	direction_done(t, &c->to_cucm);
	direction_done(t, &c->to_phone);
	DL_DELETE(t->connections_by_age, c);
	HASH_DEL(t->connections, c);
	t->connection_count--;
	free(c);
}

static struct connection *find(struct tracker *t, const struct frame *f, bool to_cucm)
{
	struct connection_key key;
	struct connection *c;

	memset(&key, 0, sizeof(key));
	key.vlan = f->vlan;
	key.phone = to_cucm ? f->src : f->dst;
	key.server = to_cucm ? f->dst : f->src;
	key.phone_port = to_cucm ? f->sport : f->dport;
	key.server_port = to_cucm ? f->dport : f->sport;
	HASH_FIND(hh, t->connections, &key, sizeof(key), c);
	if (c) {
		DL_DELETE(t->connections_by_age, c);
		DL_APPEND(t->connections_by_age, c);
		return c;
	}
	if (t->connection_count >= t->o.connections_max && t->connections_by_age) {
		t->counts.connections_forgotten++;
		forget(t, t->connections_by_age);
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->key = key;
	HASH_ADD(hh, t->connections, key, sizeof(key), c);
	DL_APPEND(t->connections_by_age, c);
	t->connection_count++;
	return c;
}

// Is a at or after b, in sequence space?
static bool seq_reached(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) >= 0;
}

// A segment that holds the first byte of a message seen before carries a copy of it.
static void find_copy(struct tracker *t, struct connection *c, struct direction *d, const struct frame *f)
{
	struct registration_entry *r = registration_by_id(t, c->registration);

	for (unsigned i = 0; i < RECENT && r; i++) {
		struct recent *m = &d->recent[i];

		if (!m->used || !seq_reached(m->seq, f->tcp_seq) ||
		    seq_reached(m->seq, f->tcp_seq + f->payload_wire))
			continue;
		m->copies++;
		t->sighting->keepalive = m->number;
		t->sighting->copy = m->copies;
		t->sighting->gap = t->now - m->last;
		t->sighting->answer = m->answer;
		t->sighting->ticket = r->is.id;
		t->sighting->registration = &r->is;
		if (!m->answer)
			keepalive_copied(t, r, m->number, m->copies, t->sighting->gap);
		m->last = t->now;
		return;
	}
}

struct delivery {
	struct tracker *t;
	struct connection *c;
	struct direction *d;
	bool to_cucm;
};

// Remembers a message that carried a keep-alive or its answer.
static void remember(const struct delivery *v, const struct message *m)
{
	struct recent *r = &v->d->recent[v->d->recent_at++ % RECENT];

	*r = (struct recent){.seq = m->seq,
			     .end = m->seq + m->len,
			     .number = v->t->sighting->keepalive,
			     .copies = 1,
			     .last = v->t->now,
			     .used = true,
			     .answer = v->t->sighting->answer};
}

static void on_message(void *ctx, const struct message *m)
{
	const struct delivery *v = ctx;
	struct sighting before = *v->t->sighting;

	v->t->counts.messages++;
	v->t->sighting->keepalive = 0;
	if (m->kind == STREAM_SCCP)
		sccp_message_seen(v->t, v->t->endpoint, m, v->to_cucm);
	else if (m->kind == STREAM_SIP)
		sip_message_seen(v->t, v->t->endpoint, m, v->to_cucm);
	if (v->t->sighting->keepalive)
		remember(v, m);
	// The first keep-alive of a frame is the frame's.
	if (before.keepalive || !v->t->sighting->keepalive) {
		before.registration = v->t->sighting->registration;
		*v->t->sighting = before;
	}
}

// TCP's own keep-alive: an ACK of nothing new, one byte or none, just before what comes next.
static bool is_tcp_keepalive(const struct direction *d, const struct frame *f)
{
	return d->started && f->payload_wire <= 1 && (f->tcp_flags & ~(TCP_PSH)) == TCP_ACK &&
	       f->tcp_seq == d->next_seq - 1;
}

static void tell_tcp_keepalive(struct tracker *t, const struct connection *c)
{
	struct event e = event_of(EVENT_TCP_KEEPALIVE, t->now);
	char server[ADDRESS_TEXT];

	t->counts.tcp_keepalives++;
	e.endpoint = t->endpoint->is.name;
	e.server = address_format(&c->key.server, server);
	e.frame = t->frame->number;
	tell(t, &e);
}

static void connection_starts(struct connection *c)
{
	c->syn_seen = true;
	c->established = c->phone_closed = c->server_closed = false;
	c->registration = 0;
	memset(c->to_cucm.recent, 0, sizeof(c->to_cucm.recent));
	memset(c->to_phone.recent, 0, sizeof(c->to_phone.recent));
	c->to_cucm.started = c->to_phone.started = false;
}

static void connection_ends(struct tracker *t, struct connection *c, bool to_cucm, bool reset)
{
	static const char *const how[2][2] = {
		{"the server closed the connection", "the phone closed the connection"},
		{"the server reset the connection", "the phone reset the connection"}};
	struct registration_entry *r = registration_by_id(t, c->registration);

	if (c->phone_closed || c->server_closed)
		return;
	*(to_cucm ? &c->phone_closed : &c->server_closed) = true;
	if (r && registration_lives(r))
		registration_left(t, r, how[reset][to_cucm]);
}

// An established connection to a server is worth a line: it comes before the registration.
static void tell_connected(struct tracker *t, struct connection *c)
{
	struct event e = event_of(EVENT_CONNECTED, t->now);
	char server[ADDRESS_TEXT];

	c->established = true;
	endpoint_speaks(t, t->endpoint);
	e.endpoint = t->endpoint->is.name;
	e.server = address_format(&c->key.server, server);
	e.protocol = c->key.server_port == 2000 ? "SCCP" : "SIP";
	e.frame = t->frame->number;
	tell(t, &e);
}

// A standby server answers a heartbeat by TCP's ACK alone.
static void heartbeat_acknowledged(struct tracker *t, struct connection *c, const struct frame *f)
{
	struct registration_entry *r = registration_by_id(t, c->registration);

	if (!r || r->is.state != REGISTRATION_STANDBY || !r->pending.waits || r->is.sip)
		return;
	for (unsigned i = 0; i < RECENT; i++) {
		const struct recent *m = &c->to_cucm.recent[i];

		if (m->used && m->number == r->pending.number && seq_reached(f->tcp_ack, m->end))
			keepalive_answered(t, r);
	}
}

static int feed(struct tracker *t, struct connection *c, struct direction *d, struct frame *f, bool to_cucm)
{
	struct delivery v = {.t = t, .c = c, .d = d, .to_cucm = to_cucm};
	uint32_t skip;

	if (!d->stream) {
		d->stream = stream_new(kind_of_port(c->key.server_port));
		if (!d->stream)
			return -1;
	}
	skip = f->payload_len ? stream_skip(d->stream, f->tcp_seq, f->payload_wire) : 0;
	if (skip) {
		f->stream_skip = skip;
		frame_decode(f);
	}
	if (f->payload_wire && !is_tcp_keepalive(d, f))
		find_copy(t, c, d, f);
	if (is_tcp_keepalive(d, f))
		tell_tcp_keepalive(t, c);
	else if (stream_segment(d->stream, f->tcp_seq, f->data + f->payload, f->payload_len, f->payload_wire,
				f->tcp_flags, on_message, &v) < 0)
		return -1;
	if (f->payload_wire || (f->tcp_flags & (TCP_SYN | TCP_FIN))) {
		uint32_t end = f->tcp_seq + f->payload_wire + !!(f->tcp_flags & TCP_SYN) +
			       !!(f->tcp_flags & TCP_FIN);

		if (!d->started || seq_reached(end, d->next_seq))
			d->next_seq = end;
		d->started = true;
	}
	return 0;
}

int connection_frame(struct tracker *t, struct frame *f, bool *ret_signalling)
{
	bool to_cucm = f->side == SIDE_PHONES;
	struct connection *c;
	struct registration_entry *r;
	int e;

	*ret_signalling = is_server_port(to_cucm ? f->dport : f->sport);
	if (!*ret_signalling)
		return 0;
	c = find(t, f, to_cucm);
	if (!c)
		return -1;
	t->connection = c;
	if ((f->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && to_cucm)
		connection_starts(c);
	r = registration_by_id(t, c->registration);
	if (r)
		t->sighting->registration = &r->is;
	e = feed(t, c, to_cucm ? &c->to_cucm : &c->to_phone, f, to_cucm);
	if (c->syn_seen && !c->established && to_cucm &&
	    (f->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_ACK)
		tell_connected(t, c);
	if (!to_cucm && (f->tcp_flags & TCP_ACK))
		heartbeat_acknowledged(t, c, f);
	if (f->tcp_flags & (TCP_FIN | TCP_RST))
		connection_ends(t, c, to_cucm, f->tcp_flags & TCP_RST);
	t->connection = NULL;
	return e;
}

void connections_done(struct tracker *t)
{
	while (t->connections)
		forget(t, t->connections);
}
