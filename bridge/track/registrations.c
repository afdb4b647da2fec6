// SPDX-License-Identifier: GPL-2.0-or-later
// One endpoint with one server over one protocol: what state it is in, and the fate of each keep-alive.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "track/internal.h"

// Two intervals that differ by less than this share are one interval that was learnt.
#define LEARN_TOLERANCE 10 // percent

void tell(struct tracker *t, const struct event *e)
{
	if (t->o.event)
		t->o.event(t->o.ctx, e);
}

struct event registration_event(const struct tracker *t, enum event_kind kind,
				const struct registration_entry *r, char server[ADDRESS_TEXT])
{
	struct event e = event_of(kind, t->now);

	e.endpoint = r->is.endpoint->name;
	e.server = address_format(&r->is.server, server);
	e.protocol = r->is.sip ? "SIP" : "SCCP";
	e.frame = t->frame ? t->frame->number : 0;
	return e;
}

static void tell_of(struct tracker *t, enum event_kind kind, const struct registration_entry *r,
		    const char *text)
{
	char server[ADDRESS_TEXT];
	struct event e = registration_event(t, kind, r, server);

	e.text = text;
	tell(t, &e);
}

bool registration_lives(const struct registration_entry *r)
{
	return r->is.state == REGISTRATION_REGISTERED || r->is.state == REGISTRATION_ASSUMED ||
	       r->is.state == REGISTRATION_STANDBY;
}

struct registration_entry *registration_by_id(struct tracker *t, uint64_t id)
{
	struct registration_entry *r;

	HASH_FIND(hh, t->registrations, &id, sizeof(id), r);
	return r;
}

struct registration_entry *registration_get(struct tracker *t, struct endpoint_entry *e,
					    const struct address *server, uint16_t port, bool sip)
{
	struct registration_entry *r;

	for (r = e->registrations; r; r = r->next_of_endpoint)
		if (r->is.sip == sip && address_equal(&r->is.server, server))
			return r;
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->is = (struct registration){.id = ++t->next_registration,
				      .endpoint = &e->is,
				      .server = *server,
				      .server_port = port,
				      .sip = sip,
				      .state = REGISTRATION_CONNECTING,
				      .since = t->now,
				      .interval = -1,
				      .due = TIME_NEVER,
				      .deadline = TIME_NEVER,
				      .last_round_trip = -1,
				      .last_gap = -1};
	r->last_request = -1;
	r->heap_at = SIZE_MAX;
	r->next_of_endpoint = e->registrations;
	e->registrations = r;
	HASH_ADD(hh, t->registrations, is.id, sizeof(r->is.id), r);
	t->counts.registrations++;
	return r;
}

void registration_remove(struct tracker *t, struct registration_entry *r)
{
	struct endpoint_entry *e = (struct endpoint_entry *)r->is.endpoint;
	struct registration_entry **at = &e->registrations;

	deadline_set(t, r, TIME_NEVER);
	while (*at != r)
		at = &(*at)->next_of_endpoint;
	*at = r->next_of_endpoint;
	HASH_DEL(t->registrations, r);
	free(r);
}

// SCCP: so many intervals after the last keep-alive that the server heard. SIP: the granted time less the
// delta, which is the interval, plus the grace, after the last 200.
static void set_deadline(struct tracker *t, struct registration_entry *r)
{
	int64_t patience;

	if (r->is.interval < 0 || r->is.state == REGISTRATION_STANDBY || !registration_lives(r)) {
		deadline_set(t, r, TIME_NEVER);
		return;
	}
	patience = r->is.sip ? r->is.interval + t->o.sip_grace / t->o.time_scale
			     : r->is.interval * t->o.missed_intervals;
	deadline_set(t, r, time_add(r->heard, patience));
}

