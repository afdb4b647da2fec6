// SPDX-License-Identifier: GPL-2.0-or-later
// offload: the receive offloads of a card (GRO, LRO), which glue frames together before anybody can look at
// them.
#ifndef OFFHOOK_LIVE_OFFLOAD_H
#define OFFHOOK_LIVE_OFFLOAD_H

#include <stdbool.h>

struct offloads {
	bool gro, lro;
};

// In the network namespace of the caller. 0 or -errno (-EOPNOTSUPP: the card has no such thing).
int offloads_get(const char *interface, struct offloads *ret);
int offloads_set(const char *interface, const struct offloads *offloads);

#endif
