// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "evidence/jsonl.h"
#include "evidence/sentence.h"
#include "evidence/summary.h"

struct report {
	struct report_options o;
	int error; // -errno of the first write that failed
};

struct report *report_new(const struct report_options *options)
{
	struct report *r = calloc(1, sizeof(*r));

	if (r)
		r->o = *options;
	return r;
}

void report_free(struct report *r)
{
	free(r);
}

static void finish_line(struct report *r)
{
	errno = 0;
	if ((fflush(r->o.out) != 0 || ferror(r->o.out)) && !r->error)
		r->error = errno ? -errno : -EIO;
}

// "    42.346 s  SEP001B54000011  sentence". The scale stands at the head of every line of a scaled run.
static void line(struct report *r, int64_t now, const char *who, const char *sentence)
{
	if (r->o.speed > 1)
		fprintf(r->o.out, "[×%u] ", r->o.speed);
	fprintf(r->o.out, "%10.3f s  %-15s  %s\n", (double)(now - r->o.start) / 1e9, who ? who : "",
		sentence);
	finish_line(r);
}

void report_event(void *ctx, const struct event *event)
{
	struct report *r = ctx;
	char text[SENTENCE_TEXT];

	if (r->o.json) {
		jsonl_event(r->o.out, &r->o, event);
		finish_line(r);
	} else if (!r->o.quiet) {
		line(r, event->time, event->endpoint, event_sentence(event, text, sizeof(text)));
	}
}

void report_say(struct report *r, int64_t now, const char *fmt, ...)
{
	char text[SENTENCE_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (r->o.json) {
		jsonl_say(r->o.out, &r->o, now, text);
		finish_line(r);
	} else {
		line(r, now, NULL, text);
	}
}

void report_summary(struct report *r, const struct report_summary *summary)
{
	if (r->o.json)
		jsonl_summary(r->o.out, &r->o, summary);
	else
		summary_text(r->o.out, &r->o, summary);
	finish_line(r);
}

int report_error(const struct report *r)
{
	return r->error;
}
