// SPDX-License-Identifier: GPL-2.0-or-later
// Which server the phone is registered with: start, failover to the other one, return to the primary.
//
// On failover the phone registers over its standby connection and at once opens a new connection to the
// server it has left (the new SYN of case 1.2). Once registered with the backup it watches the primary: when
// that connection has stood for the connection monitor duration (120 s) it goes back: RegisterTokenReq on the
// primary (SCCP), leave the backup, register with the primary.
#include "phone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	enum last_reason reason;
	const char *text;
} last_reasons[] = {
	{LAST_TCP_TIMEOUT, "TCP-timeout"},
	{LAST_CM_RESET_TCP, "CM-reset-TCP"},
	{LAST_CM_ABORTED_TCP, "CM-aborted-TCP"},
	{LAST_CM_CLOSED_TCP, "CM-closed-TCP"},
	{LAST_CM_ICMP_UNREACH, "CM-ICMP-Unreach"},
	{LAST_KEEPALIVE_TO, "KeepaliveTO"},
	{LAST_FAILBACK, "Failback"},
	{LAST_RESET_RESET, "Reset-Reset"},
	{LAST_RESET_RESTART, "Reset-Restart"},
	{LAST_PHONE_REG_REJ, "Phone-Reg-Rej"},
	{LAST_INITIALIZED, "Initialized"},
};

const char *last_reason_text(enum last_reason reason)
{
	for (size_t i = 0; i < sizeof(last_reasons) / sizeof(last_reasons[0]); i++)
		if (last_reasons[i].reason == reason)
			return last_reasons[i].text;
	return "unknown";
}

int last_reason_parse(const char *text, enum last_reason *ret_reason)
{
	for (size_t i = 0; i < sizeof(last_reasons) / sizeof(last_reasons[0]); i++) {
		if (strcasecmp(last_reasons[i].text, text) == 0) {
			*ret_reason = last_reasons[i].reason;
			return 0;
		}
	}
	return -EINVAL;
}

static struct link *primary(struct phone *phone)
{
	return &phone->links[0];
}

// The other server's link, or NULL where the phone has but one.
static struct link *other(struct link *link)
{
	if (!link->phone->lab->options.have_backup)
		return NULL;
	return &link->phone->links[link->backup ? 0 : 1];
}

static void enlist(struct link *link)
{
	struct lab *lab = link->phone->lab;

	keepalive_begin(link);
	link_await(link, LINK_REGISTERING, lab->options.answer);
	lab->options.protocol->enlist(link);
}

static void register_on(struct link *link)
{
	link->phone->target = link;
	switch (link->state) {
	case LINK_DOWN:
		link_connect(link);
		break;
	case LINK_STANDBY:
		enlist(link);
		break;
	case LINK_CONNECTING: // goes on when the connection is there
	case LINK_ASKING:
	case LINK_REGISTERING:
	case LINK_REGISTERED:
	case LINK_UNREGISTERING:
		break;
	}
}

static void try_again_later(struct link *link)
{
	link_await(link, LINK_DOWN, link->phone->lab->options.retry);
}

static void failover(struct link *from, struct link *to, enum last_reason reason)
{
	struct lab *lab = from->phone->lab;
	json_t *line = link_event(to, "failover");

	json_object_set_new(line, "from", json_string(from->server_text));
	json_object_set_new(line, "reason", json_string(last_reason_text(reason)));
	report_end(&lab->report, line);
	lab->counters.failovers++;
	register_on(to);
}

static void report_unregistered(struct link *link, enum last_reason reason)
{
	struct lab *lab = link->phone->lab;
	json_t *line = link_event(link, "unregistered");

	json_object_set_new(line, "reason", json_string(last_reason_text(reason)));
	json_object_set_new(line, "n", json_integer(link->number));
	json_object_set_new(line, "registered_for",
			    report_seconds(loop_now(&lab->loop) - link->registered_at));
	report_end(&lab->report, line);
	lab->counters.unregistered++;
}

void phone_lose(struct link *link, enum last_reason reason, bool silent)
{
	struct phone *phone = link->phone;
	struct lab *lab = phone->lab;
	struct link *next = other(link);
	bool registered = link->state == LINK_REGISTERED || link->state == LINK_UNREGISTERING;
	bool targeted = phone->target == link;

	if (registered)
		report_unregistered(link, reason);
	link_close(link, reason, silent);
	loop_disarm(&lab->loop, &phone->monitor);
	try_again_later(link);
	if (!targeted)
		return;
	// The account in the next Alarm is of the registration that was lost, not of a server that was tried
	// in vain.
	if (registered)
		phone->last = reason;
	if (!next)
		return;
	if (registered || next->state == LINK_STANDBY || next->backup)
		failover(link, next, reason);
	else
		phone->target = next; // both are down: its own retry is pending
	if (registered && lab->options.standby && link->state == LINK_DOWN)
		link_connect(link);
}

