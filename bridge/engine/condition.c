// SPDX-License-Identifier: GPL-2.0-or-later
#include "engine/condition.h"

#include <errno.h>
#include <string.h>

static bool within(const struct condition *c, int64_t value)
{
	return value >= c->from && value <= c->to;
}

static void key_of_value(struct memory_key *key, const struct field *field, const struct value *v)
{
	switch (field->type) {
	case FIELD_NONE:
	case FIELD_BOOL:
	case FIELD_UINT:
	case FIELD_INT:
	case FIELD_CHAR:
	case FIELD_DURATION:
	case FIELD_TIME:
		memory_key_value(key, &v->number, sizeof(v->number));
		break;
	case FIELD_PROTOCOL:
	case FIELD_ETHER:
	case FIELD_IPV4:
	case FIELD_IPV6:
	case FIELD_BYTES:
	case FIELD_STRING:
		memory_key_value(key, v->bytes, v->len);
		break;
	}
}

// idle: since the key was last heard; aged: since its entry was made. A key never seen is neither.
static int silence_holds(struct memory *memory, const struct condition *c, struct memory_key *key,
			 const struct condition_input *in, bool *ret_holds, int64_t *ret_idle)
{
	union memory_value *m;
	struct value v;
	bool known;

	*ret_holds = false;
	if (!field_first(c->per_protocol, c->per, in->frame, &v))
		return 0;
	key_of_value(key, c->per, &v);
	m = memory_get(memory, key, &known);
	if (!m)
		return -ENOMEM;
	if (known && within(c, in->now - m->time)) {
		*ret_holds = true;
		*ret_idle = in->now - m->time;
	}
	// An aged entry lives its time out, whatever is heard; it is made anew by the frame that finds it
	// dead.
	if (!known || c->kind == CONDITION_IDLE || *ret_holds)
		m->time = in->now;
	return 0;
}

int conditions_hold(struct memory *memory, const struct rule *rule, uint32_t rule_index,
		    const struct condition_input *in, bool *ret_holds, int64_t *ret_idle)
{
	bool all = true;
	int r = 0;

	*ret_idle = -1;
	for (uint32_t i = 0; i < rule->condition_count; i++) {
		const struct condition *c = &rule->conditions[i];
		struct memory_key key = {.rule = rule_index, .index = i, .kind = MEMORY_CONDITION};
		bool holds = false;

		switch (c->kind) {
		case CONDITION_IDLE:
		case CONDITION_AGED:
			if (silence_holds(memory, c, &key, in, &holds, ret_idle) < 0)
				r = -ENOMEM;
			break;
		case CONDITION_KEEPALIVE:
			holds = in->sighting->keepalive && within(c, in->sighting->keepalive);
			break;
		case CONDITION_COPY:
			holds = in->sighting->copy && within(c, in->sighting->copy);
			break;
		case CONDITION_ELAPSED:
			holds = within(c, in->now - in->start);
			break;
		}
		all = all && holds;
	}
	*ret_holds = all && r == 0;
	return r;
}
