// SPDX-License-Identifier: GPL-2.0-or-later
// Who is registered, and the line that CUCM writes when that ends.
#include "cucm.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const char *reason_name(enum unregister_reason reason)
{
	switch (reason) {
	case REASON_CONNECTIVITY_ERROR:
		return "connectivityError";
	case REASON_DEVICE_UNREGISTERED:
		return "deviceUnregistered";
	case REASON_KEEPALIVE_TIMEOUT:
		return "keepAliveTimeout";
	case REASON_DUPLICATE_REGISTRATION:
		return "duplicateRegistration";
	}
	return "unknown";
}

json_t *client_event(const struct client *client, const char *event)
{
	json_t *line = report_begin(&client->cucm->report, event, client->name, client->peer_text,
				    client->protocol->name);

	json_object_set_new(line, "node", json_string(client->cucm->options.name));
	return line;
}

// CUCM's own form of the alarm, on one line (document 200410).
static void write_syslog(const struct client *client, enum unregister_reason reason)
{
	const struct cucm *cucm = client->cucm;

	if (!cucm->syslog)
		return;
	fprintf(cucm->syslog,
		"%%UC_CALLMANAGER-3-EndPointUnregistered: %%[DeviceName=%s][IPAddress=%s][Protocol=%s]"
		"[DeviceType=592][Description=Lab "
		"phone][Reason=%d][IPAddrAttributes=0][LastSignalReceived=%s]"
		"[AppID=Cisco CallManager][ClusterID=Lab][NodeID=%s]: An endpoint has unregistered\n",
		client->name, client->peer_text, client->protocol->syslog_name, (int)reason,
		client->protocol->last_signal, cucm->options.name);
	fflush(cucm->syslog);
}

void registry_unregister(struct client *client, enum unregister_reason reason)
{
	struct cucm *cucm = client->cucm;
	double now = loop_now(&cucm->loop);
	json_t *line;

	if (!client->registered)
		return;
	client->registered = false;
	loop_disarm(&cucm->loop, &client->timeout);
	cucm->unregistered++;
	line = client_event(client, "unregistered");
	json_object_set_new(line, "reason", json_integer(reason));
	json_object_set_new(line, "reason_name", json_string(reason_name(reason)));
	json_object_set_new(line, "registered_for", report_seconds(now - client->registered_at));
	json_object_set_new(line, "silent_for", report_seconds(now - client->heard_at));
	json_object_set_new(line, "keepalives", json_integer(client->keepalives));
	report_end(&cucm->report, line);
	write_syslog(client, reason);
}

// What CUCM then does to the connection is not documented: all three are there.
static void timed_out(void *arg)
{
	struct client *client = arg;

	client->cucm->timeouts++;
	registry_unregister(client, REASON_KEEPALIVE_TIMEOUT);
	switch (client->cucm->options.on_timeout) {
	case ON_TIMEOUT_CLOSE:
		shutdown(client->io.fd, SHUT_RDWR); // the end of the stream then comes by the loop
		break;
	case ON_TIMEOUT_RESET:
		loop_remove(&client->cucm->loop, &client->io);
		net_reset(client->io.fd);
		client->io.fd = -1;
		break;
	case ON_TIMEOUT_SILENCE:
		break;
	}
}

static void expect_by(struct client *client, double patience)
{
	client->heard_at = loop_now(&client->cucm->loop);
	client->timeout =
		(struct loop_timer){.fire = timed_out, .arg = client, .place = client->timeout.place};
	loop_arm(&client->cucm->loop, &client->timeout, patience / client->cucm->options.speed);
}

// A device has one registration: an older one, on another connection, ends.
static void end_older(struct client *client, const char *name)
{
	for (struct client *c = client->cucm->clients; c; c = c->next)
		if (c != client && c->registered && strcmp(c->name, name) == 0)
			registry_unregister(c, REASON_DUPLICATE_REGISTRATION);
}

void registry_register(struct client *client, const char *name, double patience)
{
	struct cucm *cucm = client->cucm;

	end_older(client, name);
	snprintf(client->name, sizeof(client->name), "%s", name);
	client->registered = true;
	client->keepalives = 0;
	expect_by(client, patience);
	client->registered_at = client->heard_at;
	cucm->registrations++;
	report_end(&cucm->report, client_event(client, "registered"));
}

void registry_keepalive(struct client *client, double patience)
{
	struct cucm *cucm = client->cucm;
	double silent = loop_now(&cucm->loop) - client->heard_at;
	json_t *line;

	expect_by(client, patience);
	cucm->keepalives++;
	line = client_event(client, "keepalive");
	json_object_set_new(line, "n", json_integer(++client->keepalives));
	json_object_set_new(line, "silent_for", report_seconds(silent));
	report_end(&cucm->report, line);
}
