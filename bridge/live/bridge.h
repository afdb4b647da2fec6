// SPDX-License-Identifier: GPL-2.0-or-later
// bridge: the Ethernet bridge itself: made, adopted, looked at, taken down. It outlives the run that made it,
// since phones hang on it; what the ports were before stands in a file under /run/offhook, so that they can
// be given back as they were, also after a run was killed.
#ifndef OFFHOOK_LIVE_BRIDGE_H
#define OFFHOOK_LIVE_BRIDGE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "live/offload.h"
#include "wire/frame.h"

#define BRIDGE_NAME    "offhook0"
#define BRIDGE_NETNS   "offhook" // by default
#define BRIDGE_PORTS   16        // on both sides together
#define BRIDGE_STATE   "/run/offhook"
#define BRIDGE_MESSAGE 512

struct bridge_port {
	char name[IFNAMSIZ];
	enum side side;
	int index; // in the bridge's namespace; 0: the interface is gone
	// As it was before:
	bool up, ipv6_disabled, offloads_known;
	struct offloads offloads;
};

struct bridge {
	char netns[64];  // "": the namespace of whoever made it
	uint64_t origin; // inode of the namespace that the ports came from
	struct bridge_port ports[BRIDGE_PORTS];
	unsigned port_count;
};

// What is asked for: comma-separated interface names; netns "" for none.
struct bridge_plan {
	const char *phones, *cucm, *netns;
};

// Makes the bridge, or adopts it where it is there with the same ports, and enters its namespace (the calling
// thread stays in it). message: BRIDGE_MESSAGE bytes, a sentence where it fails. *ret_adopted: it was there.
// Returns 0, -EINVAL (the plan is wrong), -EPERM, or another -errno; nothing is left half done.
int bridge_up(const struct bridge_plan *plan, struct bridge *ret, bool *ret_adopted, char *message);

// Reads what is known of the bridge of that namespace (netns "": of the one we are in). -ENOENT: there is
// none.
int bridge_load(const char *netns, struct bridge *ret);

// Gives the ports back as they were, and removes the bridge and its namespace. Called from the namespace that
// the ports came from.
int bridge_down(const char *netns, char *message);

// Enters the bridge's namespace and fills the ports' indexes.
int bridge_enter(struct bridge *b, char *message);

#endif
