// SPDX-License-Identifier: GPL-2.0-or-later
#include "loop_common.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

int loop_init(struct loop *loop)
{
	struct epoll_event event = {.events = EPOLLIN};
	sigset_t set;
	int r;

	memset(loop, 0, sizeof(*loop));
	loop->epoll = loop->signals = -1;
	clock_gettime(CLOCK_MONOTONIC, &loop->start);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (loop->epoll < 0 || loop->signals < 0 ||
	    epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->signals, &event) < 0) {
		r = -errno;
		loop_done(loop);
		return r;
	}
	return 0;
}

void loop_done(struct loop *loop)
{
	if (loop->epoll >= 0)
		close(loop->epoll);
	if (loop->signals >= 0)
		close(loop->signals);
	free(loop->heap);
	memset(loop, 0, sizeof(*loop));
	loop->epoll = loop->signals = -1;
}

double loop_now(const struct loop *loop)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - loop->start.tv_sec) + (double)(now.tv_nsec - loop->start.tv_nsec) / 1e9;
}

static void put(struct loop *loop, struct loop_timer *timer, size_t place)
{
	loop->heap[place] = timer;
	timer->place = place;
}

static void rise(struct loop *loop, size_t place)
{
	struct loop_timer *timer = loop->heap[place];

	while (place > 1 && timer->at < loop->heap[place / 2]->at) {
		put(loop, loop->heap[place / 2], place);
		place /= 2;
	}
	put(loop, timer, place);
}

static void sink(struct loop *loop, size_t place)
{
	struct loop_timer *timer = loop->heap[place];

	for (size_t child; (child = 2 * place) <= loop->armed; place = child) {
		if (child < loop->armed && loop->heap[child + 1]->at < loop->heap[child]->at)
			child++;
		if (timer->at <= loop->heap[child]->at)
			break;
		put(loop, loop->heap[child], place);
	}
	put(loop, timer, place);
}

void loop_disarm(struct loop *loop, struct loop_timer *timer)
{
	size_t place = timer->place;
	struct loop_timer *last;

	if (!place)
		return;
	timer->place = 0;
	last = loop->heap[loop->armed--];
	if (last == timer)
		return;
	put(loop, last, place);
	rise(loop, place);
	sink(loop, last->place);
}

int loop_arm_at(struct loop *loop, struct loop_timer *timer, double at)
{
	if (!timer->place && loop->armed + 2 > loop->room) {
		size_t room = loop->room ? loop->room * 2 : 64;
		struct loop_timer **heap = realloc(loop->heap, room * sizeof(*heap));

		if (!heap)
			return -ENOMEM;
		loop->heap = heap;
		loop->room = room;
	}
	loop_disarm(loop, timer);
	timer->at = at;
	put(loop, timer, ++loop->armed);
	rise(loop, timer->place);
	return 0;
}

int loop_arm(struct loop *loop, struct loop_timer *timer, double after)
{
	return loop_arm_at(loop, timer, loop_now(loop) + after);
}

static int control(struct loop *loop, int what, struct loop_fd *io, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = io};

	return epoll_ctl(loop->epoll, what, io->fd, &event) < 0 ? -errno : 0;
}

int loop_add(struct loop *loop, struct loop_fd *io, uint32_t events)
{
	return control(loop, EPOLL_CTL_ADD, io, events);
}

int loop_change(struct loop *loop, struct loop_fd *io, uint32_t events)
{
	return control(loop, EPOLL_CTL_MOD, io, events);
}

void loop_remove(struct loop *loop, struct loop_fd *io)
{
	control(loop, EPOLL_CTL_DEL, io, 0);
	// What epoll has told already of this descriptor must not reach its owner any more.
	for (int i = loop->batch_next; i < loop->batch_size; i++)
		if (loop->batch[i].data.ptr == io)
			loop->batch[i].events = 0;
}

void loop_stop(struct loop *loop)
{
	loop->stopping = true;
}

static void fire_due(struct loop *loop)
{
	// As of one instant, so that timers which rearm themselves at once cannot starve the sockets.
	double now = loop_now(loop);

	while (!loop->stopping && loop->armed && loop->heap[1]->at <= now) {
		struct loop_timer *timer = loop->heap[1];

		loop_disarm(loop, timer);
		timer->fire(timer->arg);
	}
}

static void tell_ready(struct loop *loop)
{
	while (loop->batch_next < loop->batch_size && !loop->stopping) {
		struct epoll_event *event = &loop->batch[loop->batch_next++];
		struct loop_fd *io = event->data.ptr;

		if (!event->events)
			continue;
		if (!io)
			loop_stop(loop);
		else
			io->ready(io->arg, event->events);
	}
}

int loop_run(struct loop *loop, double seconds)
{
	double until = seconds > 0 ? loop_now(loop) + seconds : INFINITY;

	while (!loop->stopping) {
		double now = loop_now(loop), next = until;
		struct timespec wait = {0};

		if (loop->armed && loop->heap[1]->at < next)
			next = loop->heap[1]->at;
		if (now >= until)
			break;
		if (next > now) {
			wait.tv_sec = next - now > 3600 ? 3600 : (time_t)(next - now);
			wait.tv_nsec = (long)((fmin(next - now, 3600) - (double)wait.tv_sec) * 1e9);
		}
		loop->batch_next = 0;
		loop->batch_size = epoll_pwait2(loop->epoll, loop->batch, LOOP_BATCH, &wait, NULL);
		if (loop->batch_size < 0) {
			if (errno != EINTR)
				return -errno;
			loop->batch_size = 0;
		}
		tell_ready(loop);
		fire_due(loop);
	}
	return 0;
}
