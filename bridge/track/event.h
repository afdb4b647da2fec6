// SPDX-License-Identifier: GPL-2.0-or-later
// event: one thing that was seen or done, as plain facts. The tracker and the engine make them; the terminal,
// the JSON lines and the evidence read them. All pointers are valid only during the call that hands the event
// over.
#ifndef OFFHOOK_TRACK_EVENT_H
#define OFFHOOK_TRACK_EVENT_H

#include "wire/frame.h"

enum event_kind {
	EVENT_ENDPOINT,    // first sight of an endpoint that speaks SCCP or SIP, or its name becoming known
	EVENT_CONNECTED,   // TCP handshake with a server done
	EVENT_REGISTERING, // Register or first REGISTER sent
	EVENT_REGISTERED,  // RegisterAck or 200: interval
	EVENT_ASSUMED,     // picked up in mid-stream: taken for registered
	EVENT_REJECTED,    // RegisterReject, 4xx …: status, text
	EVENT_KEEPALIVE,   // first copy of a keep-alive: number
	EVENT_KEEPALIVE_COPY,       // a retransmission: number, copy, gap
	EVENT_KEEPALIVE_ANSWERED,   // number, round_trip, copy = copies sent; late when copy > 1
	EVENT_KEEPALIVE_UNANSWERED, // number, copy: given up (next one came, left, or connection ended)
	EVENT_LEFT,                 // registration ended, seen: how in text
	EVENT_PRESUMED,             // registration ended, presumed: its deadline passed in silence
	EVENT_TCP_KEEPALIVE,        // TCP's own keep-alive, not the application's
	EVENT_ARP_CONFLICT, // two answers for one address contradict: ip, mac (first), mac2 (second), gap
	EVENT_ALARM,        // the phone's own account: text
	EVENT_ROUTER,       // one MAC speaks for several endpoints' addresses: mac
	EVENT_FAULT,        // a rule acted on a frame: rule, text = what was done
	EVENT_NOTE,         // a rule's note: rule, text
	EVENT_WAITS,        // a rule cannot apply yet: rule, text = why
	EVENT_WARNING,      // anything the user must know about this run: text
	EVENT_KIND_COUNT
};

struct event {
	int64_t time; // ns, the driver's line
	enum event_kind kind;
	uint64_t frame;       // number of the frame, 0: none
	const char *endpoint; // name to show, NULL: none
	const char *server;   // address of the server as text, NULL
	const char *protocol; // "SCCP", "SIP", NULL
	const char *rule;     // NULL
	const char *text;     // NULL
	const char
		*flow; // "10.1.1.1:49152 → 10.1.1.2:2000 TCP KeepAlive": what the frame was, for FAULT; NULL
	uint32_t number, copy;             // keep-alive's number and copy (or copies); 0: none
	bool late, dropped;                // ANSWERED: late; FAULT: the frame was dropped
	uint32_t status;                   // SIP status, 0
	int64_t gap, round_trip, interval; // ns, -1: none
	int64_t delay;                     // FAULT: ns, -1: none
	const struct address *ip;          // NULL
	const uint8_t *mac, *mac2;         // NULL
};

static inline struct event event_of(enum event_kind kind, int64_t time)
{
	return (struct event){
		.time = time, .kind = kind, .gap = -1, .round_trip = -1, .interval = -1, .delay = -1};
}

// A stable word for machines: "keepalive_answered".
const char *event_kind_word(enum event_kind kind);

typedef void event_fn(void *ctx, const struct event *event);

#endif
