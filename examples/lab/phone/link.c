// SPDX-License-Identifier: GPL-2.0-or-later
// One TCP connection of the phone.
#include "phone.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

json_t *link_event(const struct link *link, const char *event)
{
	const struct lab *lab = link->phone->lab;
	json_t *line = report_begin(&lab->report, event, link->phone->name, link->server_text,
				    lab->options.protocol->name);

	json_object_set_new(line, "role", json_string(link->backup ? "backup" : "primary"));
	return line;
}

static enum last_reason reason_of(int error)
{
	switch (-error) {
	case 0:
		return LAST_CM_CLOSED_TCP;
	case ECONNRESET:
	case ECONNREFUSED:
		return LAST_CM_RESET_TCP;
	case EHOSTUNREACH:
	case ENETUNREACH:
		return LAST_CM_ICMP_UNREACH;
	case ETIMEDOUT:
		return LAST_TCP_TIMEOUT;
	default:
		return LAST_CM_ABORTED_TCP;
	}
}

void link_await(struct link *link, enum link_state state, double seconds)
{
	struct lab *lab = link->phone->lab;

	link->state = state;
	if (seconds > 0)
		loop_arm(&lab->loop, &link->deadline, lab_scale(lab, seconds));
	else
		loop_disarm(&lab->loop, &link->deadline);
}

void link_close(struct link *link, enum last_reason reason, bool silent)
{
	struct lab *lab = link->phone->lab;
	json_t *line;

	keepalive_end(link);
	link_await(link, LINK_DOWN, 0);
	link->generation++;
	link->rx_size = 0;
	if (link->io.fd < 0)
		return;
	line = link_event(link, "closed");
	json_object_set_new(line, "reason", json_string(last_reason_text(reason)));
	report_end(&lab->report, line);
	loop_remove(&lab->loop, &link->io);
	// A server that did not answer for so long would not acknowledge a FIN either: the phone drops the
	// connection at once. (A FIN would be repeated for minutes and could reach CUCM long after.)
	if (silent)
		net_reset(link->io.fd);
	else
		net_close(link->io.fd);
	link->io.fd = -1;
}

int link_send(struct link *link, const void *message, size_t size)
{
	int r = link->io.fd < 0 ? -ENOTCONN : net_send(link->io.fd, message, size);

	if (r < 0)
		link->phone->lab->counters.refused++;
	return r;
}

static void take_messages(struct link *link)
{
	const struct phone_protocol *protocol = link->phone->lab->options.protocol;
	unsigned generation = link->generation;
	size_t size;
	int r = 0;

	while (link->rx_size && (r = protocol->take(link, &size)) == 0) {
		if (link->generation != generation)
			return; // the message made the phone leave
		memmove(link->rx, link->rx + size, link->rx_size - size);
		link->rx_size -= size;
	}
	if (r == -EBADMSG)
		phone_lose(link, LAST_CM_ABORTED_TCP, true);
}

static void receive(struct link *link)
{
	unsigned generation = link->generation;

	while (link->generation == generation) {
		ssize_t size = recv(link->io.fd, link->rx + link->rx_size, RX_SIZE - link->rx_size, 0);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (size <= 0) {
			phone_lose(link, reason_of(size < 0 ? -errno : 0), false);
			return;
		}
		link->rx_size += (size_t)size;
		take_messages(link);
	}
}

static void connected(struct link *link)
{
	struct lab *lab = link->phone->lab;
	int r = net_error(link->io.fd);
	struct sockaddr_in local;
	socklen_t size = sizeof(local);
	json_t *line;

	if (r < 0) {
		phone_lose(link, reason_of(r), false);
		return;
	}
	if (getsockname(link->io.fd, (struct sockaddr *)&local, &size) == 0)
		link->phone->local.sin_port = local.sin_port;
	loop_change(&lab->loop, &link->io, EPOLLIN);
	link_await(link, LINK_STANDBY, 0);
	link->up_at = loop_now(&lab->loop);
	line = link_event(link, "connected");
	json_object_set_new(line, "port", json_integer(ntohs(local.sin_port)));
	report_end(&lab->report, line);
	phone_connected(link);
}

static void ready(void *arg, uint32_t events)
{
	struct link *link = arg;

	(void)events; // an error or the end of the stream shows in what recv() or SO_ERROR says
	if (link->state == LINK_CONNECTING)
		connected(link);
	else
		receive(link);
}

void link_connect(struct link *link)
{
	struct phone *phone = link->phone;
	struct lab *lab = phone->lab;
	struct sockaddr_in local = phone->local;
	int r;

	local.sin_port = 0;
	report_end(&lab->report, link_event(link, "connect"));
	r = net_connect(&local, &link->server, lab->options.device, &link->io.fd);
	if (r < 0) {
		link->io.fd = -1;
		phone_lose(link, reason_of(r), false);
		return;
	}
	link->generation++;
	link->rx_size = 0;
	link->mean = 0;
	link->samples = 0;
	if (loop_add(&lab->loop, &link->io, EPOLLOUT) < 0) {
		phone_lose(link, LAST_CM_ABORTED_TCP, false);
		return;
	}
	link_await(link, LINK_CONNECTING, lab->options.connect);
}

void link_init(struct link *link, struct phone *phone, const struct sockaddr_in *server, bool backup)
{
	link->phone = phone;
	link->server = *server;
	link->backup = backup;
	net_text(server, link->server_text);
	link->io = (struct loop_fd){.fd = -1, .ready = ready, .arg = link};
}
