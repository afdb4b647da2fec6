// SPDX-License-Identifier: GPL-2.0-or-later
// inject: frames that offhook makes leave by a port, through AF_PACKET, past the bridge.
#ifndef OFFHOOK_LIVE_INJECT_H
#define OFFHOOK_LIVE_INJECT_H

#include <stddef.h>
#include <stdint.h>

int inject_open(int ifindex); // a descriptor for that port, or -errno
// One whole frame, tags in place. 0 or -errno.
int inject_frame(int fd, int ifindex, const uint8_t *data, size_t len);

#endif
