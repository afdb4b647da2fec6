// SPDX-License-Identifier: GPL-2.0-or-later
// libmnl rather than libnl-route: half of what a silent bridge needs (group_fwd_mask, STP, multicast
// snooping, the ports' own mask) has no setter there.
#include "live/rtnl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

// 01:80:c2:00:00:0X: all but STP's, PAUSE's and LACP's may be forwarded by a bridge's mask; STP's goes where
// STP is off; a port's own mask may have all but PAUSE's (net/bridge: BR_GROUPFWD_RESTRICTED,
// BR_GROUPFWD_MACPAUSE).
#define BRIDGE_GROUP_FORWARD 0xfff8
#define PORT_GROUP_FORWARD   0xfffd

struct rtnl {
	struct mnl_socket *nl;
	unsigned portid, seq;
	_Alignas(8) char send[2048];
	_Alignas(8) char receive[32768];
};

int rtnl_open(struct rtnl **ret)
{
	struct rtnl *r = calloc(1, sizeof(*r));
	int e;

	if (!r)
		return -ENOMEM;
	r->nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!r->nl || mnl_socket_bind(r->nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		e = -errno;
		rtnl_close(r);
		return e;
	}
	r->portid = mnl_socket_get_portid(r->nl);
	*ret = r;
	return 0;
}

void rtnl_close(struct rtnl *nl)
{
	if (!nl)
		return;
	if (nl->nl)
		mnl_socket_close(nl->nl);
	free(nl);
}

static struct nlmsghdr *request(struct rtnl *nl, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->send);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	return nlh;
}

// Sends the request, hands each answer to cb. Returns 0 or -errno.
static int talk(struct rtnl *nl, const struct nlmsghdr *nlh, mnl_cb_t cb, void *data)
{
	int r;

	if (mnl_socket_sendto(nl->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		ssize_t n = mnl_socket_recvfrom(nl->nl, nl->receive, sizeof(nl->receive));

		if (n < 0)
			return -errno;
		r = mnl_cb_run(nl->receive, (size_t)n, nl->seq, nl->portid, cb, data);
	} while (r > 0);
	return r < 0 ? -errno : 0;
}

static struct nlmsghdr *link_request(struct rtnl *nl, uint16_t type, uint16_t flags, int index)
{
	struct nlmsghdr *nlh = request(nl, type, flags);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));

	ifi->ifi_family = AF_UNSPEC;
	ifi->ifi_index = index;
	return nlh;
}

static void read_linkinfo(const struct nlattr *info, struct link_info *l)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, info)
	{
		if (mnl_attr_get_type(a) == IFLA_INFO_KIND)
			strncpy(l->kind, mnl_attr_get_str(a), sizeof(l->kind) - 1);
	}
}

static int on_link(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct link_info *l = data;
	const struct nlattr *a;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	l->index = ifi->ifi_index;
	l->up = ifi->ifi_flags & IFF_UP;
	l->loopback = ifi->ifi_flags & IFF_LOOPBACK;
	mnl_attr_for_each(a, nlh, sizeof(*ifi))
	{
		switch (mnl_attr_get_type(a)) {
		case IFLA_IFNAME:
			strncpy(l->name, mnl_attr_get_str(a), sizeof(l->name) - 1);
			break;
		case IFLA_MASTER:
			l->master = (int)mnl_attr_get_u32(a);
			break;
		case IFLA_MTU:
			l->mtu = mnl_attr_get_u32(a);
			break;
		case IFLA_ADDRESS:
			if (mnl_attr_get_payload_len(a) == sizeof(l->mac))
				memcpy(l->mac, mnl_attr_get_payload(a), sizeof(l->mac));
			break;
		case IFLA_LINKINFO:
			read_linkinfo(a, l);
			break;
		default: // there are some sixty more
			break;
		}
	}
	return MNL_CB_OK;
}

int rtnl_link(struct rtnl *nl, const char *name, struct link_info *ret)
{
	struct nlmsghdr *nlh = link_request(nl, RTM_GETLINK, NLM_F_ACK, 0);
	struct link_info l = {0};
	int r;

	if (strlen(name) >= IFNAMSIZ)
		return -ENODEV;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	r = talk(nl, nlh, on_link, &l);
	if (r < 0)
		return r;
	*ret = l;
	return 0;
}

struct address_search {
	int index;
	bool found;
	char *text;
};

static int on_address(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct address_search *s = data;
	const struct nlattr *a;

	if ((int)ifa->ifa_index != s->index || ifa->ifa_scope == RT_SCOPE_LINK || s->found)
		return MNL_CB_OK;
	s->found = true;
	mnl_attr_for_each(a, nlh, sizeof(*ifa))
	{
		if (mnl_attr_get_type(a) == IFA_ADDRESS)
			inet_ntop(ifa->ifa_family, mnl_attr_get_payload(a), s->text, 64);
	}
	return MNL_CB_OK;
}

