// SPDX-License-Identifier: GPL-2.0-or-later
// bridge_state: the bridge's file under /run/offhook: written before the first port is touched.
#ifndef OFFHOOK_LIVE_BRIDGE_STATE_H
#define OFFHOOK_LIVE_BRIDGE_STATE_H

#include "live/bridge.h"

int bridge_state_save(const struct bridge *b);
int bridge_state_load(const char *netns,
		      struct bridge *ret); // -ENOENT; -EBADMSG: the file is not ours, or broken
void bridge_state_remove(const struct bridge *b);

#endif
