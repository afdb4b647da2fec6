// SPDX-License-Identifier: GPL-2.0-or-later
// fault: what a rule does to a frame. A fault is one file and one row of fault_table: its words are parsed by
// the row, and its apply() changes the frame's fate. A fault does no I/O, reads no clock and draws chance
// from its context.
#ifndef OFFHOOK_FAULT_FAULT_H
#define OFFHOOK_FAULT_FAULT_H

#include "base/diag.h"
#include "wire/frame.h"

// A frame made by a fault, owned by the fate.
struct injection {
	enum side to; // leaves by this side
	int port;     // ordinal of the port there, -1: all
	uint8_t *data;
	uint32_t len;
	struct injection *next;
};

// What is to become of a frame: faults compose on it in file order.
struct fate {
	bool drop;
	int64_t delay;                // ns, summed
	struct injection *injections; // in order
	const char *note;             // of the last `note`, borrowed from the rule
};

// What one fault remembers per rule, endpoint and direction. Zero at first.
struct fault_state {
	uint64_t count; // applications so far
	uint64_t word;  // the fault's own
};

struct fault_context {
	const struct frame *frame;
	int64_t now;
	uint64_t seed, key; // key: of rule, endpoint and direction, for prng_draw(seed, key, state->count)
	struct fault_state *state;
};

struct fault_kind;

struct fault {
	const struct fault_kind *kind;
	struct span where;
	union {
		struct {
			int64_t *steps; // ns; owned
			size_t count;   // 1 and repeat: a constant delay
			bool repeat;    // else the last... frames after the series' end are not delayed
		} delay;
		struct {
			struct address ip; // whom the answer speaks for
			uint8_t mac[6];
		} answer_arp;
		char *note; // owned
	};
};

struct token_stream; // base/lexer.h: the words of the rule's line

struct fault_kind {
	const char *word;    // first word after `do`: "drop", "delay", "answer", "note"
	const char *usage;   // "delay TIME | delay series TIME… [repeat]"
	const char *title;   // one line for the manual
	bool needs_ethernet; // refused where frames come without their Ethernet header
	bool delays;         // the whole flow must be queued
	// Reads the words after the first; 0 or -EINVAL with diags said.
	int (*parse)(struct token_stream *ts, struct fault *ret);
	void (*done)(struct fault *fault); // NULL: nothing owned
	// 0; -ENOMEM; -ENOENT: does not apply to this frame (no ARP request to answer): the rule then did not
	// act.
	int (*apply)(const struct fault *fault, const struct fault_context *context, struct fate *fate);
	// Appends the fault in English ("drops the frame", "delays it by 200 ms") for events and
	// explanations; returns the length as snprintf.
	int (*describe)(const struct fault *fault, char *buf, size_t size);
};

extern const struct fault_kind *const fault_table[]; // NULL-terminated

void fate_done(struct fate *fate); // frees injections

#endif
