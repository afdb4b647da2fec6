// SPDX-License-Identifier: GPL-2.0-or-later
// The stand-in phone's parts.
//
// A phone has one link (TCP connection) to each of its servers. It is registered over one of them; the other
// is the standby, on which it sends heartbeats that the server does not answer with a message (SCCP) or
// answers without registering anything (SIP). failover.c decides which link is which, keepalive.c times and
// judges the keep-alives, sccp.c and sip.c say it in their protocol, link.c moves the bytes.
//
//   phone.c, failover.c  ->  sccp.c, sip.c (rows of struct phone_protocol)  ->  keepalive.c  ->  link.c
//
// All run in one thread and are driven by one loop; a phone and its links live as long as the process.
#ifndef LAB_PHONE_H
#define LAB_PHONE_H

#include "../args_common.h"
#include "../loop_common.h"
#include "../net_common.h"
#include "../report_common.h"
#include "../sccp_common.h"
#include "../sip_common.h"

enum failover_mode { FAILOVER_NORMAL, FAILOVER_DELAYED };

// Why a phone left its server, in its own words (chan-sccp's list of the "Last=" reasons). Not CUCM's
// reasons.
enum last_reason {
	LAST_TCP_TIMEOUT = 10,
	LAST_CM_RESET_TCP = 12,
	LAST_CM_ABORTED_TCP = 13,
	LAST_CM_CLOSED_TCP = 14,
	LAST_CM_ICMP_UNREACH = 15,
	LAST_KEEPALIVE_TO = 17,
	LAST_FAILBACK = 18,
	LAST_RESET_RESET = 22,
	LAST_RESET_RESTART = 23,
	LAST_PHONE_REG_REJ = 24,
	LAST_INITIALIZED = 25,
};

const char *last_reason_text(enum last_reason reason);
// -EINVAL where no reason has that name.
int last_reason_parse(const char *text, enum last_reason *ret_reason);

enum link_state {
	LINK_DOWN,
	LINK_CONNECTING,
	LINK_STANDBY,     // connected, not registered
	LINK_ASKING,      // RegisterTokenReq is out (SCCP, back to the primary)
	LINK_REGISTERING, // Register or the first REGISTER is out
	LINK_REGISTERED,
	LINK_UNREGISTERING, // about to leave for the primary
};

#define RX_SIZE     SIP_MESSAGE_MAX
#define OUTSTANDING 8     // keep-alives awaited at once: more than delayed failover ever has
#define WINDOW_MOST 64    // see keepalive.c
#define MEAN_MOST   10000 // past keep-alives in the mean (document 200410)

struct phone;

struct link {
	struct phone *phone;
	struct sockaddr_in server;
	char server_text[INET_ADDRSTRLEN];
	bool backup;
	enum link_state state;
	struct loop_fd io; // io.fd is -1 while down
	unsigned generation;
	struct loop_timer deadline;  // of what the state waits for; while down: when to try again
	struct loop_timer keepalive; // the next one is due
	struct loop_timer giveup;    // the oldest unanswered one has waited long enough
	struct loop_timer look;      // look at TCP while one is unanswered
	double up_at, registered_at, next_due;
	uint8_t rx[RX_SIZE];
	size_t rx_size;

	unsigned number;          // of the last keep-alive within this registration
	unsigned heartbeats;      // sent while standing by
	double sent[OUTSTANDING]; // times of the unanswered keep-alives, oldest first
	unsigned outstanding;
	unsigned total_before; // segments retransmitted before the oldest of them
	unsigned total_seen;   // ... and when last looked
	double mean;           // of past round trips, real seconds
	unsigned samples;
	double late[WINDOW_MOST]; // lateness of the last keep-alives, a ring
	unsigned late_next;

	double interval;         // granted, real seconds
	double standby_interval; // SCCP: of the heartbeats, real seconds

	// SIP
	uint32_t cseq, awaited_cseq;
	char call_id[96], tag[40];
};

struct lab;

struct phone {
	struct lab *lab;
	unsigned index;
	char name[DEVICE_NAME_SIZE];
	uint8_t mac[6];
	char mac_text[13], line[8], uuid[40];
	struct sockaddr_in local;
	char local_text[INET_ADDRSTRLEN];
	struct link links[2]; // primary, backup
	struct link *target;  // registered there, or trying to be
	struct loop_timer monitor;
	enum last_reason last;
	uint32_t random;
};

struct phone_protocol {
	const char *name;
	uint16_t port;
	void (*stand_by)(struct link *link);  // the link came up, or was left, as the standby
	void (*enlist)(struct link *link);    // register on it
	void (*keepalive)(struct link *link); // the next one is due
	void (*heartbeat)(struct link *link); // the next one on the standby is due
	void (*ask_token)(struct link *link); // may the phone come back?
	void (*unregister)(struct link *link);
	// Takes one message off rx. 0, -EAGAIN (not yet whole) or -EBADMSG; ret_size: what it took.
	int (*take)(struct link *link, size_t *ret_size);
};

extern const struct phone_protocol phone_sccp, phone_sip;

struct options {
	const struct phone_protocol *protocol;
	const char *name;
	unsigned count;
	struct sockaddr_in local, servers[2];
	bool have_backup, standby, flush_neighbour;
	enum failover_mode failover;
	enum last_reason reason;
	const char *device, *json;
	double speed, seconds;
	// true-scale seconds; lab_scale() divides
	double monitor, delta, retry, answer, connect, patience;
	unsigned window, missed, expires;
};

struct counters {
	unsigned registrations, keepalives, answered, late, heartbeats, unregistered, failovers, failbacks,
		refused;
};

struct lab {
	struct options options;
	struct loop loop;
	struct report report;
	struct counters counters;
	int netlink, interface; // for flush_neighbour
	struct phone *phones;
};

static inline double lab_scale(const struct lab *lab, double seconds)
{
	return seconds / lab->options.speed;
}

// failover.c
void phone_init(struct phone *phone, struct lab *lab, unsigned index, const struct sockaddr_in *local);
void phone_start(struct phone *phone);
void phone_connected(struct link *link);
void phone_registered(struct link *link); // the server has accepted
void phone_token(struct link *link, bool granted, double wait);
void phone_unregistered(struct link *link); // the server has let it go
// The link is no good any more. `silent`: the server is not to be trusted to answer, so there is no point in
// a FIN.
void phone_lose(struct link *link, enum last_reason reason, bool silent);
uint32_t phone_random(struct phone *phone);

// link.c
void link_init(struct link *link, struct phone *phone, const struct sockaddr_in *server, bool backup);
void link_connect(struct link *link);
void link_close(struct link *link, enum last_reason reason, bool silent);
// One write. 0 or -errno; what could not be sent is counted, and the loop tells of a broken connection.
int link_send(struct link *link, const void *message, size_t size);
void link_await(struct link *link, enum link_state state, double seconds);
json_t *link_event(const struct link *link, const char *event);

// keepalive.c
void keepalive_init(struct link *link);
void keepalive_begin(struct link *link); // a registration begins: numbers start at 1
void keepalive_end(struct link *link);
void keepalive_before(struct link *link);   // just before the message goes out
void keepalive_sent(struct link *link);     // just after
void keepalive_answered(struct link *link); // the oldest one was
void heartbeat_sent(struct link *link);

#endif
