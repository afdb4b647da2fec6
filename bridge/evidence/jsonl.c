// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/jsonl.h"

#include <jansson.h>

#include "evidence/sentence.h"
#include "evidence/state.h"

static void set_text(json_t *o, const char *key, const char *text)
{
	// What is no UTF-8 (it cannot come from the tracker, which escapes) would leave the key out.
	if (text && *text)
		json_object_set_new(o, key, json_string(text));
}

static void set_number(json_t *o, const char *key, uint64_t n)
{
	json_object_set_new(o, key, json_integer((json_int_t)n));
}

static void set_seconds(json_t *o, const char *key, int64_t ns)
{
	if (ns >= 0)
		json_object_set_new(o, key, json_real((double)ns / 1e9));
}

static void set_mac(json_t *o, const char *key, const uint8_t *mac)
{
	char text[MAC_TEXT];

	if (mac)
		set_text(o, key, mac_format(mac, text));
}

static json_t *object_at(const struct report_options *options, int64_t now, const char *kind)
{
	json_t *o = json_object();

	json_object_set_new(o, "t", json_real((double)(now - options->start) / 1e9));
	if (options->wall)
		json_object_set_new(o, "wall",
				    json_real((double)(options->wall + now - options->start) / 1e9));
	set_text(o, "event", kind);
	if (options->speed > 1)
		set_number(o, "speed", options->speed);
	return o;
}

static void put(FILE *out, json_t *o)
{
	json_dumpf(o, out, JSON_COMPACT | JSON_REAL_PRECISION(15));
	fputc('\n', out);
	json_decref(o);
}

void jsonl_event(FILE *out, const struct report_options *options, const struct event *e)
{
	json_t *o = object_at(options, e->time, event_kind_word(e->kind));
	char text[SENTENCE_TEXT], ip[ADDRESS_TEXT];

	set_text(o, "endpoint", e->endpoint);
	set_text(o, "server", e->server);
	set_text(o, "protocol", e->protocol);
	set_text(o, "rule", e->rule);
	set_text(o, "text", e->text);
	set_text(o, "what", e->flow);
	if (e->frame)
		set_number(o, "frame", e->frame);
	if (e->number)
		set_number(o, "keepalive", e->number);
	if (e->copy)
		set_number(o, "copy", e->copy);
	if (e->status)
		set_number(o, "status", e->status);
	if (e->kind == EVENT_KEEPALIVE_ANSWERED)
		json_object_set_new(o, "late", json_boolean(e->late));
	if (e->kind == EVENT_FAULT)
		json_object_set_new(o, "dropped", json_boolean(e->dropped));
	set_seconds(o, "gap", e->gap);
	set_seconds(o, "round_trip", e->round_trip);
	set_seconds(o, "interval", e->interval);
	set_seconds(o, "delay", e->delay);
	if (e->ip)
		set_text(o, "ip", address_format(e->ip, ip));
	set_mac(o, "mac", e->mac);
	set_mac(o, "mac2", e->mac2);
	set_text(o, "sentence", event_sentence(e, text, sizeof(text)));
	put(out, o);
}

void jsonl_say(FILE *out, const struct report_options *options, int64_t now, const char *text)
{
	json_t *o = object_at(options, now, "run");

	set_text(o, "text", text);
	put(out, o);
}

static json_t *rules_json(const struct report_options *options, const struct report_summary *s)
{
	const struct rule_counts *counts = engine_rule_counts(s->engine);
	json_t *list = json_array();

	for (size_t i = 0; i < s->rules->rule_count; i++) {
		const struct rule_counts *c = &counts[i];
		json_t *o = json_object();

		set_text(o, "rule", s->rules->rules[i].name);
		set_number(o, "matched", c->matched);
		set_number(o, "acted", c->acted);
		set_number(o, "dropped", c->dropped);
		set_number(o, "delayed", c->delayed);
		set_number(o, "injected", c->injected);
		set_number(o, "noted", c->noted);
		if (c->acted) {
			set_seconds(o, "first", c->first - options->start);
			set_seconds(o, "last", c->last - options->start);
		}
		json_array_append_new(list, o);
	}
	return list;
}

static bool add_registration(void *ctx, const struct registration *r)
{
	json_t *o = json_object();
	char server[ADDRESS_TEXT];

	set_text(o, "endpoint", r->endpoint ? r->endpoint->name : NULL);
	set_text(o, "server", address_format(&r->server, server));
	set_text(o, "protocol", r->sip ? "SIP" : "SCCP");
	set_text(o, "state", registration_state_word(r->state));
	set_text(o, "how", r->how);
	set_seconds(o, "interval", r->interval);
	set_number(o, "keepalives", r->counts.sent);
	set_number(o, "copies", r->counts.copies);
	set_number(o, "answered", r->counts.answered);
	set_number(o, "late", r->counts.late);
	set_number(o, "unanswered", r->counts.unanswered);
	set_number(o, "frames_lost", r->counts.frames_lost);
	set_seconds(o, "last_round_trip", r->last_round_trip);
	set_seconds(o, "last_gap", r->last_gap);
	json_array_append_new(ctx, o);
	return true;
}

static json_t *counts_json(const struct report_summary *s)
{
	struct engine_counts c = engine_counts(s->engine);
	struct tracker_counts t = tracker_counts(engine_tracker(s->engine));
	json_t *o = json_object();

	set_number(o, "frames", c.frames);
	set_number(o, "accepted", c.accepted);
	set_number(o, "dropped", c.dropped);
	set_number(o, "held", c.held);
	set_number(o, "released", c.released);
	set_number(o, "held_peak", c.held_peak);
	set_number(o, "held_behind", c.behind);
	set_number(o, "injected", c.injected);
	set_number(o, "over_held_max", c.over_held_max);
	set_number(o, "keys_forgotten", c.keys_forgotten);
	set_number(o, "truncated", c.truncated);
	set_number(o, "malformed", c.malformed);
	set_number(o, "out_of_memory", c.out_of_memory);
	set_number(o, "arp_conflicts", t.arp_conflicts);
	set_number(o, "messages", t.messages);
	set_number(o, "messages_malformed", t.messages_malformed);
	set_number(o, "stream_bytes_given_up", t.stream_bytes_given_up);
	set_number(o, "stream_resyncs", t.stream_resyncs);
	set_number(o, "endpoints_forgotten", t.endpoints_forgotten);
	set_number(o, "connections_forgotten", t.connections_forgotten);
	for (size_t i = 0; i < s->fact_count; i++)
		set_number(o, s->facts[i].word, s->facts[i].value);
	return o;
}

void jsonl_summary(FILE *out, const struct report_options *options, const struct report_summary *s)
{
	json_t *o = object_at(options, s->now, "summary"), *registrations = json_array();

	set_number(o, "seed", s->seed);
	json_object_set_new(o, "counts", counts_json(s));
	json_object_set_new(o, "rules", rules_json(options, s));
	tracker_registrations(engine_tracker(s->engine), add_registration, registrations);
	json_object_set_new(o, "registrations", registrations);
	put(out, o);
}
