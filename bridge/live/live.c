// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/live.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "live/inject.h"
#include "live/monitor.h"
#include "live/nft.h"
#include "live/queue.h"
#include "live/slots.h"
#include "live/timing.h"

#define QUEUE_LENGTH  65536 // frames the kernel holds for us
#define HELD_MAX      60000 // frames we hold at most: below it, so that the loss is ours to tell
#define READ_MOST     256   // messages a turn, so that deadlines are met under load
#define LONG_HOLD     (5 * NS_PER_MS)
#define DRAIN_TIMEOUT (2 * NS_PER_S)

struct port {
	const struct bridge_port *bridge;
	uint16_t ordinal; // on its side
	int fd;           // to inject by
	bool down;
};

struct live_counts {
	uint64_t gso, checksum_open, inject_failed, moved, lost, foreign_ports, unread;
	uint64_t own_mac_seen;
};

struct live {
	const struct live_options *o;
	struct engine *engine;
	struct report *report;
	struct queue *first, *second; // second NULL: held frames stay where they are
	struct nft *nft;
	struct monitor *monitor;
	struct slots *slots;
	struct port ports[BRIDGE_PORTS];
	unsigned port_count;
	struct live_counts counts;
	struct nft_counts nft_counts;
	int timer, signals;
	uint32_t cookie;
	int64_t start, end;
	bool stopping;
};

static int refuse(char *message, int error, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static int refuse(char *message, int error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, LIVE_MESSAGE, fmt, ap);
	va_end(ap);
	return error;
}

static struct port *port_of(struct live *l, uint32_t ifindex)
{
	for (unsigned i = 0; i < l->port_count; i++)
		if ((uint32_t)l->ports[i].bridge->index == ifindex)
			return &l->ports[i];
	return NULL;
}

// --- what the engine asks for ---

static void go_on(struct live *l, struct slot *slot)
{
	switch (slot->place) {
	case SLOT_FIRST:
		queue_accept(l->first, slot->kernel, slot->mark);
		slots_remove(l->slots, slot);
		break;
	case SLOT_SECOND:
		queue_accept(l->second, slot->kernel, slot->mark);
		slots_remove(l->slots, slot);
		break;
	case SLOT_MOVING:
		slot->released = true;
		break;
	}
}

static void on_release(void *ctx, uint64_t id)
{
	struct live *l = ctx;
	struct slot *slot = slots_find(l->slots, (uint32_t)id);

	if (slot)
		go_on(l, slot);
}

static void on_inject(void *ctx, enum side side, int ordinal, const uint8_t *data, uint32_t len)
{
	struct live *l = ctx;

	for (unsigned i = 0; i < l->port_count; i++) {
		struct port *p = &l->ports[i];

		if (p->bridge->side != side || (ordinal >= 0 && p->ordinal != ordinal))
			continue;
		if (p->fd < 0 || inject_frame(p->fd, p->bridge->index, data, len) < 0)
			l->counts.inject_failed++;
	}
}

static void on_event(void *ctx, const struct event *event)
{
	struct live *l = ctx;

	report_event(l->report, event);
}

// --- frames in ---

// Without ports of our own the direction is told by who talks to a server's port.
static enum side side_by_ports(const struct queue_frame *q)
{
	static const uint16_t servers[] = {2000, 2443, 5060, 5061};
	struct frame f = {.data = q->data, .captured = q->len, .wire = q->wire, .has_eth = q->has_l2};

	frame_decode(&f);
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++)
		if (f.sport == servers[i] && f.dport != servers[i])
			return SIDE_CUCM;
	return SIDE_PHONES;
}

static uint32_t next_cookie(struct live *l)
{
	do
		l->cookie++;
	while (l->cookie == 0 || slots_find(l->slots, l->cookie));
	return l->cookie;
}

