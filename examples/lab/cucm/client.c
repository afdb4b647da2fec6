// SPDX-License-Identifier: GPL-2.0-or-later
// One phone's connection.
#include "cucm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void client_free(struct client *client)
{
	struct client **at = &client->cucm->clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	loop_disarm(&client->cucm->loop, &client->timeout);
	if (client->io.fd >= 0) {
		loop_remove(&client->cucm->loop, &client->io);
		net_close(client->io.fd);
	}
	free(client);
}

static void lost(struct client *client)
{
	registry_unregister(client, REASON_CONNECTIVITY_ERROR);
	client->doomed = true;
}

static void take_messages(struct client *client)
{
	while (client->rx_size && !client->doomed) {
		size_t size = 0;
		int r = client->protocol->take(client, &size);

		if (r == -EAGAIN)
			break;
		if (r < 0 || size > client->rx_size) {
			report_end(&client->cucm->report, client_event(client, "garbage"));
			lost(client);
			return;
		}
		memmove(client->rx, client->rx + size, client->rx_size - size);
		client->rx_size -= size;
	}
	if (client->rx_size == sizeof(client->rx))
		lost(client); // a message that cannot end
}

static void ready(void *arg, uint32_t events)
{
	struct client *client = arg;
	ssize_t n;

	(void)events;
	n = recv(client->io.fd, client->rx + client->rx_size, sizeof(client->rx) - client->rx_size, 0);
	if (n > 0) {
		client->rx_size += (size_t)n;
		take_messages(client);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		lost(client);
	}
	if (client->doomed)
		client_free(client);
}

void client_accept(void *arg, uint32_t events)
{
	struct listener *l = arg;
	struct client *client = calloc(1, sizeof(*client));

	(void)events;
	if (!client)
		return;
	client->cucm = l->cucm;
	client->protocol = l->protocol;
	client->io = (struct loop_fd){.fd = -1, .ready = ready, .arg = client};
	if (net_accept(l->io.fd, &client->peer, &client->io.fd) < 0) {
		free(client);
		return;
	}
	net_text(&client->peer, client->peer_text);
	client->next = l->cucm->clients;
	l->cucm->clients = client;
	if (loop_add(&l->cucm->loop, &client->io, EPOLLIN) < 0)
		client_free(client);
	else
		report_end(&l->cucm->report, client_event(client, "connected"));
}

int client_send(struct client *client, const void *message, size_t size)
{
	return client->io.fd < 0 ? -ENOTCONN : net_send(client->io.fd, message, size);
}

void clients_done(struct cucm *cucm)
{
	while (cucm->clients)
		client_free(cucm->clients);
}
