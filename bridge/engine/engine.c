// SPDX-License-Identifier: GPL-2.0-or-later
#include "engine/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "engine/condition.h"
#include "engine/describe.h"
#include "engine/held.h"
#include "engine/memory.h"

#define HELD_MAX_DEFAULT 100000
#define KEYS_MAX_DEFAULT 262144

struct engine {
	const struct ruleset *rules;
	struct engine_options options;
	struct engine_driver driver;
	struct tracker *tracker;
	struct memory *memory;
	struct held *held;
	uint64_t *rule_keys; // of the rules' names: chance must not depend on a rule's place in the file
	struct rule_counts *rule_counts;
	struct engine_counts counts;
	int64_t now;
};

// One frame on its way through the rules.
struct passage {
	struct frame *frame;
	struct sighting sighting;
	struct fate fate;
};

static void on_tracker_event(void *ctx, const struct event *event)
{
	struct engine *e = ctx;

	if (e->driver.event)
		e->driver.event(e->driver.ctx, event);
}

int engine_new(const struct ruleset *rules, const struct engine_options *options,
	       const struct engine_driver *driver, struct engine **ret)
{
	struct engine *e = calloc(1, sizeof(*e));
	struct tracker_options track;

	if (!e)
		return -ENOMEM;
	e->rules = rules;
	e->options = *options;
	e->driver = *driver;
	e->now = options->start;
	track = options->tracker;
	track.event = on_tracker_event;
	track.ctx = e;
	e->tracker = tracker_new(&track);
	e->memory = memory_new(options->keys_max ? options->keys_max : KEYS_MAX_DEFAULT);
	e->held = held_new(options->held_max ? options->held_max : HELD_MAX_DEFAULT);
	e->rule_keys = calloc(rules->rule_count + 1, sizeof(*e->rule_keys));
	e->rule_counts = calloc(rules->rule_count + 1, sizeof(*e->rule_counts));
	if (!e->tracker || !e->memory || !e->held || !e->rule_keys || !e->rule_counts) {
		engine_free(e);
		return -ENOMEM;
	}
	for (size_t i = 0; i < rules->rule_count; i++) {
		e->rule_keys[i] = hash_bytes(HASH_START, rules->rules[i].name, strlen(rules->rules[i].name));
		e->rule_counts[i].first = e->rule_counts[i].last = -1;
	}
	*ret = e;
	return 0;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	tracker_free(e->tracker);
	memory_free(e->memory);
	held_free(e->held);
	free(e->rule_keys);
	free(e->rule_counts);
	free(e);
}

static bool accepts(const struct rule *rule, const struct frame *f)
{
	switch (rule->from) {
	case FROM_ANY:
		break;
	case FROM_PHONES:
		if (f->side != SIDE_PHONES)
			return false;
		break;
	case FROM_CUCM:
		if (f->side != SIDE_CUCM)
			return false;
		break;
	}
	return !rule->match || filter_match(rule->match, f);
}

// The use so far of the rule's limit in this frame's scope; NULL where the frame has no such scope, or no
// memory.
static uint64_t *limit_use(struct engine *e, uint32_t index, const struct passage *p)
{
	struct memory_key key = {.rule = index, .kind = MEMORY_LIMIT};
	union memory_value *m;
	uint64_t id = 0;
	bool known;

	switch (e->rules->rules[index].limit_scope) {
	case LIMIT_RUN:
		break;
	case LIMIT_ENDPOINT:
		if (!p->sighting.endpoint)
			return NULL;
		id = p->sighting.endpoint->key;
		break;
	case LIMIT_REGISTRATION:
		if (!p->sighting.registration)
			return NULL;
		id = p->sighting.registration->id;
		break;
	case LIMIT_FLOW:
		id = frame_flow(p->frame);
		break;
	}
	memory_key_value(&key, &id, sizeof(id));
	m = memory_get(e->memory, &key, &known);
	return m ? &m->count : NULL;
}

// Applies one fault. The state of a fault is kept per rule, endpoint and direction.
static int fault_apply(struct engine *e, uint32_t rule, uint32_t index, struct passage *p)
{
	const struct fault *fault = &e->rules->rules[rule].faults[index];
	uint64_t endpoint = p->sighting.endpoint ? p->sighting.endpoint->key : 0;
	uint8_t scope[9];
	struct memory_key key = {.rule = rule, .index = index, .kind = MEMORY_FAULT};
	struct fault_context context = {.frame = p->frame, .now = e->now, .seed = e->options.seed};
	union memory_value *m;
	bool known;
	int r;

	memcpy(scope, &endpoint, sizeof(endpoint));
	scope[8] = p->frame->side;
	memory_key_value(&key, scope, sizeof(scope));
	m = memory_get(e->memory, &key, &known);
	if (!m)
		return -ENOMEM;
	context.state = &m->fault;
	context.key = hash_bytes(e->rule_keys[rule] + index, scope, sizeof(scope));
	r = fault->kind->apply(fault, &context, &p->fate);
	if (r == 0)
		m->fault.count++;
	return r;
}

