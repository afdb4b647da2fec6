// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/timing.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

// How long before a deadline to wake: timers were seen 40 to 125 µs late at the median, 150 to 570 µs in
// user-mode-linux.
#define SPIN         (150 * NS_PER_US)
#define SPIN_PRECISE NS_PER_MS

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t timing_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t timing_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

static void set_timer(int fd, int64_t when)
{
	struct itimerspec its = {.it_value = {0, 0}};

	if (when != TIME_NEVER) {
		its.it_value.tv_sec = when / NS_PER_S;
		its.it_value.tv_nsec = when % NS_PER_S;
		// 0 would switch it off
		if (when <= 0)
			its.it_value.tv_nsec = 1;
	}
	timerfd_settime(fd, TFD_TIMER_ABSTIME, &its, NULL);
}

void timing_wait(int timer_fd, int64_t deadline, bool precise, struct pollfd *fds, nfds_t n)
{
	int64_t spin = precise ? SPIN_PRECISE : SPIN;
	uint64_t expirations;
	int64_t wake = deadline == TIME_NEVER ? TIME_NEVER : deadline - spin;

	if (wake == TIME_NEVER || wake > timing_now()) {
		set_timer(timer_fd, wake);
		if (poll(fds, n, -1) <= 0)
			return;
		if (read(timer_fd, &expirations, sizeof(expirations)) != sizeof(expirations))
			return; // something else woke us
	}
	// Frames that come meanwhile do not wait for the deadline.
	while (timing_now() < deadline)
		if (poll(fds + 1, n - 1, 0) != 0)
			return;
}

void timing_be_precise(void)
{
	struct sched_param param = {.sched_priority = 10};

	if (sched_setscheduler(0, SCHED_FIFO, &param) < 0 || mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		return;
}
