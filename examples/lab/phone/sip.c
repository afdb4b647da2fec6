// SPDX-License-Identifier: GPL-2.0-or-later
// The phone's side of SIP: REGISTER with Expires 3600, granted less; a refresh without body, timed from the
// 200; to the other server REGISTER with Expires 0 and `;expires=0;cisco-keep-alive`, a heartbeat.
//
// The heartbeat goes out right after the 200 to each refresh: the phone wakes once for both servers. (What
// spaces heartbeats in a real phone is not in the published captures. A clock of its own would drift into the
// refresh, and then a switch that drops the first frame after a silence would drop now the one, now the
// other.)
#include "phone.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

static void new_dialog(struct link *link)
{
	struct phone *phone = link->phone;

	link->cseq = 100 + phone_random(phone) % 100;
	snprintf(link->tag, sizeof(link->tag), "%s%04x%08x-%08x", phone->mac_text,
		 phone_random(phone) & 0xffff, phone_random(phone), phone_random(phone));
	snprintf(link->call_id, sizeof(link->call_id), "%.8s-%.4s%04x-%08x-%08x@%s", phone->mac_text,
		 phone->mac_text + 8, phone_random(phone) & 0xffff, phone_random(phone), phone_random(phone),
		 phone->local_text);
}

static uint16_t local_port(const struct link *link)
{
	struct sockaddr_in local = {0};
	socklen_t size = sizeof(local);

	getsockname(link->io.fd, (struct sockaddr *)&local, &size);
	return ntohs(local.sin_port);
}

static int say_register(struct link *link, bool first, bool heartbeat, unsigned expires)
{
	struct phone *phone = link->phone;
	struct sip_register request = {
		.name = phone->name,
		.mac = phone->mac_text,
		.line = phone->line,
		.uuid = phone->uuid,
		.server = link->server_text,
		.local = phone->local_text,
		.port = local_port(link),
		.call_id = link->call_id,
		.tag = link->tag,
		.branch = phone_random(phone),
		.cseq = ++link->cseq,
		.expires = expires,
		.heartbeat = heartbeat,
		.first = first,
		.alarm = phone->last,
		.last = last_reason_text(phone->last),
		.session = phone->index + 1,
	};
	struct sip_writer writer;

	sip_write_register(&writer, &request);
	if (writer.overflow)
		return -EMSGSIZE;
	link->awaited_cseq = link->cseq;
	return link_send(link, writer.bytes, writer.size);
}

static void enlist(struct link *link)
{
	struct phone *phone = link->phone;
	json_t *line = link_event(link, "register");

	new_dialog(link);
	json_object_set_new(line, "code", json_integer(phone->last));
	json_object_set_new(line, "reason", json_string(last_reason_text(phone->last)));
	report_end(&phone->lab->report, line);
	say_register(link, true, false, phone->lab->options.expires);
}

static void keepalive(struct link *link)
{
	keepalive_before(link);
	if (say_register(link, false, false, link->phone->lab->options.expires) == 0)
		keepalive_sent(link);
}

static void heartbeat(struct link *link)
{
	struct lab *lab = link->phone->lab;

	keepalive_before(link);
	if (say_register(link, false, true, 0) < 0)
		return;
	heartbeat_sent(link);
	loop_arm(&lab->loop, &link->giveup, lab_scale(lab, lab->options.answer));
}

static void stand_by(struct link *link)
{
	// A heartbeat as soon as the connection is there. One that was left keeps its connection until the
	// next refresh.
	if (link->heartbeats == 0 || !link->call_id[0] || link->phone->target->state == LINK_REGISTERED) {
		new_dialog(link);
		heartbeat(link);
	}
}

static void ask_token(struct link *link)
{
	phone_token(link, true, 0); // SIP has no such question
}

static void unregister(struct link *link)
{
	say_register(link, false, false, 0);
}

