// SPDX-License-Identifier: GPL-2.0-or-later
// live: the engine on the wire: frames come by NFQUEUE, verdicts go back, held frames wait in the kernel,
// made frames leave by AF_PACKET, time is CLOCK_MONOTONIC.
//
// Order of things. Start: queues first, then the table, so that no frame meets a rule without a listener.
// End: the table's queue rules go, held frames are released in order, what still waits in the queue is
// accepted, then the queues and the table are closed: the bridge forwards throughout.
#ifndef OFFHOOK_LIVE_LIVE_H
#define OFFHOOK_LIVE_LIVE_H

#include <signal.h>

#include "evidence/report.h"
#include "live/bridge.h"
#include "rule/rule.h"

struct live_options {
	const struct ruleset *rules;
	const struct bridge *bridge; // NULL: only the queue, which somebody else feeds
	uint16_t queue;              // frames; held ones wait in queue + 1
	uint64_t seed;
	int64_t duration; // ns, TIME_NEVER: until a signal
	unsigned speed;   // of a scaled lab, 1: true scale
	bool precise;     // spin longer before a deadline
	bool json, quiet;
	FILE *out;
};

#define LIVE_MESSAGE 1024

// Runs until the duration is over or SIGINT or SIGTERM comes. Returns 0 or -errno; message (LIVE_MESSAGE
// bytes): why it could not run, in a sentence that says what to do.
int live_run(const struct live_options *options, char *message);

#endif
