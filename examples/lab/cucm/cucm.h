// SPDX-License-Identifier: GPL-2.0-or-later
// The stand-in CUCM's parts: cucm.c (command line, listeners), client.c (connections), registry.c (who is
// registered, for how long, and how it ended), sccp.c and sip.c (what is said).
#ifndef LAB_CUCM_H
#define LAB_CUCM_H

#include "../args_common.h"
#include "../loop_common.h"
#include "../net_common.h"
#include "../report_common.h"
#include "../sccp_common.h"
#include "../sip_common.h"

// CISCO-CCM-MIB's reasons of EndPointUnregistered, those that this stand-in has cause to give.
enum unregister_reason {
	REASON_CONNECTIVITY_ERROR = 6,      // the connection ended without a word
	REASON_DEVICE_UNREGISTERED = 10,    // the phone said so
	REASON_KEEPALIVE_TIMEOUT = 13,      // nothing was heard in time
	REASON_DUPLICATE_REGISTRATION = 16, // the same device registered on another connection
};

enum on_timeout { ON_TIMEOUT_CLOSE, ON_TIMEOUT_RESET, ON_TIMEOUT_SILENCE };

#define RX_SIZE SIP_MESSAGE_MAX

struct cucm;

struct client {
	struct cucm *cucm;
	const struct server_protocol *protocol;
	struct loop_fd io;
	struct sockaddr_in peer;
	char peer_text[INET_ADDRSTRLEN];
	uint8_t rx[RX_SIZE];
	size_t rx_size;
	bool registered, doomed; // doomed: to be freed when its event has been handled
	char name[DEVICE_NAME_SIZE];
	struct loop_timer timeout; // of the registration
	double registered_at, heard_at;
	unsigned keepalives;
	struct client *next;
};

struct server_protocol {
	const char *name; // "sccp"
	const char *syslog_name, *last_signal;
	// Takes one message off rx. 0, -EAGAIN (not yet whole) or -EBADMSG.
	int (*take)(struct client *client, size_t *ret_size);
};

extern const struct server_protocol server_sccp, server_sip;

struct options {
	const char *name, *json, *syslog;
	struct sockaddr_in listen;
	unsigned sccp_port, sip_port, keepalive, secondary, sip_expires, missed;
	double delta, grace, speed, seconds; // true scale
	enum on_timeout on_timeout;
};

struct listener {
	struct cucm *cucm;
	const struct server_protocol *protocol;
	struct loop_fd io;
};

struct cucm {
	struct options options;
	struct loop loop;
	struct report report;
	FILE *syslog; // NULL: none
	struct listener listeners[2];
	struct client *clients;
	unsigned registrations, keepalives, timeouts, unregistered;
	uint32_t next_tag;
};

// client.c
void client_accept(void *listener, uint32_t events);
int client_send(struct client *client, const void *message, size_t size);
void clients_done(struct cucm *cucm);

// registry.c
void registry_register(struct client *client, const char *name, double patience); // seconds, true scale
void registry_keepalive(struct client *client, double patience);
void registry_unregister(struct client *client, enum unregister_reason reason);
json_t *client_event(const struct client *client, const char *event);

#endif
