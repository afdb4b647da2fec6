// SPDX-License-Identifier: GPL-2.0-or-later
// The phone's side of SCCP: Alarm, Register, RegisterAck, IpPort, CapabilitiesReq/Res, then button and
// soft-key templates, line and forward state, available lines and the time, each asked for when the one
// before was answered; then KeepAlives. To the backup: a connection with KeepAlives alone.
#include "phone.h"

#include <errno.h>
#include <stdio.h>

#define RTP_PORT 16384

static struct sccp_phone account(const struct phone *phone)
{
	struct sccp_phone account = {
		.name = phone->name, .line = phone->line, .address = phone->local.sin_addr};

	for (int i = 0; i < 6; i++)
		account.mac[i] = phone->mac[i];
	return account;
}

static int say(struct link *link, const struct sccp_writer *writer)
{
	return writer->overflow ? -EMSGSIZE : link_send(link, writer->bytes, writer->size);
}

static void say_plain(struct link *link, enum sccp_id id)
{
	struct sccp_writer writer;

	sccp_plain(&writer, id);
	say(link, &writer);
}

static void say_number(struct link *link, enum sccp_id id, uint32_t number)
{
	struct sccp_writer writer;

	sccp_number(&writer, id, number);
	say(link, &writer);
}

static void enlist(struct link *link)
{
	struct phone *phone = link->phone;
	const struct report *report = &phone->lab->report;
	struct sccp_phone self = account(phone);
	struct sccp_writer writer;
	json_t *line;

	sccp_alarm(&writer, &self, phone->last, last_reason_text(phone->last));
	say(link, &writer);
	line = link_event(link, "alarm");
	json_object_set_new(line, "code", json_integer(phone->last));
	json_object_set_new(line, "reason", json_string(last_reason_text(phone->last)));
	report_end(report, line);
	sccp_register(&writer, &self);
	say(link, &writer);
	report_end(report, link_event(link, "register"));
}

static void registered(struct link *link, const struct sccp_message *message)
{
	struct lab *lab = link->phone->lab;
	uint32_t interval = sccp_u32(message, 0), secondary = sccp_u32(message, 12);
	struct link *links = link->phone->links;
	json_t *line;

	if (link->state != LINK_REGISTERING)
		return;
	if (!interval || !secondary) { // a phone cannot keep a registration of no length
		phone_lose(link, LAST_PHONE_REG_REJ, true);
		return;
	}
	link->interval = lab_scale(lab, interval);
	links[0].standby_interval = links[1].standby_interval = lab_scale(lab, secondary);
	line = link_event(link, "registered");
	json_object_set_new(line, "interval", json_integer(interval));
	json_object_set_new(line, "secondary", json_integer(secondary));
	report_end(&lab->report, line);
	say_number(link, SCCP_IP_PORT, RTP_PORT);
	phone_registered(link);
	link->next_due = link->registered_at + link->interval;
	loop_arm_at(&lab->loop, &link->keepalive, link->next_due);
}

static void keepalive(struct link *link)
{
	struct lab *lab = link->phone->lab;
	struct sccp_writer writer;

	// The phone's clock ticks every interval, whether answers are late or not.
	link->next_due += link->interval;
	loop_arm_at(&lab->loop, &link->keepalive, link->next_due);
	keepalive_before(link);
	sccp_plain(&writer, SCCP_KEEPALIVE);
	if (say(link, &writer) == 0)
		keepalive_sent(link);
}

static void stand_by(struct link *link)
{
	loop_arm(&link->phone->lab->loop, &link->keepalive, link->standby_interval);
}

static void heartbeat(struct link *link)
{
	struct sccp_writer writer;

	stand_by(link);
	keepalive_before(link);
	sccp_plain(&writer, SCCP_KEEPALIVE);
	if (say(link, &writer) == 0)
		heartbeat_sent(link);
}

static void ask_token(struct link *link)
{
	struct sccp_phone self = account(link->phone);
	struct sccp_writer writer;

	sccp_token_request(&writer, &self);
	say(link, &writer);
}

static void unregister(struct link *link)
{
	say_number(link, SCCP_UNREGISTER, 0);
}

static void reset(struct link *link, uint32_t kind)
{
	// 1: as if the power had been cycled; 2: the settings are read anew. Either way the connection is
	// dropped.
	phone_lose(link, kind == 1 ? LAST_RESET_RESET : LAST_RESET_RESTART, false);
}

static void handle(struct link *link, const struct sccp_message *message)
{
	struct sccp_writer writer;

	switch ((enum sccp_id)message->id) {
	case SCCP_REGISTER_ACK:
		registered(link, message);
		break;
	case SCCP_REGISTER_REJECT:
		phone_lose(link, LAST_PHONE_REG_REJ, false);
		break;
	case SCCP_KEEPALIVE_ACK:
		keepalive_answered(link);
		break;
	case SCCP_CAPABILITIES_REQ:
		sccp_capabilities(&writer);
		say(link, &writer);
		say_plain(link, SCCP_BUTTON_TEMPLATE_REQ);
		break;
	case SCCP_BUTTON_TEMPLATE:
		say_plain(link, SCCP_SOFT_KEY_TEMPLATE_REQ);
		break;
	case SCCP_SOFT_KEY_TEMPLATE:
		say_plain(link, SCCP_SOFT_KEY_SET_REQ);
		break;
	case SCCP_SOFT_KEY_SET:
		say_number(link, SCCP_LINE_STAT_REQ, 1);
		break;
	case SCCP_LINE_STAT:
		say_number(link, SCCP_FORWARD_STAT_REQ, 1);
		break;
	case SCCP_FORWARD_STAT:
		say_number(link, SCCP_REGISTER_AVAILABLE_LINES, 1);
		say_plain(link, SCCP_TIME_DATE_REQ);
		break;
	case SCCP_REGISTER_TOKEN_ACK:
		phone_token(link, true, 0);
		break;
	case SCCP_REGISTER_TOKEN_REJECT:
		phone_token(link, false, sccp_u32(message, 0));
		break;
	case SCCP_UNREGISTER_ACK:
		phone_unregistered(link);
		break;
	case SCCP_RESET:
		reset(link, sccp_u32(message, 0));
		break;
	case SCCP_DEFINE_TIME_DATE: // the last answer of a registration
	case SCCP_KEEPALIVE:        // what only a phone says
	case SCCP_REGISTER:
	case SCCP_IP_PORT:
	case SCCP_FORWARD_STAT_REQ:
	case SCCP_LINE_STAT_REQ:
	case SCCP_TIME_DATE_REQ:
	case SCCP_BUTTON_TEMPLATE_REQ:
	case SCCP_CAPABILITIES_RES:
	case SCCP_ALARM:
	case SCCP_SOFT_KEY_SET_REQ:
	case SCCP_UNREGISTER:
	case SCCP_SOFT_KEY_TEMPLATE_REQ:
	case SCCP_REGISTER_TOKEN_REQ:
	case SCCP_REGISTER_AVAILABLE_LINES:
		break;
	}
}

static int take(struct link *link, size_t *ret_size)
{
	struct sccp_message message;
	size_t size;
	int r = sccp_next(link->rx, link->rx_size, &message, &size);

	if (r < 0)
		return r;
	handle(link, &message);
	*ret_size = size;
	return 0;
}

const struct phone_protocol phone_sccp = {
	.name = "sccp",
	.port = SCCP_PORT,
	.stand_by = stand_by,
	.enlist = enlist,
	.keepalive = keepalive,
	.heartbeat = heartbeat,
	.ask_token = ask_token,
	.unregister = unregister,
	.take = take,
};
