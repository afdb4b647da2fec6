// SPDX-License-Identifier: GPL-2.0-or-later
// monitor: what happens around a run that takes held frames away: a port going down or being deleted, a base
// chain deleted in our network namespace (the kernel then drops every frame that any queue holds).
#ifndef OFFHOOK_LIVE_MONITOR_H
#define OFFHOOK_LIVE_MONITOR_H

#include <stdint.h>

enum monitor_kind {
	MONITOR_PORT_DOWN,
	MONITOR_PORT_UP,
	MONITOR_PORT_GONE,
	MONITOR_TABLE_DELETED,
	MONITOR_OVERRUN
};

struct monitor_event {
	enum monitor_kind kind;
	int ifindex;      // PORT_*
	const char *name; // of the table or of the port; may be NULL
};

struct monitor;
int monitor_open(struct monitor **ret); // in the namespace of the caller; 0 or -errno
void monitor_close(struct monitor *m);
int monitor_link_fd(const struct monitor *m);
int monitor_table_fd(const struct monitor *m);
typedef void monitor_fn(void *ctx, const struct monitor_event *event);
void monitor_read(struct monitor *m, monitor_fn *fn, void *ctx);

#endif
