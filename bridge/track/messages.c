// SPDX-License-Identifier: GPL-2.0-or-later
// What an SCCP or SIP message does to a registration.
#include <stdio.h>
#include <string.h>

#include "track/internal.h"
#include "wire/sccp.h"
#include "wire/sip.h"

static struct registration_entry *current(struct tracker *t, struct endpoint_entry *e, bool to_cucm, bool sip)
{
	const struct frame *f = t->frame;
	struct registration_entry *r;

	endpoint_speaks(t, e);
	r = registration_get(t, e, to_cucm ? &f->dst : &f->src, to_cucm ? f->dport : f->sport, sip);
	if (r && t->connection)
		t->connection->registration = r->is.id;
	if (r)
		t->sighting->registration = &r->is;
	return r;
}

static bool registered_elsewhere(const struct endpoint_entry *e, const struct registration_entry *r)
{
	for (const struct registration_entry *o = e->registrations; o; o = o->next_of_endpoint)
		if (o != r && (o->is.state == REGISTRATION_REGISTERED || o->is.state == REGISTRATION_ASSUMED))
			return true;
	return false;
}

// "Name=SEP001B54000011 Load=…": the device's name in the phone's account.
static void name_from_account(struct tracker *t, struct endpoint_entry *e, const char *text)
{
	const char *at = strstr(text, "Name=");
	char name[33];
	size_t n;

	if (!at)
		return;
	at += 5;
	n = strcspn(at, " ;,\"<>");
	if (n == 0 || n >= sizeof(name))
		return;
	memcpy(name, at, n);
	name[n] = '\0';
	endpoint_named(t, e, name);
}

static void alarm_seen(struct tracker *t, struct endpoint_entry *e, const char *text)
{
	struct event ev = event_of(EVENT_ALARM, t->now);

	ev.endpoint = e->is.name;
	ev.frame = t->frame->number;
	ev.text = text;
	tell(t, &ev);
}

static void sccp_keepalive(struct tracker *t, struct endpoint_entry *e, struct registration_entry *r)
{
	if (!registration_lives(r)) {
		if (registered_elsewhere(e, r))
			r->is.state = REGISTRATION_STANDBY;
		else if (!r->registering && r->is.state != REGISTRATION_LEFT_PRESUMED)
			registration_assumed(t, r);
	}
	t->sighting->keepalive = keepalive_sent(t, r);
	t->sighting->copy = 1;
	t->sighting->ticket = r->is.id;
}

static void sccp_from_phone(struct tracker *t, struct endpoint_entry *e, struct registration_entry *r,
			    const struct sccp_message *m)
{
	switch (m->id) {
	case SCCP_KEEPALIVE:
		sccp_keepalive(t, e, r);
		break;
	case SCCP_REGISTER:
		endpoint_named(t, e, m->device);
		registration_starts(t, r);
		break;
	case SCCP_REGISTER_TOKEN_REQ:
		endpoint_named(t, e, m->device);
		break;
	case SCCP_ALARM:
	case SCCP_XML_ALARM:
		name_from_account(t, e, m->text);
		alarm_seen(t, e, m->text);
		break;
	case SCCP_UNREGISTER:
		r->pending.leaving = true;
		break;
	default: // the rest says nothing of the registration
		break;
	}
}

static void sccp_from_server(struct tracker *t, struct registration_entry *r, const struct sccp_message *m)
{
	static const char *const resets[] = {"", "the server sent Reset", "the server sent Restart",
					     "the server sent Reset (apply config)"};

	switch (m->id) {
	case SCCP_KEEPALIVE_ACK:
		if (r->pending.waits && r->pending.number) {
			t->sighting->keepalive = r->pending.number;
			t->sighting->copy = 1;
			t->sighting->answer = true;
			t->sighting->ticket = r->is.id;
		}
		keepalive_answered(t, r);
		break;
	case SCCP_REGISTER_ACK:
		registration_granted(t, r,
				     m->keepalive ? (int64_t)m->keepalive * NS_PER_S / t->o.time_scale : -1);
		break;
	case SCCP_REGISTER_REJECT:
		registration_refused(t, r, 0, m->text);
		break;
	case SCCP_UNREGISTER_ACK:
		if (m->status == 0 && registration_lives(r))
			registration_left(t, r, "the phone unregistered");
		break;
	case SCCP_RESET:
		if (registration_lives(r))
			registration_left(t, r, resets[m->reset_type <= 3 ? m->reset_type : 1]);
		break;
	default:
		break;
	}
}

void sccp_message_seen(struct tracker *t, struct endpoint_entry *e, const struct message *m, bool to_cucm)
{
	struct registration_entry *r;
	struct sccp_message s;

	if (sccp_read(m->data, m->len, &s) == WIRE_MALFORMED) {
		t->counts.messages_malformed++;
		return;
	}
	r = current(t, e, to_cucm, false);
	if (!r)
		return;
	if (to_cucm)
		sccp_from_phone(t, e, r, &s);
	else
		sccp_from_server(t, r, &s);
}

