// SPDX-License-Identifier: GPL-2.0-or-later
// describe: a frame in one short line for people: who to whom, and what it says.
#ifndef OFFHOOK_ENGINE_DESCRIBE_H
#define OFFHOOK_ENGINE_DESCRIBE_H

#include "wire/frame.h"

// "10.10.10.11:49152 → 10.10.10.202:2000 SCCP KeepAliveReq", "ARP who has 10.10.10.202, asks 10.10.10.11".
// Printable. Returns buf.
#define FRAME_TEXT 200
char *frame_describe(const struct frame *f, char *buf, size_t size);

#endif
