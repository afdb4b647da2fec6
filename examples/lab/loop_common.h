// SPDX-License-Identifier: GPL-2.0-or-later
// One thread's event loop: epoll for sockets, a binary heap for timers, a signalfd for SIGTERM and SIGINT.
//
// Contract: a timer or descriptor is owned by the struct it is embedded in; disarm or remove it before that
// struct goes. Both may be done from any callback, also for a descriptor whose event is still to be told in
// this round. All times are real seconds (already divided by the speed) since loop_init.
#ifndef LAB_LOOP_COMMON_H
#define LAB_LOOP_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <time.h>

struct loop_timer {
	double at;
	void (*fire)(void *arg);
	void *arg;
	size_t place; // in the heap, from 1; 0: not armed
};

struct loop_fd {
	int fd;
	void (*ready)(void *arg, uint32_t events);
	void *arg;
};

#define LOOP_BATCH 64

struct loop {
	int epoll;
	int signals;
	bool stopping;
	struct timespec start;
	struct loop_timer **heap; // [0] unused
	size_t armed, room;
	struct epoll_event batch[LOOP_BATCH];
	int batch_next, batch_size;
};

int loop_init(struct loop *loop);
void loop_done(struct loop *loop);

// Seconds since loop_init, of CLOCK_MONOTONIC.
double loop_now(const struct loop *loop);

// (Re)arms a timer to fire once, `after` seconds from now. -ENOMEM.
int loop_arm(struct loop *loop, struct loop_timer *timer, double after);
int loop_arm_at(struct loop *loop, struct loop_timer *timer, double at);
void loop_disarm(struct loop *loop, struct loop_timer *timer);

int loop_add(struct loop *loop, struct loop_fd *io, uint32_t events);
int loop_change(struct loop *loop, struct loop_fd *io, uint32_t events);
void loop_remove(struct loop *loop, struct loop_fd *io);

// Runs until loop_stop, SIGTERM or SIGINT, or until `seconds` have passed where that is above 0. 0 or -errno.
int loop_run(struct loop *loop, double seconds);
void loop_stop(struct loop *loop);

#endif
