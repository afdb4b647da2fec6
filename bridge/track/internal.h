// SPDX-License-Identifier: GPL-2.0-or-later
// internal: what the tracker's parts share. Each part owns its table; pointers between them are by owner and
// are dropped together: an endpoint owns its registrations, a connection names its registration by id.
#ifndef OFFHOOK_TRACK_INTERNAL_H
#define OFFHOOK_TRACK_INTERNAL_H

#include <uthash.h>

#include "track/track.h"
#include "wire/stream.h"

// Compared bytewise: zeroed before they are filled.
struct endpoint_key {
	struct address ip;
	int32_t vlan;
};

struct registration_entry;

struct endpoint_entry {
	struct endpoint is; // first
	struct endpoint_key key;
	struct registration_entry *registrations; // by next_of_endpoint
	bool known_speaker;                       // EVENT_ENDPOINT was sent
	struct endpoint_entry *prev, *next;       // least recently heard first
	UT_hash_handle hh;
};

// A keep-alive, or a registering message, that waits for its answer.
struct pending {
	bool waits;
	uint32_t number; // 0: a registering message
	uint32_t copies;
	int64_t first, last; // times of its first and last copy
	uint32_t cseq;       // SIP
	int64_t asked;       // SIP: seconds asked for
	bool heartbeat, leaving;
};

struct registration_entry {
	struct registration is; // first
	struct pending pending;
	bool registering;     // Register or first REGISTER sent, no answer yet
	int64_t last_request; // time of the last keep-alive's first copy, -1
	int64_t between;      // the last two keep-alives, 0: not known
	int64_t heard;        // when the server last heard a keep-alive (or answered the registration)
	size_t heap_at;       // in the deadlines, SIZE_MAX: not there
	struct registration_entry *next_of_endpoint;
	UT_hash_handle hh; // by id
};

#define RECENT 8 // requests and answers whose copies can be told

// A message that carried a keep-alive or its answer, so that its copies are known again.
struct recent {
	uint32_t seq, end;
	uint32_t number, copies;
	int64_t last;
	bool used, answer;
};

struct connection_key {
	struct address phone, server;
	int32_t vlan;
	uint16_t phone_port, server_port;
};

struct direction {
	struct stream *stream;
	struct recent recent[RECENT];
	unsigned recent_at;
	uint32_t next_seq; // behind the last byte seen
	bool started;
};

struct connection {
	struct connection_key key;
	struct direction to_cucm, to_phone;
	uint64_t registration; // id, 0: none
	bool syn_seen, established, phone_closed, server_closed;
	struct connection *prev, *next; // least recently heard first
	UT_hash_handle hh;
};

struct arp_entry;

struct tracker {
	struct tracker_options o;
	struct tracker_counts counts;
	int64_t now;
	struct endpoint_entry *endpoints, *endpoints_idle, *endpoints_speaking;
	size_t endpoint_count;
	struct mac_entry *macs, *macs_by_age;
	size_t mac_count;
	struct connection *connections, *connections_by_age;
	size_t connection_count;
	struct registration_entry *registrations;
	struct registration_entry **heap; // by deadline
	size_t heap_count, heap_room;
	struct arp_entry *arp, *arp_by_age;
	size_t arp_count;
	uint64_t next_endpoint, next_registration;
	struct stream_counts gone; // of streams that are no more
	// During one frame:
	const struct frame *frame;
	struct sighting *sighting;
	struct endpoint_entry *endpoint;
	struct connection *connection;
};

// --- endpoints.c
struct endpoint_entry *endpoint_get(struct tracker *t, int32_t vlan, const struct address *ip,
				    const uint8_t *mac);
void endpoint_named(struct tracker *t, struct endpoint_entry *e, const char *name);
void endpoint_speaks(struct tracker *t, struct endpoint_entry *e); // SCCP or SIP: worth an event, kept longer
void endpoints_done(struct tracker *t);

// --- connections.c
int connection_frame(struct tracker *t, struct frame *f, bool *ret_signalling);
void connections_done(struct tracker *t);

// --- registrations.c
struct registration_entry *registration_get(struct tracker *t, struct endpoint_entry *e,
					    const struct address *server, uint16_t port, bool sip);
struct registration_entry *registration_by_id(struct tracker *t, uint64_t id);
void registration_remove(struct tracker *t, struct registration_entry *r);
void registration_starts(struct tracker *t, struct registration_entry *r); // a Register was sent
void registration_granted(struct tracker *t, struct registration_entry *r, int64_t interval);
void registration_assumed(struct tracker *t, struct registration_entry *r);
void registration_refused(struct tracker *t, struct registration_entry *r, uint32_t status, const char *text);
void registration_left(struct tracker *t, struct registration_entry *r, const char *how);
uint32_t keepalive_sent(struct tracker *t,
			struct registration_entry *r); // its first copy; returns its number
void keepalive_copied(struct tracker *t, struct registration_entry *r, uint32_t number, uint32_t copy,
		      int64_t gap);
void keepalive_answered(struct tracker *t, struct registration_entry *r);
bool registration_lives(const struct registration_entry *r); // registered, assumed or standby
struct event registration_event(const struct tracker *t, enum event_kind kind,
				const struct registration_entry *r, char server[ADDRESS_TEXT]);
void tell(struct tracker *t, const struct event *e);

// --- deadlines.c
void deadline_set(struct tracker *t, struct registration_entry *r, int64_t when); // TIME_NEVER: none
struct registration_entry *deadline_passed(struct tracker *t, int64_t now); // one of them, taken out; or NULL

// --- messages.c: one SCCP or SIP message of the current connection or datagram
void sccp_message_seen(struct tracker *t, struct endpoint_entry *e, const struct message *m, bool to_cucm);
void sip_message_seen(struct tracker *t, struct endpoint_entry *e, const struct message *m, bool to_cucm);

// --- arp.c
void arp_seen(struct tracker *t, const struct frame *f);
void arp_done(struct tracker *t);

#endif
