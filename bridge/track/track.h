// SPDX-License-Identifier: GPL-2.0-or-later
// track: what the network is doing: endpoints, registrations, keep-alives, TCP's retransmissions, ARP. Frames
// go in as they are received; facts come out as events, and as a sighting that the rules' conditions read. No
// I/O, no clock. All state is capped, the least recently heard goes first, and what was forgotten is counted.
#ifndef OFFHOOK_TRACK_TRACK_H
#define OFFHOOK_TRACK_TRACK_H

#include "base/clock.h"
#include "track/event.h"
#include "wire/frame.h"

enum registration_state {
	REGISTRATION_CONNECTING, // connection or Register seen, no answer yet
	REGISTRATION_REGISTERED,
	REGISTRATION_ASSUMED,       // picked up in mid-stream
	REGISTRATION_STANDBY,       // connection to a backup: heartbeats only
	REGISTRATION_LEFT,          // ended, seen
	REGISTRATION_LEFT_PRESUMED, // ended, presumed
};

struct keepalive_counts {
	uint64_t sent;     // keep-alives, not copies
	uint64_t copies;   // retransmissions
	uint64_t answered; // on the first copy
	uint64_t late;     // after a retransmission
	uint64_t unanswered;
	uint64_t frames_lost; // copies that this program dropped, and copies known lost otherwise
};

struct endpoint {
	uint64_t id;   // ordinal of first sight, from 1
	uint64_t key;  // stable for (VLAN, IP): for chance; never 0
	char name[64]; // what to show: SEP…, else "VLAN 20 10.1.1.7", else "10.1.1.7"; printable
	bool named;    // a device name is known
	int32_t vlan;  // -1: untagged
	struct address ip;
	uint8_t mac[6];
	bool behind_router; // its MAC speaks for several addresses
};

struct registration {
	uint64_t id; // ordinal, from 1
	const struct endpoint *endpoint;
	struct address server;
	uint16_t server_port;
	bool sip;
	enum registration_state state;
	int64_t since;      // when it was registered, or assumed
	int64_t interval;   // ns between keep-alives as granted, -1: not known
	int64_t due;        // when the next keep-alive is due, TIME_NEVER: not known
	int64_t deadline;   // when the server gives up, TIME_NEVER: not known
	uint32_t keepalive; // number of the last one
	struct keepalive_counts counts;
	int64_t last_round_trip, last_gap; // ns, -1
	char how[64];                      // how it ended
};

// What one frame is in the eyes of the tracker.
struct sighting {
	const struct endpoint *endpoint;         // NULL: none (no IP, no ARP)
	const struct registration *registration; // NULL
	bool to_cucm;                            // direction
	uint32_t keepalive; // number of the keep-alive that starts in this frame (or that this frame
			    // answers), 0: none
	uint32_t copy;   // of the frame's message, 1: the first; 0 where keepalive is 0 and nothing is known
	bool answer;     // the keep-alive's answer, not the request
	int64_t gap;     // since the copy before, -1
	uint64_t ticket; // for tracker_fate(), 0: it does not care
};

struct tracker_options {
	size_t endpoints_max, connections_max; // 0: 65536 and 131072
	int64_t missed_intervals;              // SCCP server gives up after so many intervals; 0: 3
	int64_t sip_grace;                     // ns past the granted time; 0: 15 s
	int64_t sip_delta;                     // ns, timerRegisterDelta; 0: 5 s
	int64_t time_scale; // timers of a scaled lab are divided by this; 0: 1. Granted intervals read from
			    // the wire too.
	event_fn *event;    // may be NULL
	void *ctx;
};

struct tracker_counts {
	uint64_t endpoints, registrations, arp_conflicts, tcp_keepalives;
	uint64_t endpoints_forgotten, connections_forgotten;
	uint64_t stream_bytes_given_up, stream_resyncs, messages_malformed, messages;
};

struct tracker;
struct tracker *tracker_new(const struct tracker_options *options); // NULL: no memory
void tracker_free(struct tracker *t);

// One frame as received (decoded, f->time its time). It sets f->stream_skip and decodes again where a
// message's start differs from the segment's. *ret is valid until the next call. Returns 0 or -ENOMEM.
int tracker_frame(struct tracker *t, struct frame *f, struct sighting *ret);

// What became of it: the server hears only what was delivered. delivered: time it left, or TIME_NEVER:
// dropped.
void tracker_fate(struct tracker *t, const struct sighting *sighting, int64_t delivered);

// Time passes without a frame: deadlines. And when the next one is (TIME_NEVER: none).
void tracker_time(struct tracker *t, int64_t now);
int64_t tracker_next(const struct tracker *t);

// A rule has answered an ARP request itself: what the real owner answers then is no conflict of the site's.
void tracker_arp_injected(struct tracker *t, int32_t vlan, const struct address *ip, const uint8_t *mac);

struct tracker_counts tracker_counts(const struct tracker *t);

// Walks endpoints by id and registrations by id; fn returns false to stop.
void tracker_registrations(const struct tracker *t, bool (*fn)(void *ctx, const struct registration *r),
			   void *ctx);
void tracker_endpoints(const struct tracker *t, bool (*fn)(void *ctx, const struct endpoint *e), void *ctx);

#endif