static void hold(struct live *l, const struct queue_frame *q, uint32_t cookie)
{
	struct slot s = {.cookie = cookie, .kernel = q->id, .mark = q->mark, .ifindex = q->ifindex};

	if (l->second && engine_due(l->engine, cookie) - q->read > LONG_HOLD) {
		s.place = SLOT_MOVING;
		l->counts.moved++;
	}
	if (!slots_add(l->slots, &s)) {
		engine_lost(l->engine, cookie);
		queue_accept(l->first, q->id, q->mark);
	} else if (s.place == SLOT_MOVING) {
		queue_move(l->first, q->id, queue_number(l->second), cookie);
	}
}

static void on_frame(void *ctx, const struct queue_frame *q)
{
	struct live *l = ctx;
	const struct port *port = port_of(l, q->ifindex);
	struct frame f = {
		.data = q->data, .captured = q->len, .wire = q->wire, .time = q->time, .has_eth = q->has_l2};
	uint32_t cookie;

	if (!q->data || l->stopping || (l->o->bridge && !port)) {
		l->counts.foreign_ports += l->o->bridge && !port;
		queue_accept(l->first, q->id, q->mark);
		return;
	}
	l->counts.gso += q->gso;
	l->counts.checksum_open += q->checksum_open;
	f.number = queue_counts(l->first).frames;
	f.side = port ? port->bridge->side : side_by_ports(q);
	f.port = port ? port->ordinal : 0;
	cookie = next_cookie(l);
	switch (engine_frame(l->engine, &f, cookie)) {
	case VERDICT_ACCEPT:
		queue_accept(l->first, q->id, q->mark);
		break;
	case VERDICT_DROP:
		queue_drop(l->first, q->id);
		break;
	case VERDICT_HOLD:
		hold(l, q, cookie);
		break;
	}
}

// A held frame has arrived in the second queue.
static void on_moved(void *ctx, const struct queue_frame *q)
{
	struct live *l = ctx;
	struct slot *slot = slots_find(l->slots, q->mark);

	if (!slot || slot->place != SLOT_MOVING) {
		queue_accept(l->second, q->id, q->mark);
		return;
	}
	slot->place = SLOT_SECOND;
	slot->kernel = q->id;
	if (slot->released)
		go_on(l, slot);
}

// --- what happens around us ---

// The kernel has dropped what it held for that port (0: for all).
static void forget_held(struct live *l, uint32_t ifindex, const char *why)
{
	struct slot s;
	uint64_t n = 0;

	while (slots_take_port(l->slots, ifindex, &s)) {
		engine_lost(l->engine, s.cookie);
		n++;
	}
	l->counts.lost += n;
	report_say(l->report, timing_now(), "%s: %" PRIu64 " held frames were lost with it", why, n);
}

static void on_monitor(void *ctx, const struct monitor_event *e)
{
	struct live *l = ctx;
	struct port *p = port_of(l, (uint32_t)e->ifindex);
	char why[128];

	switch (e->kind) {
	case MONITOR_PORT_UP:
		if (p && p->down)
			report_say(l->report, timing_now(), "port %s is up again", p->bridge->name);
		if (p)
			p->down = false;
		break;
	case MONITOR_PORT_DOWN:
	case MONITOR_PORT_GONE:
		if (!p || p->down)
			break;
		p->down = true;
		snprintf(why, sizeof(why), "port %s %s", p->bridge->name,
			 e->kind == MONITOR_PORT_GONE ? "was deleted" : "went down");
		forget_held(l, (uint32_t)e->ifindex, why);
		break;
	case MONITOR_TABLE_DELETED:
		if (l->stopping || (e->name && strcmp(e->name, NFT_TABLE) == 0))
			break;
		snprintf(why, sizeof(why),
			 "the nftables table %s of this namespace was changed (a chain deleted)",
			 e->name ? e->name : "?");
		forget_held(l, 0, why);
		break;
	case MONITOR_OVERRUN:
		report_say(l->report, timing_now(), "the kernel told of more changes than could be read");
		break;
	}
}

// --- start and end ---

