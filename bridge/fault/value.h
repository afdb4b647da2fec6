// SPDX-License-Identifier: GPL-2.0-or-later
// value: addresses as the words of a rule's line.
#ifndef OFFHOOK_FAULT_VALUE_H
#define OFFHOOK_FAULT_VALUE_H

#include "base/lexer.h"
#include "wire/frame.h"

// 10.10.10.202. Returns 0, or -EINVAL with the mistake told.
int tokens_ipv4(struct token_stream *ts, const char *what, struct address *ret);

// A station's own address (no group address): f4:0f:1b:1e:26:a9, f4-0f-1b-1e-26-a9 or, as Cisco's switches
// show it, f40f.1b1e.26a9. Returns 0, or -EINVAL with the mistake told.
int tokens_mac(struct token_stream *ts, const char *what, uint8_t ret[6]);

#endif