// Watches the primary from the backup; see the head of this file.
static void watch_primary(struct phone *phone)
{
	struct lab *lab = phone->lab;
	struct link *link = primary(phone);
	double since;

	if (phone->target == link || phone->target->state != LINK_REGISTERED || link->state != LINK_STANDBY)
		return;
	since = link->up_at > phone->target->registered_at ? link->up_at : phone->target->registered_at;
	loop_arm_at(&lab->loop, &phone->monitor, since + lab_scale(lab, lab->options.monitor));
}

static void monitored(void *arg)
{
	struct phone *phone = arg;
	struct lab *lab = phone->lab;

	report_end(&lab->report, link_event(primary(phone), "token"));
	link_await(primary(phone), LINK_ASKING, lab->options.answer);
	lab->options.protocol->ask_token(primary(phone));
}

void phone_token(struct link *link, bool granted, double wait)
{
	struct phone *phone = link->phone;
	struct lab *lab = phone->lab;

	if (link->state != LINK_ASKING)
		return;
	link_await(link, LINK_STANDBY, 0);
	if (!granted || phone->target == link || phone->target->state != LINK_REGISTERED) {
		loop_arm(&lab->loop, &phone->monitor, lab_scale(lab, wait > 0 ? wait : lab->options.monitor));
		return;
	}
	keepalive_end(phone->target);
	link_await(phone->target, LINK_UNREGISTERING, lab->options.answer);
	lab->options.protocol->unregister(phone->target);
}

void phone_unregistered(struct link *link)
{
	struct phone *phone = link->phone;
	struct lab *lab = phone->lab;

	if (link->state != LINK_UNREGISTERING)
		return;
	report_unregistered(link, LAST_FAILBACK);
	link_await(link, LINK_STANDBY, 0);
	phone->last = LAST_FAILBACK;
	report_end(&lab->report, link_event(primary(phone), "failback"));
	lab->counters.failbacks++;
	register_on(primary(phone));
	lab->options.protocol->stand_by(link);
}

void phone_connected(struct link *link)
{
	struct phone *phone = link->phone;

	if (phone->target == link) {
		enlist(link);
		return;
	}
	phone->lab->options.protocol->stand_by(link);
	watch_primary(phone);
}

void phone_registered(struct link *link)
{
	struct phone *phone = link->phone;
	struct lab *lab = phone->lab;
	struct link *second = other(link);

	link_await(link, LINK_REGISTERED, 0);
	link->registered_at = loop_now(&lab->loop);
	lab->counters.registrations++;
	if (second && second->state == LINK_DOWN && lab->options.standby)
		link_connect(second);
	watch_primary(phone);
}

static void late_for_state(void *arg)
{
	struct link *link = arg;
	struct phone *phone = link->phone;

	switch (link->state) {
	case LINK_DOWN:
		if (phone->target == link || phone->lab->options.standby)
			link_connect(link);
		break;
	case LINK_CONNECTING:
	case LINK_REGISTERING:
		phone_lose(link, LAST_TCP_TIMEOUT, true);
		break;
	case LINK_ASKING:
		phone_token(link, false, 0);
		break;
	case LINK_UNREGISTERING:
		phone_unregistered(link);
		break;
	case LINK_STANDBY:
	case LINK_REGISTERED:
		break;
	}
}

// xorshift32: tags and branches that differ from phone to phone and from start to start.
uint32_t phone_random(struct phone *phone)
{
	uint32_t x = phone->random;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return phone->random = x;
}

void phone_init(struct phone *phone, struct lab *lab, unsigned index, const struct sockaddr_in *local)
{
	const struct options *options = &lab->options;

	phone->lab = lab;
	phone->index = index;
	phone->local = *local;
	phone->last = options->reason;
	net_text(local, phone->local_text);
	args_device(options->name, index, phone->name, phone->mac);
	for (int i = 0; i < 6; i++)
		snprintf(phone->mac_text + 2 * i, 3, "%02x", phone->mac[i]);
	snprintf(phone->line, sizeof(phone->line), "%u", 5000 + index);
	phone->random = (uint32_t)time(NULL) ^ (index + 1) * 2654435761u;
	if (!phone->random)
		phone->random = 1;
	snprintf(phone->uuid, sizeof(phone->uuid), "%08x-%04x-%04x-%04x-%s", phone_random(phone),
		 phone_random(phone) & 0xffff, phone_random(phone) & 0xffff, phone_random(phone) & 0xffff,
		 phone->mac_text);
	phone->monitor = (struct loop_timer){.fire = monitored, .arg = phone};
	for (int i = 0; i < 2; i++) {
		link_init(&phone->links[i], phone, &options->servers[i], i == 1);
		phone->links[i].deadline =
			(struct loop_timer){.fire = late_for_state, .arg = &phone->links[i]};
		keepalive_init(&phone->links[i]);
	}
	phone->target = primary(phone);
}

void phone_start(struct phone *phone)
{
	register_on(primary(phone));
}