// What one rule did to a frame: the difference that it made to the frame's fate.
struct deed {
	bool dropped, noted;
	size_t injected;
	int64_t delay;  // ns
	char text[160]; // in English
};

static size_t injection_count(const struct fate *fate)
{
	size_t n = 0;

	for (const struct injection *i = fate->injections; i; i = i->next)
		n++;
	return n;
}

static void tell(struct engine *e, const struct rule *rule, const struct passage *p, const struct deed *deed,
		 int64_t idle)
{
	struct event ev = event_of(EVENT_FAULT, e->now);
	char flow[FRAME_TEXT];

	if (!e->driver.event)
		return;
	ev.frame = p->frame->number;
	ev.endpoint = p->sighting.endpoint ? p->sighting.endpoint->name : NULL;
	ev.rule = rule->name;
	ev.flow = frame_describe(p->frame, flow, sizeof(flow));
	ev.number = p->sighting.keepalive;
	ev.copy = p->sighting.copy;
	if (deed->dropped || deed->injected || deed->delay) {
		ev.text = deed->text;
		ev.dropped = deed->dropped;
		ev.gap = idle;
		ev.delay = deed->delay ? deed->delay : -1;
		e->driver.event(e->driver.ctx, &ev);
	}
	if (deed->noted) {
		ev.kind = EVENT_NOTE;
		ev.text = p->fate.note;
		ev.dropped = false;
		ev.gap = ev.delay = -1;
		e->driver.event(e->driver.ctx, &ev);
	}
}

static void count_deed(struct engine *e, uint32_t index, const struct deed *deed)
{
	struct rule_counts *c = &e->rule_counts[index];

	c->acted++;
	c->dropped += deed->dropped;
	c->delayed += deed->delay != 0;
	c->noted += deed->noted;
	c->injected += deed->injected;
	if (c->first < 0)
		c->first = e->now;
	c->last = e->now;
}

static void deed_append(struct deed *deed, const struct fault *fault)
{
	size_t used = strlen(deed->text);

	if (used && used + 3 < sizeof(deed->text)) {
		memcpy(deed->text + used, ", ", 3);
		used += 2;
	}
	fault->kind->describe(fault, deed->text + used, sizeof(deed->text) - used);
}

// Does what the rule says, up to a drop. Returns whether anything was done: a fault may find that it does not
// apply (no ARP request to answer).
static bool rule_act(struct engine *e, uint32_t index, struct passage *p, int64_t idle)
{
	const struct rule *rule = &e->rules->rules[index];
	struct deed deed = {.text = ""};
	bool dropped = p->fate.drop, acted = false;
	int64_t delay = p->fate.delay;
	size_t injected = injection_count(&p->fate);

	p->fate.note = NULL;
	for (uint32_t i = 0; i < rule->fault_count && !p->fate.drop; i++) {
		int r = fault_apply(e, index, i, p);

		e->counts.out_of_memory += r == -ENOMEM;
		if (r < 0)
			continue;
		acted = true;
		deed_append(&deed, &rule->faults[i]);
	}
	if (!acted)
		return false;
	deed.dropped = p->fate.drop && !dropped;
	deed.noted = p->fate.note != NULL;
	deed.delay = p->fate.delay - delay;
	deed.injected = injection_count(&p->fate) - injected;
	count_deed(e, index, &deed);
	tell(e, rule, p, &deed, idle);
	return true;
}

static void rule_test(struct engine *e, uint32_t index, struct passage *p)
{
	const struct rule *rule = &e->rules->rules[index];
	struct condition_input input = {
		.frame = p->frame, .sighting = &p->sighting, .now = e->now, .start = e->options.start};
	uint64_t *use;
	int64_t idle;
	bool holds;

	if (!accepts(rule, p->frame))
		return;
	e->rule_counts[index].matched++;
	e->counts.out_of_memory += conditions_hold(e->memory, rule, index, &input, &holds, &idle) < 0;
	// A frame dropped by a rule above has left: the rules below it still see it (their silence ends), but
	// do nothing to it.
	if (!holds || p->fate.drop)
		return;
	if (rule->limit) {
		use = limit_use(e, index, p);
		if (!use || *use >= rule->limit)
			return;
	}
	if (rule_act(e, index, p, idle) && rule->limit) {
		// Asked again: the faults' own memory may have moved the entry.
		use = limit_use(e, index, p);
		if (use)
			++*use;
	}
}