// The granted time in seconds: the `expires` of the phone's own Contact first, else the Expires header;
// accepted only if below what was asked.
static uint32_t granted(const struct link *link, const struct sip_message *response)
{
	const struct options *options = &link->phone->lab->options;
	struct text contact, value;
	uint32_t seconds = options->expires, said;

	for (unsigned i = 0; sip_header(response, "Contact", i, &contact); i++) {
		struct text device;

		if (!sip_param(contact, "+u.sip!devicename.ccm.cisco.com", &device) ||
		    !text_equals(device, link->phone->name))
			continue;
		if (sip_param(contact, "expires", &value) && sip_number(value, &said) == 0)
			return said < seconds ? said : seconds;
	}
	if (sip_header(response, "Expires", 0, &value) && sip_number(value, &said) == 0 && said < seconds)
		seconds = said;
	return seconds;
}

// A REGISTER was answered with 200 at this moment: the next one is due after the granted time less the delta.
static void schedule(struct link *link, uint32_t seconds)
{
	struct lab *lab = link->phone->lab;
	double wait = seconds - lab->options.delta;

	// A grant shorter than the delta would have the phone send without pause.
	link->interval = lab_scale(lab, wait >= 1 ? wait : 1);
	loop_arm(&lab->loop, &link->keepalive, link->interval);
}

static void accepted(struct link *link, const struct sip_message *response)
{
	struct lab *lab = link->phone->lab;
	struct link *second = &link->phone->links[link->backup ? 0 : 1];
	uint32_t seconds;
	json_t *line;

	switch (link->state) {
	case LINK_REGISTERING:
		seconds = granted(link, response);
		if (!seconds) {
			phone_lose(link, LAST_PHONE_REG_REJ, false);
			return;
		}
		line = link_event(link, "registered");
		json_object_set_new(line, "interval", json_integer(seconds));
		report_end(&lab->report, line);
		schedule(link, seconds);
		phone_registered(link);
		break;
	case LINK_REGISTERED:
		keepalive_answered(link);
		schedule(link, granted(link, response));
		if (second->state == LINK_STANDBY)
			heartbeat(second);
		break;
	case LINK_STANDBY:
		loop_disarm(&lab->loop, &link->giveup);
		report_end(&lab->report, link_event(link, "heartbeat_ack"));
		break;
	case LINK_UNREGISTERING:
		phone_unregistered(link);
		break;
	case LINK_DOWN:
	case LINK_CONNECTING:
	case LINK_ASKING:
		break;
	}
}

static void handle(struct link *link, const struct sip_message *message)
{
	unsigned status = sip_status(message);
	struct text value;
	uint32_t cseq;

	if (status < 200) // 100 Trying; or a request, which nobody sends to this phone
		return;
	if (!sip_header(message, "CSeq", 0, &value) || sip_number(value, &cseq) < 0 ||
	    cseq != link->awaited_cseq)
		return;
	link->awaited_cseq = 0;
	if (status < 300)
		accepted(link, message);
	else
		phone_lose(link, LAST_PHONE_REG_REJ, false);
}

static int take(struct link *link, size_t *ret_size)
{
	struct sip_message message;
	enum sip_frame kind;
	size_t size;
	int r = sip_next((const char *)link->rx, link->rx_size, &kind, &message, &size);

	if (r < 0)
		return r;
	switch (kind) {
	case SIP_FRAME_MESSAGE:
		handle(link, &message);
		break;
	case SIP_FRAME_PING:
		link_send(link, "\r\n", 2);
		break;
	case SIP_FRAME_PONG:
		break;
	}
	*ret_size = size;
	return 0;
}

const struct phone_protocol phone_sip = {
	.name = "sip",
	.port = SIP_PORT,
	.stand_by = stand_by,
	.enlist = enlist,
	.keepalive = keepalive,
	.heartbeat = heartbeat,
	.ask_token = ask_token,
	.unregister = unregister,
	.take = take,
};
