// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_common.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int report_open(struct report *report, const char *path, const struct loop *loop, double speed)
{
	*report = (struct report){.out = stdout, .loop = loop, .speed = speed};
	if (strcmp(path, "-") != 0) {
		report->out = fopen(path, "we");
		if (!report->out)
			return -errno;
	}
	setvbuf(report->out, NULL, _IOLBF, 0);
	return 0;
}

void report_close(struct report *report)
{
	if (report->out && report->out != stdout)
		fclose(report->out);
	report->out = NULL;
}

json_t *report_seconds(double seconds)
{
	return json_real(round(seconds * 1e6) / 1e6);
}

json_t *report_text(const char *text, size_t size)
{
	json_t *value = json_stringn(text, size);
	char *plain;

	if (value)
		return value;
	plain = malloc(size + 1);
	if (!plain)
		return NULL;
	for (size_t i = 0; i < size; i++)
		plain[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	value = json_stringn(plain, size);
	free(plain);
	return value;
}

json_t *report_begin(const struct report *report, const char *event, const char *name, const char *server,
		     const char *proto)
{
	json_t *line = json_object();
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	json_object_set_new(line, "t", report_seconds(loop_now(report->loop)));
	json_object_set_new(line, "wall", report_seconds((double)wall.tv_sec + (double)wall.tv_nsec / 1e9));
	if (name)
		json_object_set_new(line, "name", report_text(name, strlen(name)));
	json_object_set_new(line, "event", json_string(event));
	if (server)
		json_object_set_new(line, "server", json_string(server));
	if (proto)
		json_object_set_new(line, "proto", json_string(proto));
	return line;
}

void report_end(const struct report *report, json_t *line)
{
	if (!line)
		return;
	json_object_set_new(line, "speed", json_real(report->speed));
	// 16 digits carry the wall clock's microseconds and still print 0.2 as 0.2.
	json_dumpf(line, report->out, JSON_COMPACT | JSON_REAL_PRECISION(16));
	fputc('\n', report->out);
	json_decref(line);
}

void report_tcp(json_t *line, const struct tcp_view *view)
{
	json_object_set_new(line, "rto", report_seconds(view->rto));
	json_object_set_new(line, "srtt", report_seconds(view->srtt));
	json_object_set_new(line, "backoff", json_integer(view->backoff));
	json_object_set_new(line, "retransmits", json_integer(view->retransmits));
	json_object_set_new(line, "total_retrans", json_integer(view->total));
}
