// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/summary.h"

#include <inttypes.h>

#include "evidence/state.h"

struct printer {
	FILE *out;
	const struct report_options *options;
	size_t lines; // registrations printed
};

static void head(FILE *out, const struct report_options *o, const char *title)
{
	if (o->speed > 1)
		fprintf(out, "\n%s [×%u: every timer of this run was divided by %u]\n", title, o->speed,
			o->speed);
	else
		fprintf(out, "\n%s\n", title);
}

static void number(FILE *out, const char *title, uint64_t value)
{
	fprintf(out, "  %-46s %10" PRIu64 "\n", title, value);
}

static void facts(FILE *out, const struct report_summary *s, enum fact_part part)
{
	for (size_t i = 0; i < s->fact_count; i++)
		if (s->facts[i].part == part)
			number(out, s->facts[i].title, s->facts[i].value);
}

static bool print_registration(void *ctx, const struct registration *r)
{
	struct printer *p = ctx;
	char server[ADDRESS_TEXT];

	if (!p->lines++)
		fprintf(p->out, "  %-16s %-16s %-5s %-14s %9s %9s %6s %11s\n", "endpoint", "server", "",
			"state", "keepalive", "answered", "late", "unanswered");
	fprintf(p->out, "  %-16s %-16s %-5s %-14s %9" PRIu64 " %9" PRIu64 " %6" PRIu64 " %11" PRIu64 "%s%s\n",
		r->endpoint ? r->endpoint->name : "?", address_format(&r->server, server),
		r->sip ? "SIP" : "SCCP", registration_state_word(r->state), r->counts.sent,
		r->counts.answered, r->counts.late, r->counts.unanswered, r->how[0] ? "  " : "", r->how);
	return true;
}

static void print_rule(FILE *out, const struct report_options *o, const struct rule *rule,
		       const struct rule_counts *c)
{
	static const struct {
		const char *word;
		size_t at;
	} parts[] = {{"dropped", offsetof(struct rule_counts, dropped)},
		     {"delayed", offsetof(struct rule_counts, delayed)},
		     {"answered or injected", offsetof(struct rule_counts, injected)},
		     {"noted", offsetof(struct rule_counts, noted)}};

	if (!c->acted) {
		fprintf(out, "  rule %s never acted: ", rule->name);
		if (c->matched)
			fprintf(out, "%" PRIu64 " frames matched, its conditions never held\n", c->matched);
		else
			fprintf(out, "no frame matched\n");
		return;
	}
	fprintf(out, "  rule %s acted on %" PRIu64 " of %" PRIu64 " frames matched, from %.3f s to %.3f s:",
		rule->name, c->acted, c->matched, (double)(c->first - o->start) / 1e9,
		(double)(c->last - o->start) / 1e9);
	for (size_t i = 0, said = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		uint64_t n = *(const uint64_t *)((const char *)c + parts[i].at);

		if (n)
			fprintf(out, "%s %s %" PRIu64, said++ ? "," : "", parts[i].word, n);
	}
	fputc('\n', out);
}

static void print_unseen(FILE *out, const struct report_summary *s, const struct engine_counts *c)
{
	struct tracker_counts t = tracker_counts(engine_tracker(s->engine));
	const struct {
		const char *title;
		uint64_t value;
	} rows[] = {
		{"passed undelayed: too many frames were held", c->over_held_max},
		{"keys of idle, aged, series, limit forgotten", c->keys_forgotten},
		{"endpoints forgotten", t.endpoints_forgotten},
		{"connections forgotten", t.connections_forgotten},
		{"bytes of streams given up", t.stream_bytes_given_up},
		{"streams that had to find their feet again", t.stream_resyncs},
		{"messages malformed", t.messages_malformed},
		{"frames malformed", c->malformed},
		{"frames truncated", c->truncated},
		{"times memory was short", c->out_of_memory},
	};

	facts(out, s, FACT_UNSEEN);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].value)
			number(out, rows[i].title, rows[i].value);
}

void summary_text(FILE *out, const struct report_options *o, const struct report_summary *s)
{
	const struct rule_counts *rules = engine_rule_counts(s->engine);
	struct engine_counts c = engine_counts(s->engine);
	struct tracker_counts t = tracker_counts(engine_tracker(s->engine));
	struct printer p = {.out = out, .options = o};

	head(out, o, "What was seen");
	fprintf(out, "  %.3f s, seed %" PRIu64 "\n", (double)(s->now - o->start) / 1e9, s->seed);
	facts(out, s, FACT_SEEN);
	number(out, "frames that came to the rules", c.frames);
	number(out, "SCCP and SIP messages", t.messages);
	number(out, "ARP conflicts", t.arp_conflicts);
	tracker_registrations(engine_tracker(s->engine), print_registration, &p);
	if (!p.lines)
		fprintf(out, "  no registration was seen\n");

	head(out, o, "What was done");
	for (size_t i = 0; i < s->rules->rule_count; i++)
		print_rule(out, o, &s->rules->rules[i], &rules[i]);
	if (!s->rules->rule_count)
		fprintf(out, "  no rules: watched only\n");
	number(out, "frames dropped", c.dropped);
	number(out, "frames held back, then released", c.released);
	if (c.held_now)
		number(out, "frames still held", c.held_now);
	if (c.behind)
		number(out, "of those, held only so as not to overtake", c.behind);
	number(out, "frames injected", c.injected);
	facts(out, s, FACT_DONE);

	head(out, o, "What could not be seen");
	print_unseen(out, s, &c);
}