static void give_up_pending(struct tracker *t, struct registration_entry *r, const char *why)
{
	char server[ADDRESS_TEXT];
	struct event e;

	if (!r->pending.waits)
		return;
	r->pending.waits = false;
	if (!r->pending.number)
		return;
	r->is.counts.unanswered++;
	e = registration_event(t, EVENT_KEEPALIVE_UNANSWERED, r, server);
	e.number = r->pending.number;
	e.copy = r->pending.copies;
	e.text = why;
	tell(t, &e);
}

void registration_starts(struct tracker *t, struct registration_entry *r)
{
	if (registration_lives(r) && r->is.state != REGISTRATION_STANDBY)
		registration_left(t, r, "it registers anew");
	give_up_pending(t, r, "it registers anew");
	r->is.state = REGISTRATION_CONNECTING;
	r->registering = true;
	deadline_set(t, r, TIME_NEVER);
	tell_of(t, EVENT_REGISTERING, r, NULL);
}

// A phone is registered with one server at a time.
static void leave_others(struct tracker *t, struct registration_entry *r)
{
	struct endpoint_entry *e = (struct endpoint_entry *)r->is.endpoint;
	char server[ADDRESS_TEXT], how[80];

	snprintf(how, sizeof(how), "it registered with %s", address_format(&r->is.server, server));
	for (struct registration_entry *o = e->registrations; o; o = o->next_of_endpoint)
		if (o != r && (o->is.state == REGISTRATION_REGISTERED || o->is.state == REGISTRATION_ASSUMED))
			registration_left(t, o, how);
}

static void begin(struct tracker *t, struct registration_entry *r, enum registration_state state)
{
	r->is.state = state;
	r->is.since = r->heard = t->now;
	r->is.keepalive = 0;
	r->is.how[0] = '\0';
	r->is.counts = (struct keepalive_counts){0};
	r->last_request = -1;
	r->registering = false;
	r->pending.waits = false;
}

void registration_granted(struct tracker *t, struct registration_entry *r, int64_t interval)
{
	char server[ADDRESS_TEXT];
	struct event e;

	leave_others(t, r);
	begin(t, r, REGISTRATION_REGISTERED);
	r->is.interval = interval;
	r->is.due = interval > 0 ? time_add(t->now, interval) : TIME_NEVER;
	set_deadline(t, r);
	e = registration_event(t, EVENT_REGISTERED, r, server);
	e.interval = interval;
	tell(t, &e);
}

void registration_assumed(struct tracker *t, struct registration_entry *r)
{
	begin(t, r, REGISTRATION_ASSUMED);
	tell_of(t, EVENT_ASSUMED, r, NULL);
}

void registration_refused(struct tracker *t, struct registration_entry *r, uint32_t status, const char *text)
{
	char server[ADDRESS_TEXT];
	struct event e = registration_event(t, EVENT_REJECTED, r, server);

	e.status = status;
	e.text = text;
	tell(t, &e);
	if (registration_lives(r))
		registration_left(t, r, "its keep-alive was refused");
	r->registering = false;
	r->pending.waits = false;
}

void registration_left(struct tracker *t, struct registration_entry *r, const char *how)
{
	bool was_standby = r->is.state == REGISTRATION_STANDBY;

	give_up_pending(t, r, how);
	r->is.state = REGISTRATION_LEFT;
	r->is.due = TIME_NEVER;
	r->registering = false;
	snprintf(r->is.how, sizeof(r->is.how), "%s", how);
	deadline_set(t, r, TIME_NEVER);
	// A heartbeat to a backup that ends is no registration that ends.
	if (!was_standby)
		tell_of(t, EVENT_LEFT, r, how);
}

// Without the server's word the interval is learnt: two in a row that are alike.
static void learn_interval(struct registration_entry *r, int64_t now)
{
	int64_t between = now - r->last_request;

	if (r->last_request < 0 || r->is.interval > 0)
		return;
	if (r->between > 0 && llabs(between - r->between) * 100 < r->between * LEARN_TOLERANCE)
		r->is.interval = between;
	r->between = between;
}

