// SPDX-License-Identifier: GPL-2.0-or-later
// timing: the clock, and waiting for a deadline more exactly than a timer can: asleep until shortly before
// it, then spinning.
#ifndef OFFHOOK_LIVE_TIMING_H
#define OFFHOOK_LIVE_TIMING_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

int64_t timing_now(void);  // CLOCK_MONOTONIC, ns
int64_t timing_wall(void); // CLOCK_REALTIME, ns since 1970

// Returns when one of fds has something (fds[0] is the timer), or at the deadline (TIME_NEVER: none), or on a
// signal.
void timing_wait(int timer_fd, int64_t deadline, bool precise, struct pollfd *fds, nfds_t n);

// Real-time priority and locked memory, as far as they are allowed. Quietly does without.
void timing_be_precise(void);

#endif
