// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/monitor.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>

struct monitor {
	struct mnl_socket *link, *table;
	monitor_fn *fn;
	void *ctx;
	_Alignas(8) char buf[32768];
};

static int subscribe(int bus, int group, struct mnl_socket **ret)
{
	struct mnl_socket *nl = mnl_socket_open2(bus, SOCK_CLOEXEC | SOCK_NONBLOCK);

	*ret = nl;
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_setsockopt(nl, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
		return -errno;
	return 0;
}

int monitor_open(struct monitor **ret)
{
	struct monitor *m = calloc(1, sizeof(*m));
	int r;

	if (!m)
		return -ENOMEM;
	r = subscribe(NETLINK_ROUTE, RTNLGRP_LINK, &m->link);
	if (r == 0)
		r = subscribe(NETLINK_NETFILTER, NFNLGRP_NFTABLES, &m->table);
	if (r < 0)
		monitor_close(m);
	else
		*ret = m;
	return r;
}

void monitor_close(struct monitor *m)
{
	if (!m)
		return;
	if (m->link)
		mnl_socket_close(m->link);
	if (m->table)
		mnl_socket_close(m->table);
	free(m);
}

int monitor_link_fd(const struct monitor *m)
{
	return mnl_socket_get_fd(m->link);
}

int monitor_table_fd(const struct monitor *m)
{
	return mnl_socket_get_fd(m->table);
}

static int on_link(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct monitor *m = data;
	struct monitor_event e = {.ifindex = ifi->ifi_index};
	const struct nlattr *a;

	// The bridge family speaks of ports, not of interfaces.
	if (ifi->ifi_family != AF_UNSPEC)
		return MNL_CB_OK;
	if (nlh->nlmsg_type == RTM_DELLINK)
		e.kind = MONITOR_PORT_GONE;
	else if (nlh->nlmsg_type == RTM_NEWLINK)
		e.kind = (ifi->ifi_flags & IFF_UP) && (ifi->ifi_flags & IFF_RUNNING) ? MONITOR_PORT_UP
										     : MONITOR_PORT_DOWN;
	else
		return MNL_CB_OK;
	mnl_attr_for_each(a, nlh, sizeof(*ifi))
	{
		if (mnl_attr_get_type(a) == IFLA_IFNAME)
			e.name = mnl_attr_get_str(a);
	}
	m->fn(m->ctx, &e);
	return MNL_CB_OK;
}

static int on_table(const struct nlmsghdr *nlh, void *data)
{
	struct monitor *m = data;
	struct monitor_event e = {.kind = MONITOR_TABLE_DELETED};
	const struct nlattr *a;

	if (nlh->nlmsg_type != ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_DELCHAIN) &&
	    nlh->nlmsg_type != ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_DELTABLE))
		return MNL_CB_OK;
	mnl_attr_for_each(a, nlh, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(a) == NFTA_TABLE_NAME) // the same number as NFTA_CHAIN_TABLE
			e.name = mnl_attr_get_str(a);
	}
	m->fn(m->ctx, &e);
	return MNL_CB_OK;
}

static void read_all(struct monitor *m, struct mnl_socket *nl, mnl_cb_t cb)
{
	struct monitor_event overrun = {.kind = MONITOR_OVERRUN};

	for (;;) {
		ssize_t n = mnl_socket_recvfrom(nl, m->buf, sizeof(m->buf));

		if (n > 0)
			mnl_cb_run(m->buf, (size_t)n, 0, 0, cb, m);
		else if (n < 0 && errno == ENOBUFS)
			m->fn(m->ctx, &overrun);
		else if (n == 0 || errno != EINTR)
			return;
	}
}

void monitor_read(struct monitor *m, monitor_fn *fn, void *ctx)
{
	m->fn = fn;
	m->ctx = ctx;
	read_all(m, m->link, on_link);
	read_all(m, m->table, on_table);
}
