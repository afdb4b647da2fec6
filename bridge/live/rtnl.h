// SPDX-License-Identifier: GPL-2.0-or-later
// rtnl: what offhook asks of rtnetlink: look at interfaces, make the bridge, put ports into it, move them
// between namespaces. One blocking request at a time, in the network namespace where it was opened.
#ifndef OFFHOOK_LIVE_RTNL_H
#define OFFHOOK_LIVE_RTNL_H

#include <net/if.h> // IFNAMSIZ
#include <stdbool.h>
#include <stdint.h>

struct rtnl;
int rtnl_open(struct rtnl **ret); // 0 or -errno
void rtnl_close(struct rtnl *nl);

struct link_info {
	int index;
	char name[IFNAMSIZ], kind[16]; // kind: "bridge", "veth", …; "" for a card
	bool up, loopback;
	int master; // ifindex of the bridge or bond it is in, 0: none
	uint32_t mtu;
	uint8_t mac[6];
};

int rtnl_link(struct rtnl *nl, const char *name, struct link_info *ret); // -ENODEV: there is none

// Whether the interface has an address that somebody gave it (IPv6 link-local ones do not count): 0 no, 1
// yes, -errno. text: room of 64 bytes for the address.
int rtnl_has_address(struct rtnl *nl, int index, char *text);
int rtnl_has_default_route(struct rtnl *nl, int index); // 0, 1, -errno

// A silent bridge: no STP, no multicast snooping, group frames forwarded as far as a bridge may.
int rtnl_bridge_new(struct rtnl *nl, const char *name);
int rtnl_bridge_ports(struct rtnl *nl, int bridge, int *indexes, unsigned room, unsigned *ret_count);
int rtnl_port_open(struct rtnl *nl, int index); // lets LACP and the other group addresses through this port
int rtnl_link_delete(struct rtnl *nl, int index);
int rtnl_set_master(struct rtnl *nl, int index, int master); // 0: none
int rtnl_set_up(struct rtnl *nl, int index, bool up);
int rtnl_move(struct rtnl *nl, int index, int netns_fd);

#endif