static bool is_register(const struct sip_message *s)
{
	return s->method.len == 8 && memcmp(s->method.at, "REGISTER", 8) == 0;
}

// The granted time: expires= of the phone's own Contact, else Expires; believed only below what was asked
// (SIPCC).
static int64_t granted_seconds(const struct sip_message *s, int64_t asked)
{
	int64_t granted = s->contact_expires >= 0 ? s->contact_expires : s->expires;

	return granted > 0 && (asked <= 0 || granted < asked) ? granted : asked;
}

static void sip_request(struct tracker *t, struct endpoint_entry *e, struct registration_entry *r,
			const struct sip_message *s)
{
	int64_t asked = s->contact_expires >= 0 ? s->contact_expires : s->expires;
	bool lives = r->is.state == REGISTRATION_REGISTERED || r->is.state == REGISTRATION_ASSUMED;

	if (*s->device)
		endpoint_named(t, e, s->device);
	if (*s->alarm)
		alarm_seen(t, e, s->alarm);
	// The same request again: over UDP its own retransmission, over TCP an answer to a challenge has a
	// new CSeq.
	if (r->pending.waits && r->pending.cseq == s->cseq && !t->connection) {
		r->pending.copies++;
		t->sighting->keepalive = r->pending.number;
		t->sighting->copy = r->pending.copies;
		t->sighting->gap = t->now - r->pending.last;
		t->sighting->ticket = r->is.id;
		if (r->pending.number)
			keepalive_copied(t, r, r->pending.number, r->pending.copies, t->sighting->gap);
		r->pending.last = t->now;
		return;
	}
	if (asked == 0 && !s->cisco_keepalive && lives) {
		r->pending = (struct pending){.waits = true, .cseq = s->cseq, .leaving = true};
		return;
	}
	if (asked == 0 && !lives)
		r->is.state = REGISTRATION_STANDBY;
	else if (!lives && !registration_lives(r) && t->connection && !t->connection->syn_seen &&
		 !r->registering && r->is.state == REGISTRATION_CONNECTING)
		registration_assumed(t, r);
	if (registration_lives(r)) {
		t->sighting->keepalive = keepalive_sent(t, r);
		t->sighting->copy = 1;
		t->sighting->ticket = r->is.id;
	} else {
		registration_starts(t, r);
		r->pending = (struct pending){.waits = true, .first = t->now, .last = t->now, .copies = 1};
	}
	r->pending.cseq = s->cseq;
	r->pending.asked = asked;
	r->pending.heartbeat = asked == 0;
}

static void sip_success(struct tracker *t, struct registration_entry *r, const struct sip_message *s)
{
	int64_t granted = granted_seconds(s, r->pending.asked) * NS_PER_S, interval;

	if (r->pending.leaving) {
		r->pending.waits = false;
		registration_left(t, r, "the phone unregistered (Expires: 0)");
		return;
	}
	interval = granted > t->o.sip_delta ? (granted - t->o.sip_delta) / t->o.time_scale : -1;
	if (!r->pending.number) {
		registration_granted(t, r, interval);
		return;
	}
	if (!r->pending.heartbeat)
		r->is.interval = interval;
	t->sighting->keepalive = r->pending.number;
	t->sighting->copy = 1;
	t->sighting->answer = true;
	t->sighting->ticket = r->is.id;
	keepalive_answered(t, r);
}

static void sip_response(struct tracker *t, struct registration_entry *r, const struct sip_message *s)
{
	char text[64];

	if (!r->pending.waits || s->cseq != r->pending.cseq || s->status < 200)
		return;
	if (s->status < 300) {
		sip_success(t, r, s);
	} else if (s->status != 401 && s->status != 407) {
		snprintf(text, sizeof(text), "%.*s",
			 (int)(s->reason_phrase.len < 60 ? s->reason_phrase.len : 60),
			 s->reason_phrase.at ? s->reason_phrase.at : "");
		for (char *p = text; *p; p++)
			if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7f)
				*p = '?';
		registration_refused(t, r, s->status, text);
	}
}

void sip_message_seen(struct tracker *t, struct endpoint_entry *e, const struct message *m, bool to_cucm)
{
	struct registration_entry *r;
	struct sip_message s;

	if (sip_read(m->data, m->len, &s) == WIRE_MALFORMED) {
		t->counts.messages_malformed++;
		return;
	}
	if (!is_register(&s))
		return;
	// A REGISTER goes to the server, its answer to the phone, whatever else crosses.
	if (s.request != to_cucm)
		return;
	r = current(t, e, to_cucm, true);
	if (!r)
		return;
	if (s.request)
		sip_request(t, e, r, &s);
	else
		sip_response(t, r, &s);
}