static int queue_refusal(char *message, uint16_t number, int r)
{
	struct queue_kernel k = {0};

	if (r == -EBUSY) {
		queue_kernel_state(number, &k);
		return refuse(message, r,
			      "queue %u is taken, by the process with netlink port %u: end it, or choose "
			      "another (--queue-number)",
			      number, k.portid);
	}
	if (r == -EPERM || r == -EACCES)
		return refuse(message, r,
			      "no right to use NFQUEUE: offhook needs CAP_NET_ADMIN (run it as root)");
	return refuse(message, r,
		      "the kernel gives no NFQUEUE (%s): it needs CONFIG_NETFILTER_NETLINK_QUEUE; try "
		      "modprobe nfnetlink_queue",
		      strerror(-r));
}

static int open_queues(struct live *l, char *message)
{
	struct queue_options first = {.number = l->o->queue, .copy_packets = true, .length = QUEUE_LENGTH};
	struct queue_options second = {.number = (uint16_t)(l->o->queue + 1), .length = QUEUE_LENGTH};
	int r = queue_open(&first, &l->first);

	if (r < 0)
		return queue_refusal(message, first.number, r);
	r = queue_open(&second, &l->second);
	if (r < 0 && l->o->bridge)
		return queue_refusal(message, second.number, r);
	return 0; // a queue of the user's own may have a neighbour: then held frames stay where they are
}

static int nft_refusal(char *message, int r, char *said)
{
	char *line = said ? strchr(said, '\n') : NULL;

	if (line)
		*line = '\0';
	if (r == -EOPNOTSUPP)
		refuse(message, r,
		       "this kernel has no nftables queue for bridges (CONFIG_NFT_QUEUE, "
		       "CONFIG_NF_TABLES_BRIDGE; try modprobe nft_queue): run it in the lab (scripts/lab), "
		       "or feed a queue yourself (--queue N)");
	else if (r == -EEXIST)
		refuse(message, r,
		       "another offhook runs in this namespace: its table bridge " NFT_TABLE " is there");
	else if (r == -EPERM)
		refuse(message, r,
		       "no right to load the nftables table: offhook needs CAP_NET_ADMIN (run it as root)");
	else
		refuse(message, r, "nftables refused the table: %s", said ? said : strerror(-r));
	free(said);
	return r;
}

static int load_table(struct live *l, char *message)
{
	const char *names[2][BRIDGE_PORTS + 1] = {{NULL}};
	struct nft_plan plan = {.ports = {names[0], names[1]}, .queue = l->o->queue};
	char **matches[2] = {NULL, NULL};
	unsigned count[2] = {0, 0};
	char *said;
	int r = 0;

	for (unsigned i = 0; i < l->port_count; i++) {
		const struct bridge_port *p = l->ports[i].bridge;

		names[p->side][count[p->side]++] = p->name;
	}
	for (int side = 0; side < 2 && r == 0; side++) {
		r = ruleset_kernel_match(l->o->rules, side, &matches[side]);
		plan.matches[side] = matches[side];
	}
	if (r < 0) {
		refuse(message, r, "out of memory");
	} else {
		r = nft_open(&plan, &l->nft, &said);
		if (r < 0)
			nft_refusal(message, r, said);
	}
	kernel_match_free(matches[0]);
	kernel_match_free(matches[1]);
	return r;
}

static int open_ports(struct live *l, char *message)
{
	unsigned count[2] = {0, 0};

	for (unsigned i = 0; l->o->bridge && i < l->o->bridge->port_count; i++) {
		struct port *p = &l->ports[l->port_count++];

		p->bridge = &l->o->bridge->ports[i];
		p->ordinal = (uint16_t)count[p->bridge->side]++;
		p->fd = inject_open(p->bridge->index);
		if (p->fd < 0)
			return refuse(message, p->fd, "cannot send by %s: %s", p->bridge->name,
				      strerror(-p->fd));
	}
	return 0;
}