int rtnl_has_address(struct rtnl *nl, int index, char *text)
{
	struct address_search s = {.index = index, .text = text};
	struct nlmsghdr *nlh = request(nl, RTM_GETADDR, NLM_F_DUMP);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	int r;

	ifa->ifa_family = AF_UNSPEC;
	text[0] = '\0';
	r = talk(nl, nlh, on_address, &s);
	return r < 0 ? r : s.found;
}

static int on_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct address_search *s = data;
	const struct nlattr *a;

	if (rtm->rtm_dst_len != 0 || rtm->rtm_type != RTN_UNICAST)
		return MNL_CB_OK;
	mnl_attr_for_each(a, nlh, sizeof(*rtm))
	{
		if (mnl_attr_get_type(a) == RTA_OIF && (int)mnl_attr_get_u32(a) == s->index)
			s->found = true;
	}
	return MNL_CB_OK;
}

int rtnl_has_default_route(struct rtnl *nl, int index)
{
	struct address_search s = {.index = index};
	struct nlmsghdr *nlh = request(nl, RTM_GETROUTE, NLM_F_DUMP);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	int r;

	rtm->rtm_family = AF_UNSPEC;
	r = talk(nl, nlh, on_route, &s);
	return r < 0 ? r : s.found;
}

int rtnl_bridge_new(struct rtnl *nl, const char *name)
{
	struct nlmsghdr *nlh = link_request(nl, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, 0);
	struct nlattr *info, *data;

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "bridge");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	mnl_attr_put_u32(nlh, IFLA_BR_STP_STATE, 0);
	mnl_attr_put_u32(nlh, IFLA_BR_FORWARD_DELAY, 0);
	mnl_attr_put_u8(nlh, IFLA_BR_MCAST_SNOOPING, 0);
	mnl_attr_put_u16(nlh, IFLA_BR_GROUP_FWD_MASK, BRIDGE_GROUP_FORWARD);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return talk(nl, nlh, NULL, NULL);
}

struct port_list {
	int bridge, *indexes;
	unsigned room, count;
};

static int on_port(const struct nlmsghdr *nlh, void *data)
{
	struct port_list *list = data;
	struct link_info l = {0};

	on_link(nlh, &l);
	if (l.master == list->bridge && list->count < list->room)
		list->indexes[list->count++] = l.index;
	return MNL_CB_OK;
}

int rtnl_bridge_ports(struct rtnl *nl, int bridge, int *indexes, unsigned room, unsigned *ret_count)
{
	struct port_list list = {.bridge = bridge, .indexes = indexes, .room = room};
	int r = talk(nl, link_request(nl, RTM_GETLINK, NLM_F_DUMP, 0), on_port, &list);

	if (r == 0)
		*ret_count = list.count;
	return r;
}

int rtnl_port_open(struct rtnl *nl, int index)
{
	struct nlmsghdr *nlh = request(nl, RTM_SETLINK, NLM_F_ACK);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	struct nlattr *port;

	ifi->ifi_family = AF_BRIDGE;
	ifi->ifi_index = index;
	port = mnl_attr_nest_start(nlh, IFLA_PROTINFO);
	mnl_attr_put_u16(nlh, IFLA_BRPORT_GROUP_FWD_MASK, PORT_GROUP_FORWARD);
	mnl_attr_nest_end(nlh, port);
	return talk(nl, nlh, NULL, NULL);
}

int rtnl_link_delete(struct rtnl *nl, int index)
{
	return talk(nl, link_request(nl, RTM_DELLINK, NLM_F_ACK, index), NULL, NULL);
}

int rtnl_set_master(struct rtnl *nl, int index, int master)
{
	struct nlmsghdr *nlh = link_request(nl, RTM_NEWLINK, NLM_F_ACK, index);

	mnl_attr_put_u32(nlh, IFLA_MASTER, (uint32_t)master);
	return talk(nl, nlh, NULL, NULL);
}

int rtnl_set_up(struct rtnl *nl, int index, bool up)
{
	struct nlmsghdr *nlh = link_request(nl, RTM_NEWLINK, NLM_F_ACK, index);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_flags = up ? IFF_UP : 0;
	ifi->ifi_change = IFF_UP;
	return talk(nl, nlh, NULL, NULL);
}

int rtnl_move(struct rtnl *nl, int index, int netns_fd)
{
	struct nlmsghdr *nlh = link_request(nl, RTM_NEWLINK, NLM_F_ACK, index);

	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)netns_fd);
	return talk(nl, nlh, NULL, NULL);
}
