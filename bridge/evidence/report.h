// SPDX-License-Identifier: GPL-2.0-or-later
// report: a run told as it happens: one readable line an event, or one JSON object a line; at its end what
// was seen, what was done and what could not be seen. The fields of the JSON lines are offhook(8)'s "JSON
// lines".
#ifndef OFFHOOK_EVIDENCE_REPORT_H
#define OFFHOOK_EVIDENCE_REPORT_H

#include <stdio.h>

#include "engine/engine.h"

struct report_options {
	FILE *out; // borrowed; flushed after each line
	bool json;
	bool quiet;     // text only: the summary alone
	int64_t start;  // ns, the driver's line: time 0 of every line
	int64_t wall;   // the same moment, ns since 1970; JSON's "wall". 0: not known
	unsigned speed; // 1: true scale; else every line says that it is scaled
};

struct report;
struct report *report_new(const struct report_options *options); // NULL: no memory
void report_free(struct report *r);

// An event_fn: ctx is the struct report.
void report_event(void *ctx, const struct event *event);

// A line of the program's own about the run ("bridge up: …"), on the same time line.
void report_say(struct report *r, int64_t now, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

// One number of the summary that the engine does not know: what a driver counted.
enum fact_part { FACT_SEEN, FACT_DONE, FACT_UNSEEN };
struct fact {
	enum fact_part part;
	const char *word;  // for JSON: "passed_unseen"
	const char *title; // for people: "frames that passed by unseen"
	uint64_t value;
};

struct report_summary {
	const struct ruleset *rules;
	const struct engine *engine;
	uint64_t seed;
	int64_t now;
	const struct fact *facts; // in order
	size_t fact_count;
};

void report_summary(struct report *r, const struct report_summary *summary);

// Whether out took everything so far (a full disk, a closed pipe): 0 or -errno.
int report_error(const struct report *r);

#endif
