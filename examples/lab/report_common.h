// SPDX-License-Identifier: GPL-2.0-or-later
// JSON lines: one object an event, so that a script can follow a run with `jq`. Every line bears the time
// since the start in real (unscaled) seconds and the speed by which all timers were divided.
#ifndef LAB_REPORT_COMMON_H
#define LAB_REPORT_COMMON_H

#include <jansson.h>
#include <stdio.h>

#include "loop_common.h"
#include "net_common.h"

struct report {
	FILE *out; // line-buffered
	const struct loop *loop;
	double speed;
};

// `path` "-" is standard output. -errno.
int report_open(struct report *report, const char *path, const struct loop *loop, double speed);
void report_close(struct report *report);

// Begins a line: t, wall, name (or none where NULL), event, server, proto. Add fields with
// json_object_set_new, then hand the object to report_end, which writes and frees it. NULL (out of memory)
// may be passed on: nothing is written.
json_t *report_begin(const struct report *report, const char *event, const char *name, const char *server,
		     const char *proto);
void report_end(const struct report *report, json_t *line);

// Seconds, rounded to microseconds.
json_t *report_seconds(double seconds);

// Text that may come from the network: what is not valid UTF-8 becomes '?'.
json_t *report_text(const char *text, size_t size);

// rto, srtt, backoff, retransmits, total_retrans of a connection.
void report_tcp(json_t *line, const struct tcp_view *view);

#endif