uint32_t keepalive_sent(struct tracker *t, struct registration_entry *r)
{
	char server[ADDRESS_TEXT];
	struct event e;

	give_up_pending(t, r, "the next one was sent");
	if (!r->is.sip && r->is.state != REGISTRATION_STANDBY)
		learn_interval(r, t->now);
	r->last_request = t->now;
	r->is.keepalive++;
	r->is.counts.sent++;
	if (!r->is.sip)
		r->is.due = r->is.interval > 0 ? time_add(t->now, r->is.interval) : TIME_NEVER;
	r->pending = (struct pending){
		.waits = true, .number = r->is.keepalive, .copies = 1, .first = t->now, .last = t->now};
	e = registration_event(t, EVENT_KEEPALIVE, r, server);
	e.number = r->is.keepalive;
	e.copy = 1;
	tell(t, &e);
	return r->is.keepalive;
}

void keepalive_copied(struct tracker *t, struct registration_entry *r, uint32_t number, uint32_t copy,
		      int64_t gap)
{
	char server[ADDRESS_TEXT];
	struct event e = registration_event(t, EVENT_KEEPALIVE_COPY, r, server);

	if (r->pending.waits && r->pending.number == number) {
		r->pending.copies = copy;
		r->pending.last = t->now;
		r->is.last_gap = gap;
	}
	r->is.counts.copies++;
	e.number = number;
	e.copy = copy;
	e.gap = gap;
	tell(t, &e);
}

void keepalive_answered(struct tracker *t, struct registration_entry *r)
{
	char server[ADDRESS_TEXT];
	struct event e;

	if (!r->pending.waits || !r->pending.number)
		return;
	r->pending.waits = false;
	if (r->is.state == REGISTRATION_LEFT_PRESUMED) {
		r->is.state = REGISTRATION_ASSUMED;
		tell_of(t, EVENT_ASSUMED, r, "the server still answers");
	}
	e = registration_event(t, EVENT_KEEPALIVE_ANSWERED, r, server);
	e.number = r->pending.number;
	e.copy = r->pending.copies;
	e.late = r->pending.copies > 1;
	e.round_trip = t->now - r->pending.first;
	r->is.last_round_trip = e.round_trip;
	if (e.late)
		r->is.counts.late++;
	else
		r->is.counts.answered++;
	r->heard = t->now;
	if (r->is.sip)
		r->is.due = r->is.interval > 0 ? time_add(t->now, r->is.interval) : TIME_NEVER;
	set_deadline(t, r);
	tell(t, &e);
}

void tracker_fate(struct tracker *t, const struct sighting *s, int64_t delivered)
{
	struct registration_entry *r = s->ticket ? registration_by_id(t, s->ticket) : NULL;

	if (!r)
		return;
	if (delivered == TIME_NEVER) {
		r->is.counts.frames_lost++;
		return;
	}
	// A SIP server counts from its own 200, an SCCP server from what it hears.
	if (!r->is.sip && !s->answer && delivered > r->heard && registration_lives(r)) {
		r->heard = delivered;
		set_deadline(t, r);
	}
}

void tracker_time(struct tracker *t, int64_t now)
{
	struct registration_entry *r;
	char server[ADDRESS_TEXT];
	struct event e;

	if (now > t->now)
		t->now = now;
	while ((r = deadline_passed(t, t->now))) {
		int64_t when = r->is.deadline;

		r->is.deadline = TIME_NEVER;
		if (!registration_lives(r))
			continue;
		give_up_pending(t, r, "the server's patience is over");
		r->is.state = REGISTRATION_LEFT_PRESUMED;
		snprintf(r->is.how, sizeof(r->is.how), "no keep-alive reached the server in time");
		e = registration_event(t, EVENT_PRESUMED, r, server);
		e.time = when;
		e.frame = 0;
		e.gap = when - r->heard;
		e.text = "no keep-alive reached the server in time";
		tell(t, &e);
	}
}

int64_t tracker_next(const struct tracker *t)
{
	return t->heap_count ? t->heap[0]->is.deadline : TIME_NEVER;
}