static int open_core(struct live *l, char *message)
{
	struct engine_driver driver = {
		.ctx = l, .release = on_release, .inject = on_inject, .event = on_event};
	struct engine_options options = {.seed = l->o->seed, .start = l->start, .held_max = HELD_MAX};
	struct report_options report = {.out = l->o->out,
					.json = l->o->json,
					.quiet = l->o->quiet,
					.start = l->start,
					.speed = l->o->speed};

	report.wall = timing_wall();
	options.tracker.time_scale = l->o->speed;
	l->report = report_new(&report);
	l->slots = slots_new();
	if (!l->report || !l->slots || engine_new(l->o->rules, &options, &driver, &l->engine) < 0)
		return refuse(message, -ENOMEM, "out of memory");
	return 0;
}

static int open_signals(struct live *l)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	l->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return l->signals < 0 || l->timer < 0 ? -errno : 0;
}

static int open_all(struct live *l, char *message)
{
	int r = open_signals(l);

	l->start = timing_now();
	l->end = time_add(l->start, l->o->duration);
	if (r < 0)
		return refuse(message, r, "cannot make a timer: %s", strerror(-r));
	r = open_core(l, message);
	if (r == 0)
		r = open_ports(l, message);
	if (r == 0)
		r = open_queues(l, message);
	if (r == 0 && l->o->bridge)
		r = load_table(l, message);
	if (r == 0 && l->o->bridge && monitor_open(&l->monitor) < 0)
		report_say(l->report, timing_now(),
			   "cannot watch the ports: a port that goes down will not be told");
	return r;
}

// --- the loop ---

static void serve_queues(struct live *l)
{
	int r = queue_read(l->first, READ_MOST, on_frame, l);

	if (r < 0)
		report_say(l->report, timing_now(), "reading the queue failed: %s", strerror(-r));
	if (l->second) {
		queue_read(l->second, READ_MOST, on_moved, l);
		queue_flush(l->first);
	}
}

static void serve_time(struct live *l)
{
	engine_time(l->engine, timing_now());
	queue_flush(l->first);
	if (l->second)
		queue_flush(l->second);
}

// Sleeps until something comes or is due. The last stretch before a deadline is spent spinning: a timer alone
// comes late by more than a fault may.
static void wait_for_work(struct live *l)
{
	struct pollfd fds[6] = {{.fd = l->timer, .events = POLLIN},
				{.fd = l->signals, .events = POLLIN},
				{.fd = queue_fd(l->first), .events = POLLIN}};
	nfds_t n = 3;
	int64_t next = engine_next(l->engine);

	if (l->second)
		fds[n++] = (struct pollfd){.fd = queue_fd(l->second), .events = POLLIN};
	if (l->monitor) {
		fds[n++] = (struct pollfd){.fd = monitor_link_fd(l->monitor), .events = POLLIN};
		fds[n++] = (struct pollfd){.fd = monitor_table_fd(l->monitor), .events = POLLIN};
	}
	timing_wait(l->timer, next < l->end ? next : l->end, l->o->precise, fds, n);
}

static bool stop_asked(struct live *l)
{
	struct signalfd_siginfo si;

	return read(l->signals, &si, sizeof(si)) == sizeof(si) || timing_now() >= l->end;
}

static void loop(struct live *l)
{
	while (!stop_asked(l)) {
		wait_for_work(l);
		serve_queues(l);
		serve_time(l);
		if (l->monitor)
			monitor_read(l->monitor, on_monitor, l);
		if (report_error(l->report) < 0)
			return;
	}
}

// Releases what is held, in order, then lets go of what still waits in the queues.
static void drain(struct live *l)
{
	int64_t until;

	if (l->nft) {
		serve_queues(l); // what was counted before the rules went is read before
		nft_stop_queueing(l->nft, &l->nft_counts);
		serve_queues(l);
	}
	l->stopping = true;
	engine_flush(l->engine, timing_now());
	queue_flush(l->first);
	if (l->second)
		queue_flush(l->second);
	for (until = timing_now() + DRAIN_TIMEOUT; slots_count(l->slots) && timing_now() < until;) {
		struct pollfd fd = {.fd = queue_fd(l->second ? l->second : l->first), .events = POLLIN};

		poll(&fd, 1, 10);
		serve_queues(l);
	}
	serve_queues(l);
	l->counts.lost += slots_count(l->slots);
}

