// SPDX-License-Identifier: GPL-2.0-or-later
// CUCM's side of SIP: REGISTER is answered by 100 and 200; 3600 s asked, 120 s granted.
#include "cucm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void respond(struct client *client, const struct sip_message *request, unsigned status,
		    const char *reason, int expires)
{
	struct sip_writer writer;

	sip_write_response(&writer, request, status, reason, ++client->cucm->next_tag, expires);
	if (!writer.overflow)
		client_send(client, writer.bytes, writer.size);
}

// The phone's own count: the granted time less its delta is when it refreshes; CUCM waits `grace` beyond
// that.
static double patience(const struct client *client)
{
	const struct options *o = &client->cucm->options;

	return o->sip_expires - o->delta + o->grace;
}

static bool device_name(const struct sip_message *message, char name[DEVICE_NAME_SIZE])
{
	struct text contact, device;
	char text[DEVICE_NAME_SIZE];
	uint8_t mac[6];

	if (!sip_header(message, "Contact", 0, &contact) ||
	    !sip_param(contact, "+u.sip!devicename.ccm.cisco.com", &device) || device.size >= sizeof(text))
		return false;
	memcpy(text, device.at, device.size);
	text[device.size] = '\0';
	return args_device(text, 0, name, mac) == 0;
}

static uint32_t asked_seconds(const struct sip_message *message)
{
	struct text value;
	uint32_t seconds = 3600;

	if (sip_header(message, "Expires", 0, &value))
		sip_number(value, &seconds);
	return seconds;
}

static void account_of(struct client *client, const struct sip_message *message)
{
	struct text reason;
	json_t *line;

	if (!sip_header(message, "Reason", 0, &reason))
		return;
	line = client_event(client, "alarm");
	json_object_set_new(line, "text", report_text(reason.at, reason.size));
	report_end(&client->cucm->report, line);
}

static void registers(struct client *client, const struct sip_message *message)
{
	const struct options *o = &client->cucm->options;
	uint32_t asked = asked_seconds(message);
	char name[DEVICE_NAME_SIZE];
	struct text contact, ignored;
	bool heartbeat;

	if (!device_name(message, name)) {
		respond(client, message, 403, "Forbidden", -1);
		return;
	}
	heartbeat = sip_header(message, "Contact", 0, &contact) &&
		    sip_param(contact, "cisco-keep-alive", &ignored);
	account_of(client, message);
	respond(client, message, 100, "Trying", -1);
	if (asked == 0) {
		if (!heartbeat)
			registry_unregister(client, REASON_DEVICE_UNREGISTERED);
		respond(client, message, 200, "OK", 0);
		return;
	}
	if (client->registered && strcmp(client->name, name) == 0)
		registry_keepalive(client, patience(client));
	else
		registry_register(client, name, patience(client));
	respond(client, message, 200, "OK", (int)(asked < o->sip_expires ? asked : o->sip_expires));
}

static int take(struct client *client, size_t *ret_size)
{
	struct sip_message message;
	enum sip_frame kind;
	size_t size;
	int r = sip_next((const char *)client->rx, client->rx_size, &kind, &message, &size);

	if (r < 0)
		return r;
	if (kind == SIP_FRAME_PING)
		client_send(client, "\r\n", 2);
	else if (kind == SIP_FRAME_MESSAGE && text_equals(sip_method(&message), "REGISTER"))
		registers(client, &message);
	else if (kind == SIP_FRAME_MESSAGE && sip_method(&message).size)
		respond(client, &message, 405, "Method Not Allowed", -1);
	*ret_size = size;
	return 0;
}

const struct server_protocol server_sip = {
	.name = "sip", .syslog_name = "SIP", .last_signal = "SIPStationDPrimaryLineTimeout", .take = take};
