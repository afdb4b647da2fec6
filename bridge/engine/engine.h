// SPDX-License-Identifier: GPL-2.0-or-later
// engine: (frame, side, time) in, a verdict and effects out; (time) in, the effects now due. It knows no
// socket, no clock and no file: live, replay and the tests drive it alike.
//
// A frame that is to be delayed is held by the driver under the id it gave; the engine later calls release()
// with that id, in the order in which the frames must leave. Frames held are never forgotten: engine_flush()
// releases them all.
#ifndef OFFHOOK_ENGINE_ENGINE_H
#define OFFHOOK_ENGINE_ENGINE_H

#include "rule/rule.h"
#include "track/track.h"

enum verdict { VERDICT_ACCEPT, VERDICT_DROP, VERDICT_HOLD };

struct engine_driver {
	void *ctx;
	void (*release)(void *ctx, uint64_t id); // a held frame goes on now
	// A made frame (Ethernet header and all) leaves by that side; port: ordinal there, -1: all.
	void (*inject)(void *ctx, enum side side, int port, const uint8_t *data, uint32_t len);
	event_fn *event; // may be NULL
};

struct engine_options {
	uint64_t seed;
	int64_t start;   // when the run began, for `elapsed`
	size_t held_max; // frames held at most, 0: 100000. Above it frames pass undelayed, counted
	size_t keys_max; // keys of idle, aged, series and limit kept at most, 0: 262144
	struct tracker_options tracker; // its event and ctx are the engine's to set
};

struct rule_counts {
	uint64_t matched; // from and match held
	uint64_t acted;   // the conditions held too, and something was done
	uint64_t dropped, delayed, injected, noted;
	int64_t first, last; // times it acted, -1: never
};

struct engine_counts {
	uint64_t frames, accepted, dropped, held, released, injected;
	uint64_t held_now, held_peak;
	uint64_t over_held_max; // would have been held, passed at once
	uint64_t behind;        // held only so as not to overtake
	uint64_t keys_forgotten;
	uint64_t truncated, malformed; // frames by their outcome
	uint64_t out_of_memory;
};

struct engine;

// rules are borrowed. Returns 0 or -ENOMEM.
int engine_new(const struct ruleset *rules, const struct engine_options *options,
	       const struct engine_driver *driver, struct engine **ret);
void engine_free(struct engine *e);

// One frame. f: the caller's part filled (frame.h); it is decoded here. id: the driver's name for it. The
// time never runs backwards: an earlier one counts as the latest seen. Effects due by f->time come out first.
enum verdict engine_frame(struct engine *e, struct frame *f, uint64_t id);

// Does what is due by now. And when the next thing is due (TIME_NEVER: nothing).
void engine_time(struct engine *e, int64_t now);
int64_t engine_next(const struct engine *e);

// Releases every held frame, in the order in which they would have left.
void engine_flush(struct engine *e, int64_t now);

// When a held frame is due, for a driver that keeps long holds elsewhere. TIME_NEVER: it is not held.
int64_t engine_due(const struct engine *e, uint64_t id);

// The driver lost a held frame (its port went down): forget it. Returns whether it was held.
bool engine_lost(struct engine *e, uint64_t id);

struct engine_counts engine_counts(const struct engine *e);
const struct rule_counts *engine_rule_counts(const struct engine *e); // one a rule, in the set's order
const struct tracker *engine_tracker(const struct engine *e);

#endif
