// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule/match_span.h"

#define INDENT "    "

// The filter on one line: without its comments, every run of blanks one blank.
static void explain_match(FILE *out, struct span where)
{
	char *copy = malloc(where.src->len);
	bool blank = false;

	if (!copy)
		return;
	memcpy(copy, where.src->text, where.src->len);
	match_span_plain(where, copy);
	for (uint32_t i = where.off; i < where.off + where.len; i++) {
		unsigned char c = (unsigned char)copy[i];

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			blank = true;
			continue;
		}
		if (blank)
			fputc(' ', out);
		blank = false;
		fputc(c < 0x20 || c == 0x7f ? '?' : c, out);
	}
	free(copy);
}

static void explain_numbers(FILE *out, const struct condition *c, const char *what, const char *plural)
{
	if (c->from == c->to)
		fprintf(out, "%s %" PRId64, what, c->from);
	else if (c->to == TIME_NEVER)
		fprintf(out, "%s %" PRId64 " or a later one", what, c->from);
	else
		fprintf(out, "%s %" PRId64 " to %" PRId64, plural, c->from, c->to);
}

static void explain_elapsed(FILE *out, const struct condition *c)
{
	char from[DURATION_TEXT], to[DURATION_TEXT];

	duration_format(c->from, from, sizeof(from));
	duration_format(c->to, to, sizeof(to));
	if (c->from <= 0 && c->to == TIME_NEVER)
		fputs("at any time of the run", out);
	else if (c->to == TIME_NEVER)
		fprintf(out, "from %s into the run on", from);
	else if (c->from <= 0)
		fprintf(out, "in the first %s of the run", to);
	else
		fprintf(out, "from %s to %s into the run", from, to);
}

static void explain_condition(FILE *out, const struct condition *c)
{
	char time[DURATION_TEXT];

	switch (c->kind) {
	case CONDITION_IDLE:
		fprintf(out, "whose %s was silent for %s or longer", c->per->name,
			duration_format(c->from, time, sizeof(time)));
		break;
	case CONDITION_AGED:
		fprintf(out, "whose entry for %s is %s old or older", c->per->name,
			duration_format(c->from, time, sizeof(time)));
		break;
	case CONDITION_KEEPALIVE:
		explain_numbers(out, c, "in keep-alive", "in keep-alives");
		break;
	case CONDITION_COPY:
		explain_numbers(out, c, "being copy", "being copies");
		break;
	case CONDITION_ELAPSED:
		explain_elapsed(out, c);
		break;
	}
}

static void explain(FILE *out, const struct rule *rule)
{
	static const char *const from[] = {[FROM_ANY] = "A frame from either side",
					   [FROM_PHONES] = "A frame from the phones' side",
					   [FROM_CUCM] = "A frame from CUCM's side"};
	static const char *const scope[] = {[LIMIT_RUN] = "run",
					    [LIMIT_ENDPOINT] = "endpoint",
					    [LIMIT_REGISTRATION] = "registration",
					    [LIMIT_FLOW] = "flow"};
	char text[512];

	fprintf(out, INDENT "%s", from[rule->from]);
	if (rule->match_where.src) {
		fputs(" that matches\n" INDENT INDENT, out);
		explain_match(out, rule->match_where);
	}
	for (size_t i = 0; i < rule->condition_count; i++) {
		fputs(i ? ",\n" INDENT : "\n" INDENT, out);
		explain_condition(out, &rule->conditions[i]);
	}
	if (rule->limit)
		fprintf(out, "%s\n" INDENT "at most %" PRIu64 " time%s per %s",
			rule->condition_count ? "," : "", rule->limit, rule->limit == 1 ? "" : "s",
			scope[rule->limit_scope]);
	fprintf(out, "%s\n" INDENT "offhook",
		rule->condition_count || rule->limit || !rule->match ? ":" : "");
	for (size_t i = 0; i < rule->fault_count; i++) {
		rule->faults[i].kind->describe(&rule->faults[i], text, sizeof(text));
		fprintf(out, "%s %s", i ? ", then" : "", text);
	}
	fputs(".\n", out);
}

char *rule_explain(const struct rule *rule)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	explain(out, rule);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