// The tracker must know what we said ourselves: the owner's own answer would else look like the site's conflict.
static void tell_tracker(struct engine *e, const struct injection *i)
{
	struct frame f = {.data = i->data, .captured = i->len, .wire = i->len, .has_eth = true};

	frame_decode(&f);
	if (f.arp.valid && f.arp.opcode == 2)
		tracker_arp_injected(e->tracker, f.vlan, &f.arp.sender_ip, f.arp.sender_mac);
}

static void inject_all(struct engine *e, const struct fate *fate)
{
	for (const struct injection *i = fate->injections; i; i = i->next) {
		e->driver.inject(e->driver.ctx, i->to, i->port, i->data, i->len);
		tell_tracker(e, i);
		e->counts.injected++;
	}
}

// Holds the frame, or lets it pass where it is due now and nothing of its flow waits.
static enum verdict pass_or_hold(struct engine *e, struct passage *p, uint64_t id)
{
	// The two directions of a conversation have different keys already; frames without addresses do not.
	uint64_t flow = prng_mix(frame_flow(p->frame) + p->frame->side);
	int64_t wanted = time_add(p->frame->time, p->fate.delay), due;
	bool waiting;
	int r;

	if (wanted < e->now)
		wanted = e->now;
	due = held_due(e->held, flow, wanted, &waiting);
	if (due <= e->now && !waiting) {
		tracker_fate(e->tracker, &p->sighting, e->now);
		e->counts.accepted++;
		return VERDICT_ACCEPT;
	}
	r = held_add(e->held, id, flow, due);
	if (r < 0) {
		if (r == -ENOMEM)
			e->counts.out_of_memory++;
		else
			e->counts.over_held_max++;
		tracker_fate(e->tracker, &p->sighting, e->now);
		e->counts.accepted++;
		return VERDICT_ACCEPT;
	}
	tracker_fate(e->tracker, &p->sighting, due);
	e->counts.behind += p->fate.delay == 0;
	e->counts.held++;
	if (held_count(e->held) > e->counts.held_peak)
		e->counts.held_peak = held_count(e->held);
	return VERDICT_HOLD;
}

enum verdict engine_frame(struct engine *e, struct frame *f, uint64_t id)
{
	struct passage p = {.frame = f};
	enum verdict verdict;

	engine_time(e, f->time);
	e->counts.frames++;
	frame_decode(f);
	e->counts.truncated += f->outcome == WIRE_TRUNCATED;
	e->counts.malformed += f->outcome == WIRE_MALFORMED;
	if (tracker_frame(e->tracker, f, &p.sighting) < 0)
		e->counts.out_of_memory++;
	for (uint32_t i = 0; i < e->rules->rule_count; i++)
		rule_test(e, i, &p);
	inject_all(e, &p.fate);
	if (p.fate.drop) {
		tracker_fate(e->tracker, &p.sighting, TIME_NEVER);
		e->counts.dropped++;
		verdict = VERDICT_DROP;
	} else {
		verdict = pass_or_hold(e, &p, id);
	}
	fate_done(&p.fate);
	return verdict;
}

static void release(struct engine *e, uint64_t id)
{
	e->counts.released++;
	e->driver.release(e->driver.ctx, id);
}

void engine_time(struct engine *e, int64_t now)
{
	uint64_t id;

	if (now > e->now)
		e->now = now;
	while (held_take(e->held, e->now, &id))
		release(e, id);
	tracker_time(e->tracker, e->now);
}

int64_t engine_next(const struct engine *e)
{
	int64_t held = held_next(e->held), track = tracker_next(e->tracker);

	return held < track ? held : track;
}

void engine_flush(struct engine *e, int64_t now)
{
	uint64_t id;

	engine_time(e, now);
	while (held_take(e->held, TIME_NEVER, &id))
		release(e, id);
}

int64_t engine_due(const struct engine *e, uint64_t id)
{
	return held_when(e->held, id);
}

bool engine_lost(struct engine *e, uint64_t id)
{
	return held_drop(e->held, id);
}

struct engine_counts engine_counts(const struct engine *e)
{
	struct engine_counts c = e->counts;

	c.held_now = held_count(e->held);
	c.keys_forgotten = memory_forgotten(e->memory);
	return c;
}

const struct rule_counts *engine_rule_counts(const struct engine *e)
{
	return e->rule_counts;
}

const struct tracker *engine_tracker(const struct engine *e)
{
	return e->tracker;
}