static void tell_end(struct live *l)
{
	struct queue_counts q = queue_counts(l->first),
			    s = l->second ? queue_counts(l->second) : (struct queue_counts){0};
	struct queue_kernel k = {0}, k2 = {0};
	uint64_t unseen = l->nft_counts.queued > q.frames ? l->nft_counts.queued - q.frames : 0;

	queue_kernel_state(l->o->queue, &k);
	if (l->second)
		queue_kernel_state((uint16_t)(l->o->queue + 1), &k2);
	const struct fact facts[] = {
		{FACT_SEEN, "received", "frames received by the ports", l->nft_counts.received},
		{FACT_SEEN, "queued", "frames that the kernel queued for us",
		 l->o->bridge ? l->nft_counts.queued : q.frames},
		{FACT_SEEN, "gso", "super-packets among them", l->counts.gso},
		{FACT_SEEN, "checksum_open", "frames with an open checksum", l->counts.checksum_open},
		{FACT_DONE, "moved", "frames held in the second queue", l->counts.moved},
		{FACT_UNSEEN, "passed_unseen", "queued frames that passed by unseen", unseen},
		{FACT_UNSEEN, "overruns", "times the kernel's socket overflowed", q.overruns + s.overruns},
		{FACT_UNSEEN, "queue_full", "frames the queue had no room for",
		 k.dropped_full + k2.dropped_full},
		{FACT_UNSEEN, "socket_full", "frames our socket had no room for",
		 k.dropped_user + k2.dropped_user},
		{FACT_UNSEEN, "held_lost", "held frames that were lost", l->counts.lost},
		{FACT_UNSEEN, "verdicts_lost", "verdicts that came too late for their frame",
		 q.verdicts_lost + s.verdicts_lost},
		{FACT_UNSEEN, "verdict_errors", "verdicts that the kernel refused",
		 q.verdict_errors + s.verdict_errors},
		{FACT_UNSEEN, "inject_failed", "frames that could not be injected", l->counts.inject_failed},
		{FACT_UNSEEN, "foreign_ports", "frames from ports that are not ours",
		 l->counts.foreign_ports},
		{FACT_UNSEEN, "no_timestamp", "frames without the kernel's receive time", q.no_timestamp},
	};
	struct report_summary summary = {.rules = l->o->rules,
					 .engine = l->engine,
					 .seed = l->o->seed,
					 .now = timing_now(),
					 .facts = facts,
					 .fact_count = sizeof(facts) / sizeof(facts[0])};

	report_summary(l->report, &summary);
}

static void close_all(struct live *l)
{
	monitor_close(l->monitor);
	queue_close(l->first);
	queue_close(l->second);
	nft_close(l->nft);
	for (unsigned i = 0; i < l->port_count; i++)
		if (l->ports[i].fd >= 0)
			close(l->ports[i].fd);
	engine_free(l->engine);
	slots_free(l->slots);
	report_free(l->report);
	if (l->timer >= 0)
		close(l->timer);
	if (l->signals >= 0)
		close(l->signals);
}

int live_run(const struct live_options *options, char *message)
{
	struct live l = {.o = options, .timer = -1, .signals = -1};
	int r = open_all(&l, message);

	if (r == 0) {
		if (options->precise)
			timing_be_precise();
		report_say(l.report, l.start, "offhook runs, seed %" PRIu64 "%s", options->seed,
			   options->rules->rule_count ? "" : ", without rules: it only watches");
		loop(&l);
		drain(&l);
		tell_end(&l);
		r = report_error(l.report);
		if (r < 0)
			refuse(message, r, "cannot write the output: %s", strerror(-r));
	}
	close_all(&l);
	return r;
}
