// SPDX-License-Identifier: GPL-2.0-or-later
// jsonl: events and the summary as JSON, one object a line. Times are seconds: "t" since the run began,
// "wall" since 1970. Durations are seconds too. What is not known is left out.
#ifndef OFFHOOK_EVIDENCE_JSONL_H
#define OFFHOOK_EVIDENCE_JSONL_H

#include "evidence/report.h"

void jsonl_event(FILE *out, const struct report_options *options, const struct event *event);
void jsonl_say(FILE *out, const struct report_options *options, int64_t now, const char *text);
void jsonl_summary(FILE *out, const struct report_options *options, const struct report_summary *summary);

#endif
