// SPDX-License-Identifier: GPL-2.0-or-later
#include "net_common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int net_allow_files(unsigned wanted)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	if (limit.rlim_cur >= wanted)
		return 0;
	limit.rlim_cur = wanted;
	if (limit.rlim_max < wanted)
		limit.rlim_max = wanted; // only a privileged process may
	return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : 0;
}

static int set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) < 0 ? -errno : 0;
}

static int new_socket(int *ret_fd)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return -errno;
	r = set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (r < 0) {
		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

int net_listen(const struct sockaddr_in *address, int *ret_fd)
{
	int fd, r;

	r = new_socket(&fd);
	if (r < 0)
		return r;
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 || listen(fd, 4096) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

int net_connect(const struct sockaddr_in *local, const struct sockaddr_in *server, const char *device,
		int *ret_fd)
{
	int fd, r;

	r = new_socket(&fd);
	if (r < 0)
		return r;
	if (device && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)) < 0)
		goto fail;
	// Let connect() choose the port, so that a thousand phones may share one address.
	set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	if (bind(fd, (const struct sockaddr *)local, sizeof(*local)) < 0)
		goto fail;
	if (connect(fd, (const struct sockaddr *)server, sizeof(*server)) < 0 && errno != EINPROGRESS)
		goto fail;
	*ret_fd = fd;
	return 0;
fail:
	r = -errno;
	close(fd);
	return r;
}

int net_accept(int listener, struct sockaddr_in *ret_peer, int *ret_fd)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof(peer);
	int fd = accept4(listener, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return -errno;
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	*ret_peer = peer;
	*ret_fd = fd;
	return 0;
}

int net_error(int fd)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return -errno;
	return -error;
}

int net_send(int fd, const void *message, size_t size)
{
	ssize_t sent;

	do
		sent = send(fd, message, size, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return -errno;
	return (size_t)sent == size ? 0 : -EAGAIN;
}

void net_close(int fd)
{
	close(fd);
}

void net_reset(int fd)
{
	struct linger linger = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
}

void net_vanish(int fd)
{
	set(fd, IPPROTO_TCP, TCP_REPAIR, 1);
	close(fd);
}

int net_tcp_view(int fd, struct tcp_view *ret_view)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
		return -errno;
	*ret_view = (struct tcp_view){
		.rto = info.tcpi_rto / 1e6,
		.srtt = info.tcpi_rtt / 1e6,
		.backoff = info.tcpi_backoff,
		.retransmits = info.tcpi_retransmits,
		.total = info.tcpi_total_retrans,
	};
	return 0;
}

const char *net_text(const struct sockaddr_in *address, char text[INET_ADDRSTRLEN])
{
	return inet_ntop(AF_INET, &address->sin_addr, text, INET_ADDRSTRLEN);
}

int net_have_address(struct in_addr address)
{
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr = address};
	int fd, r = 0;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)) < 0)
		r = -errno;
	close(fd);
	return r;
}

int net_interface_of(struct in_addr address, int *ret_index)
{
	struct ifaddrs *list;
	int r = -ENODEV;

	if (getifaddrs(&list) < 0)
		return -errno;
	for (struct ifaddrs *entry = list; entry; entry = entry->ifa_next) {
		if (!entry->ifa_addr || entry->ifa_addr->sa_family != AF_INET)
			continue;
		if (((struct sockaddr_in *)(void *)entry->ifa_addr)->sin_addr.s_addr == address.s_addr) {
			*ret_index = (int)if_nametoindex(entry->ifa_name);
			r = 0;
			break;
		}
	}
	freeifaddrs(list);
	return r;
}

int net_netlink(int *ret_fd)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int net_neighbour_flush(int netlink, int interface, struct in_addr address)
{
	struct {
		struct nlmsghdr header;
		struct ndmsg neighbour;
		struct rtattr attribute;
		struct in_addr address;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = RTM_DELNEIGH,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
		.neighbour = {.ndm_family = AF_INET, .ndm_ifindex = interface},
		.attribute = {.rta_len = RTA_LENGTH(sizeof(struct in_addr)), .rta_type = NDA_DST},
		.address = address,
	};
	union {
		struct nlmsghdr header;
		uint8_t bytes[256];
	} answer;
	struct nlmsgerr *error = NLMSG_DATA(&answer.header);
	ssize_t size;

	if (send(netlink, &request, sizeof(request), 0) < 0)
		return -errno;
	size = recv(netlink, &answer, sizeof(answer), 0);
	if (size < 0)
		return -errno;
	if ((size_t)size < NLMSG_LENGTH(sizeof(*error)) || answer.header.nlmsg_type != NLMSG_ERROR)
		return -EBADMSG;
	return error->error == -ENOENT ? 0 : error->error;
}
