// SPDX-License-Identifier: GPL-2.0-or-later
// CUCM's side of SCCP.
#include "cucm.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static void say(struct client *client, const struct sccp_writer *writer)
{
	if (!writer->overflow)
		client_send(client, writer->bytes, writer->size);
}

static void say_plain(struct client *client, enum sccp_id id)
{
	struct sccp_writer writer;

	sccp_plain(&writer, id);
	say(client, &writer);
}

static void say_number(struct client *client, enum sccp_id id, uint32_t number)
{
	struct sccp_writer writer;

	sccp_number(&writer, id, number);
	say(client, &writer);
}

// Three intervals without a keep-alive, counted from the last one heard.
static double patience(const struct client *client)
{
	return client->cucm->options.missed * (double)client->cucm->options.keepalive;
}

static void registers(struct client *client, const struct sccp_message *message)
{
	const struct options *o = &client->cucm->options;
	struct sccp_grant grant = {.keepalive = o->keepalive, .secondary_keepalive = o->secondary};
	struct sccp_writer writer;
	char name[17], checked[DEVICE_NAME_SIZE];
	uint8_t mac[6];

	sccp_text(message, 0, 16, name);
	if (args_device(name, 0, checked, mac) < 0) {
		say_plain(client, SCCP_REGISTER_REJECT);
		return;
	}
	registry_register(client, checked, patience(client));
	sccp_register_ack(&writer, &grant);
	say(client, &writer);
	say_plain(client, SCCP_CAPABILITIES_REQ);
}

static void alarm_seen(struct client *client, const struct sccp_message *message)
{
	char text[81];
	json_t *line = client_event(client, "alarm");

	sccp_text(message, 4, 80, text);
	json_object_set_new(line, "text", report_text(text, strlen(text)));
	report_end(&client->cucm->report, line);
}

static void unregisters(struct client *client)
{
	say_number(client, SCCP_UNREGISTER_ACK, 0);
	registry_unregister(client, REASON_DEVICE_UNREGISTERED);
}

// A standby connection's heartbeat is answered by TCP's ACK alone.
static void keepalive(struct client *client)
{
	if (!client->registered)
		return;
	registry_keepalive(client, patience(client));
	say_plain(client, SCCP_KEEPALIVE_ACK);
}

static void handle(struct client *client, const struct sccp_message *message)
{
	struct sccp_writer writer;

	switch (message->id) {
	case SCCP_KEEPALIVE:
		keepalive(client);
		return;
	case SCCP_REGISTER:
		registers(client, message);
		return;
	case SCCP_ALARM:
		alarm_seen(client, message);
		return;
	case SCCP_UNREGISTER:
		unregisters(client);
		return;
	case SCCP_REGISTER_TOKEN_REQ:
		say_plain(client, SCCP_REGISTER_TOKEN_ACK);
		return;
	case SCCP_BUTTON_TEMPLATE_REQ:
		sccp_button_template(&writer);
		break;
	case SCCP_SOFT_KEY_TEMPLATE_REQ:
		sccp_soft_key_template(&writer);
		break;
	case SCCP_SOFT_KEY_SET_REQ:
		sccp_soft_key_set(&writer);
		break;
	case SCCP_LINE_STAT_REQ:
		sccp_line_stat(&writer, sccp_u32(message, 0), "5000");
		break;
	case SCCP_FORWARD_STAT_REQ:
		sccp_forward_stat(&writer, sccp_u32(message, 0));
		break;
	case SCCP_TIME_DATE_REQ:
		sccp_time_date(&writer, (uint32_t)time(NULL));
		break;
	default: // nothing is owed for the rest
		return;
	}
	say(client, &writer);
}

static int take(struct client *client, size_t *ret_size)
{
	struct sccp_message message;
	size_t size;
	int r = sccp_next(client->rx, client->rx_size, &message, &size);

	if (r < 0)
		return r;
	handle(client, &message);
	*ret_size = size;
	return 0;
}

const struct server_protocol server_sccp = {
	.name = "sccp", .syslog_name = "SCCP", .last_signal = "StationKeepAlive", .take = take};
