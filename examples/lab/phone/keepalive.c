// SPDX-License-Identifier: GPL-2.0-or-later
// Keep-alives of a registration: their numbers, round trips and lateness, and the rule by which the phone
// gives its server up.
//
// Cisco's document 200410 says of SCCP phones: normal failover takes the mean time in which CUCM answered the
// past 10000 keep-alives and waits by it; delayed failover waits three keep-alive intervals. How the mean
// becomes a waiting time is not published; the capture in the same document has a phone on a LAN (mean well
// below 1 ms) give up 2.402 s after a keep-alive that nothing answered, and its text has normal failover
// leave a server whose answers merely fluctuate, by 200 to 590 ms. A waiting time for each keep-alive alone
// cannot do both. So here
//
//     lateness of a keep-alive  =  time waited for its answer  -  mean of past round trips   (at least 0)
//     normal: leave as soon as the lateness of the last `window` keep-alives, the waiting one included, adds
//     up to
//             `patience` (2.4 s), or one has waited `missed` intervals
//     delayed: leave when one has waited `missed` (3) intervals
//
// One unanswered keep-alive after a calm past: 2.4 s + mean. Answers that come 0.1, 200, 0.18, 0.678, 590,
// 0.1, 345, 456, 0.345 ms late, over and over: normal leaves within two rounds, delayed never. --patience and
// --window set it.
//
// A SIP phone gives each REGISTER `answer` (32 s, timer F: 64 x T1), whatever its failover mode.
#include "phone.h"

#include <math.h>
#include <string.h>

static double lateness_of_window(const struct link *link)
{
	const struct options *options = &link->phone->lab->options;
	double sum = 0;

	// The waiting keep-alive is one of the window.
	for (unsigned i = 1; i < options->window; i++)
		sum += link->late[(link->late_next + WINDOW_MOST - i) % WINDOW_MOST];
	return sum;
}

static void arm_giveup(struct link *link)
{
	struct lab *lab = link->phone->lab;
	const struct options *options = &lab->options;
	double wait;

	if (!link->outstanding) {
		loop_disarm(&lab->loop, &link->giveup);
		return;
	}
	if (options->protocol == &phone_sip) {
		wait = lab_scale(lab, options->answer);
	} else {
		wait = options->missed * link->interval;
		if (options->failover == FAILOVER_NORMAL) {
			double left = lab_scale(lab, options->patience) - lateness_of_window(link);

			wait = fmin(wait, link->mean + fmax(left, 0));
		}
	}
	loop_arm_at(&lab->loop, &link->giveup, link->sent[0] + wait);
}

static void arm_look(struct link *link, const struct tcp_view *view)
{
	// Often enough to see every retransmission, never more than 200 times a second.
	loop_arm(&link->phone->lab->loop, &link->look, fmin(fmax(view->rto / 4, 0.005), 1));
}

void keepalive_begin(struct link *link)
{
	keepalive_end(link);
	link->number = 0;
	memset(link->late, 0, sizeof(link->late));
	link->late_next = 0;
}

void keepalive_end(struct link *link)
{
	struct loop *loop = &link->phone->lab->loop;

	link->outstanding = 0;
	loop_disarm(loop, &link->keepalive);
	loop_disarm(loop, &link->giveup);
	loop_disarm(loop, &link->look);
}

void keepalive_before(struct link *link)
{
	struct lab *lab = link->phone->lab;
	struct tcp_view view;

	if (lab->options.flush_neighbour)
		net_neighbour_flush(lab->netlink, lab->interface, link->server.sin_addr);
	if (!link->outstanding && net_tcp_view(link->io.fd, &view) == 0)
		link->total_before = link->total_seen = view.total;
}

void keepalive_sent(struct link *link)
{
	struct lab *lab = link->phone->lab;
	json_t *line = link_event(link, "keepalive");
	struct tcp_view view = {0};

	link->number++;
	lab->counters.keepalives++;
	net_tcp_view(link->io.fd, &view);
	json_object_set_new(line, "n", json_integer(link->number));
	report_tcp(line, &view);
	report_end(&lab->report, line);
	if (link->outstanding == OUTSTANDING)
		return;
	link->sent[link->outstanding++] = loop_now(&lab->loop);
	if (link->outstanding == 1) {
		arm_giveup(link);
		arm_look(link, &view);
	}
}

// While an answer is awaited: says so each time the kernel has retransmitted.
static void look(void *arg)
{
	struct link *link = arg;
	struct lab *lab = link->phone->lab;
	struct tcp_view view;
	json_t *line;

	if (net_tcp_view(link->io.fd, &view) < 0)
		return;
	arm_look(link, &view);
	if (view.total == link->total_seen)
		return;
	link->total_seen = view.total;
	line = link_event(link, "late");
	json_object_set_new(line, "n", json_integer(link->number - link->outstanding + 1));
	json_object_set_new(line, "waited", report_seconds(loop_now(&lab->loop) - link->sent[0]));
	report_tcp(line, &view);
	report_end(&lab->report, line);
}

static void learn(struct link *link, double rtt)
{
	double late = link->samples ? fmax(rtt - link->mean, 0) : 0;

	link->late[link->late_next] = late;
	link->late_next = (link->late_next + 1) % WINDOW_MOST;
	if (link->samples < MEAN_MOST)
		link->samples++;
	link->mean += (rtt - link->mean) / link->samples;
}

void keepalive_answered(struct link *link)
{
	struct lab *lab = link->phone->lab;
	struct tcp_view view = {0};
	double rtt;
	json_t *line;

	if (!link->outstanding)
		return; // an answer that nobody asked for
	rtt = loop_now(&lab->loop) - link->sent[0];
	net_tcp_view(link->io.fd, &view);
	line = link_event(link, "keepalive_ack");
	json_object_set_new(line, "n", json_integer(link->number - link->outstanding + 1));
	json_object_set_new(line, "rtt", report_seconds(rtt));
	json_object_set_new(line, "mean", report_seconds(link->mean));
	json_object_set_new(line, "copies", json_integer(1 + view.total - link->total_before));
	report_tcp(line, &view);
	report_end(&lab->report, line);
	lab->counters.answered++;
	if (view.total != link->total_before)
		lab->counters.late++;
	learn(link, rtt);
	link->total_before = link->total_seen = view.total;
	memmove(link->sent, link->sent + 1, --link->outstanding * sizeof(link->sent[0]));
	arm_giveup(link);
	if (!link->outstanding)
		loop_disarm(&lab->loop, &link->look);
}

void heartbeat_sent(struct link *link)
{
	struct lab *lab = link->phone->lab;
	json_t *line = link_event(link, "heartbeat");
	struct tcp_view view = {0};

	net_tcp_view(link->io.fd, &view);
	json_object_set_new(line, "n", json_integer(++link->heartbeats));
	report_tcp(line, &view);
	report_end(&lab->report, line);
	lab->counters.heartbeats++;
}

static void due(void *arg)
{
	struct link *link = arg;
	const struct phone_protocol *protocol = link->phone->lab->options.protocol;

	if (link->state == LINK_REGISTERED)
		protocol->keepalive(link);
	else if (link->state == LINK_STANDBY)
		protocol->heartbeat(link);
}

static void give_up(void *arg)
{
	phone_lose(arg, LAST_KEEPALIVE_TO, true);
}

void keepalive_init(struct link *link)
{
	link->keepalive = (struct loop_timer){.fire = due, .arg = link};
	link->giveup = (struct loop_timer){.fire = give_up, .arg = link};
	link->look = (struct loop_timer){.fire = look, .arg = link};
}
