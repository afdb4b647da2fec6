// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/inject.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_packet.h>

int inject_open(int ifindex)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = ifindex};
	// Protocol 0: it receives nothing.
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), r;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

int inject_frame(int fd, int ifindex, const uint8_t *data, size_t len)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = ifindex};

	if (len >= 14)
		to.sll_protocol = (uint16_t)(data[12] | data[13] << 8);
	return sendto(fd, data, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}
