// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/offload.h"

#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>

static int ethtool(const char *interface, struct ethtool_value *value)
{
	struct ifreq ifr = {.ifr_data = (char *)value};
	int fd, r;

	if (strlen(interface) >= IFNAMSIZ)
		return -ENODEV;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	strcpy(ifr.ifr_name, interface);
	r = ioctl(fd, SIOCETHTOOL, &ifr) < 0 ? -errno : 0;
	close(fd);
	return r;
}

int offloads_get(const char *interface, struct offloads *ret)
{
	struct ethtool_value gro = {.cmd = ETHTOOL_GGRO}, flags = {.cmd = ETHTOOL_GFLAGS};
	int r = ethtool(interface, &gro);

	if (r == 0)
		r = ethtool(interface, &flags);
	if (r < 0)
		return r;
	ret->gro = gro.data;
	ret->lro = flags.data & ETH_FLAG_LRO;
	return 0;
}

int offloads_set(const char *interface, const struct offloads *offloads)
{
	struct ethtool_value gro = {.cmd = ETHTOOL_SGRO, .data = offloads->gro};
	struct ethtool_value flags = {.cmd = ETHTOOL_GFLAGS};
	int r = ethtool(interface, &gro), e;
	uint32_t wanted;

	e = ethtool(interface, &flags);
	if (e < 0)
		return e;
	wanted = offloads->lro ? flags.data | ETH_FLAG_LRO : flags.data & ~(uint32_t)ETH_FLAG_LRO;
	if (wanted != flags.data) {
		flags.cmd = ETHTOOL_SFLAGS;
		flags.data = wanted;
		e = ethtool(interface, &flags);
	}
	return r < 0 ? r : e;
}
