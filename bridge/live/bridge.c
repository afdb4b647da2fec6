// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "live/bridge_state.h"
#include "live/netns.h"
#include "live/rtnl.h"

static int refuse(char *message, int error, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static int refuse(char *message, int error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, BRIDGE_MESSAGE, fmt, ap);
	va_end(ap);
	return error;
}

// /proc/sys/net/ipv6/conf/INTERFACE/disable_ipv6 of the namespace we are in. Without IPv6 in the kernel there
// is nothing to switch off.
static bool ipv6_disabled(const char *interface)
{
	char path[128], c = '1';
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", interface);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (read(fd, &c, 1) != 1)
			c = '1';
		close(fd);
	}
	return c == '1';
}

static void set_ipv6_disabled(const char *interface, bool disabled)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", interface);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, disabled ? "1" : "0", 1) != 1) {
		// the interface went away: it can send nothing either
	}
	close(fd);
}

// Adds the interfaces of a comma-separated list.
static int plan_side(struct bridge *b, const char *list, enum side side, char *message)
{
	const char *option = side == SIDE_PHONES ? "--phones" : "--cucm";

	for (const char *at = list, *end; *at; at = *end ? end + 1 : end) {
		struct bridge_port *p = &b->ports[b->port_count];
		size_t len;

		end = at + strcspn(at, ",");
		len = (size_t)(end - at);
		if (len == 0 || len >= IFNAMSIZ)
			return refuse(message, -EINVAL,
				      "%s %s: “%.*s” is no name of an interface (see ip link)", option, list,
				      (int)len, at);
		if (b->port_count == BRIDGE_PORTS)
			return refuse(message, -EINVAL, "more than %d ports are too many", BRIDGE_PORTS);
		memcpy(p->name, at, len);
		p->side = side;
		for (unsigned i = 0; i < b->port_count; i++)
			if (strcmp(b->ports[i].name, p->name) == 0)
				return refuse(message, -EINVAL,
					      "%s is named twice: a port stands on one side only", p->name);
		b->port_count++;
	}
	return 0;
}

// Looks at an interface before it is touched, and remembers how it is.
static int inspect(struct rtnl *nl, struct bridge_port *p, char *message)
{
	struct link_info l;
	char address[64];
	int r = rtnl_link(nl, p->name, &l);

	if (r == -ENODEV)
		return refuse(message, r, "there is no interface %s here (ip link shows those there are)",
			      p->name);
	if (r < 0)
		return refuse(message, r, "cannot look at %s: %s", p->name, strerror(-r));
	if (l.loopback)
		return refuse(message, -EINVAL, "%s is the loopback: a port needs a wire", p->name);
	if (l.master)
		return refuse(message, -EBUSY,
			      "%s is in another bridge or bond: take it out first (ip link set %s nomaster)",
			      p->name, p->name);
	r = rtnl_has_default_route(nl, l.index);
	if (r > 0)
		return refuse(message, -EBUSY,
			      "%s carries the default route: this machine would lose its network. Choose "
			      "another card",
			      p->name);
	if (r == 0)
		r = rtnl_has_address(nl, l.index, address);
	if (r > 0)
		return refuse(message, -EBUSY,
			      "%s has the address %s: a port of the bridge has none (ip addr flush dev %s, "
			      "if you do not need it)",
			      p->name, address, p->name);
	if (r < 0)
		return refuse(message, r, "cannot look at %s: %s", p->name, strerror(-r));
	p->index = l.index;
	p->up = l.up;
	p->ipv6_disabled = ipv6_disabled(p->name);
	p->offloads_known = offloads_get(p->name, &p->offloads) == 0;
	return 0;
}

static bool same_ports(const struct bridge *a, const struct bridge *b)
{
	unsigned found = 0;

	for (unsigned i = 0; i < a->port_count; i++)
		for (unsigned j = 0; j < b->port_count; j++)
			found += a->ports[i].side == b->ports[j].side &&
				 !strcmp(a->ports[i].name, b->ports[j].name);
	return a->port_count == b->port_count && found == a->port_count;
}

// In the bridge's namespace: the bridge, its ports in it and up.
static int assemble(struct rtnl *nl, struct bridge *b, char *message)
{
	struct link_info bridge, l;
	int r = rtnl_link(nl, BRIDGE_NAME, &bridge);

	if (r == -ENODEV) {
		r = rtnl_bridge_new(nl, BRIDGE_NAME);
		if (r == -EOPNOTSUPP)
			return refuse(message, r,
				      "this kernel has no bridges (CONFIG_BRIDGE; try modprobe bridge)");
		if (r == 0)
			r = rtnl_link(nl, BRIDGE_NAME, &bridge);
	}
	if (r < 0)
		return refuse(message, r, "cannot make the bridge " BRIDGE_NAME ": %s", strerror(-r));
	set_ipv6_disabled(BRIDGE_NAME, true);
	for (unsigned i = 0; i < b->port_count; i++) {
		static const struct offloads off = {false, false};
		struct bridge_port *p = &b->ports[i];

		r = rtnl_link(nl, p->name, &l);
		if (r < 0)
			return refuse(message, r, "the port %s is gone", p->name);
		p->index = l.index;
		set_ipv6_disabled(p->name, true);
		if (p->offloads_known)
			offloads_set(p->name, &off);
		if (l.master != bridge.index)
			r = rtnl_set_master(nl, l.index, bridge.index);
		if (r == 0)
			r = rtnl_port_open(nl, l.index);
		if (r == 0 && !l.up)
			r = rtnl_set_up(nl, l.index, true);
		if (r < 0)
			return refuse(message, r, "cannot put %s into the bridge: %s", p->name, strerror(-r));
	}
	r = rtnl_set_up(nl, bridge.index, true);
	return r < 0 ? refuse(message, r, "cannot start the bridge: %s", strerror(-r)) : 0;
}

// Puts one port back as it was, in the namespace where it now is.
static void restore_port(struct rtnl *nl, const struct bridge_port *p)
{
	struct link_info l;

	if (rtnl_link(nl, p->name, &l) < 0)
		return;
	if (l.master)
		rtnl_set_master(nl, l.index, 0);
	if (l.up && !p->up)
		rtnl_set_up(nl, l.index, false);
	set_ipv6_disabled(p->name, p->ipv6_disabled);
	if (p->offloads_known)
		offloads_set(p->name, &p->offloads);
	if (!l.up && p->up)
		rtnl_set_up(nl, l.index, true);
}

// Takes all apart again: ports home, bridge and namespace gone. home: the namespace that the ports came from,
// where the thread ends up.
static int take_apart(struct bridge *b, int home, char *message)
{
	int inside = *b->netns ? netns_open(b->netns) : -1;
	struct rtnl *nl = NULL;
	struct link_info l;
	int r = 0;

	if (inside >= 0 && netns_enter(inside) == 0 && rtnl_open(&nl) == 0) {
		for (unsigned i = 0; i < b->port_count; i++) {
			int moved;

			if (rtnl_link(nl, b->ports[i].name, &l) < 0)
				continue;
			moved = rtnl_move(nl, l.index, home);
			if (moved < 0)
				r = refuse(message, moved, "cannot give %s back: %s", b->ports[i].name,
					   strerror(-moved));
		}
	}
	if (nl && rtnl_link(nl, BRIDGE_NAME, &l) == 0)
		rtnl_link_delete(nl, l.index);
	rtnl_close(nl);
	if (inside >= 0)
		close(inside);
	netns_enter(home);
	nl = NULL;
	if (rtnl_open(&nl) == 0) {
		if (!*b->netns && rtnl_link(nl, BRIDGE_NAME, &l) == 0)
			rtnl_link_delete(nl, l.index);
		for (unsigned i = 0; i < b->port_count; i++)
			restore_port(nl, &b->ports[i]);
		rtnl_close(nl);
	}
	if (r == 0 && *b->netns)
		netns_remove(b->netns);
	if (r == 0)
		bridge_state_remove(b);
	return r;
}

// From the namespace the ports are in: moves them, where the bridge has a namespace of its own, and enters
// that.
static int move_in(struct rtnl *nl, struct bridge *b, char *message)
{
	int fd, r;

	if (!*b->netns)
		return 0;
	r = netns_make(b->netns);
	if (r < 0 && r != -EEXIST)
		return refuse(message, r, "cannot make the network namespace %s: %s", b->netns, strerror(-r));
	fd = netns_open(b->netns);
	if (fd < 0)
		return refuse(message, fd, "cannot open " NETNS_FOLDER "/%s: %s", b->netns, strerror(-fd));
	for (unsigned i = 0; i < b->port_count && r != -EINVAL; i++) {
		int moved = rtnl_move(nl, b->ports[i].index, fd);

		if (moved < 0) {
			close(fd);
			return refuse(message, moved,
				      "cannot move %s into the namespace %s: %s (a wireless card cannot be "
				      "moved: --netns none)",
				      b->ports[i].name, b->netns, strerror(-moved));
		}
	}
	r = netns_enter(fd);
	close(fd);
	if (r < 0)
		return refuse(message, r, "cannot enter the namespace %s: %s", b->netns, strerror(-r));
	// Before any port is up: nothing of ours may speak.
	set_ipv6_disabled("all", true);
	set_ipv6_disabled("default", true);
	return 0;
}

static int make(struct bridge *b, char *message)
{
	int home = netns_here(), r = 0;
	struct rtnl *nl = NULL;

	if (home < 0 || (r = rtnl_open(&nl)) < 0)
		return refuse(message, home < 0 ? home : r, "cannot speak to the kernel's rtnetlink");
	b->origin = netns_inode(home);
	for (unsigned i = 0; i < b->port_count && r == 0; i++)
		r = inspect(nl, &b->ports[i], message);
	if (r == 0 && (r = bridge_state_save(b)) < 0)
		refuse(message, r, "cannot write under " BRIDGE_STATE ": %s%s", strerror(-r),
		       r == -EACCES || r == -EPERM ? " (offhook needs to be root)" : "");
	if (r < 0)
		goto out;
	r = move_in(nl, b, message);
	if (r == 0) {
		rtnl_close(nl);
		nl = NULL;
		r = rtnl_open(&nl);
	}
	if (r == 0)
		r = assemble(nl, b, message);
	if (r < 0) {
		char ignored[BRIDGE_MESSAGE];

		take_apart(b, home, ignored);
	}
out:
	rtnl_close(nl);
	close(home);
	return r;
}

static int check_netns_name(const char *netns, char *message)
{
	if (strlen(netns) >= sizeof(((struct bridge *)0)->netns) || strchr(netns, '/') || *netns == '.')
		return refuse(message, -EINVAL, "“%s” is no name for a network namespace", netns);
	if (*netns && netns_would_vanish())
		return refuse(message, -EINVAL,
			      "this shell has a mount namespace of its own (ip netns exec makes one): a "
			      "namespace named here would vanish with it. Use nsenter --net=" NETNS_FOLDER
			      "/NAME instead, or --netns none");
	return 0;
}

int bridge_up(const struct bridge_plan *plan, struct bridge *ret, bool *ret_adopted, char *message)
{
	struct bridge b = {.origin = 0}, there;
	int r = check_netns_name(plan->netns, message);

	if (r == 0)
		r = plan_side(&b, plan->phones, SIDE_PHONES, message);
	if (r == 0)
		r = plan_side(&b, plan->cucm, SIDE_CUCM, message);
	if (r < 0)
		return r;
	strcpy(b.netns, plan->netns);
	r = bridge_state_load(b.netns, &there);
	if (r == -EBADMSG)
		return refuse(message, r,
			      "the file under " BRIDGE_STATE " is broken: remove it, and the namespace %s",
			      b.netns);
	*ret_adopted = r == 0;
	if (r == 0) {
		if (!same_ports(&b, &there))
			return refuse(message, -EBUSY,
				      "a bridge with other ports is up (offhook bridge status shows it, "
				      "offhook bridge down takes it down)");
		b = there;
		r = bridge_enter(&b, message);
		if (r == 0) {
			struct rtnl *nl;

			r = rtnl_open(&nl);
			if (r == 0) {
				r = assemble(nl, &b, message);
				rtnl_close(nl);
			}
		}
	} else {
		r = make(&b, message);
	}
	if (r == 0)
		*ret = b;
	return r;
}

int bridge_load(const char *netns, struct bridge *ret)
{
	return bridge_state_load(netns, ret);
}

int bridge_enter(struct bridge *b, char *message)
{
	struct rtnl *nl;
	struct link_info l;
	int fd, r = 0;

	if (*b->netns) {
		fd = netns_open(b->netns);
		if (fd >= 0) {
			r = netns_enter(fd);
			close(fd);
		}
		if (fd < 0 || r < 0)
			return refuse(message, fd < 0 ? fd : r, "cannot enter the namespace %s: %s", b->netns,
				      strerror(fd < 0 ? -fd : -r));
	}
	r = rtnl_open(&nl);
	if (r < 0)
		return refuse(message, r, "cannot speak to the kernel's rtnetlink: %s", strerror(-r));
	for (unsigned i = 0; i < b->port_count; i++)
		b->ports[i].index = rtnl_link(nl, b->ports[i].name, &l) == 0 ? l.index : 0;
	rtnl_close(nl);
	return 0;
}

int bridge_down(const char *netns, char *message)
{
	struct bridge b;
	int home, r = bridge_state_load(netns, &b);

	if (r == -ENOENT)
		return refuse(message, r, "no bridge is up%s%s", *netns ? " in the namespace " : " here",
			      netns);
	if (r < 0)
		return refuse(message, r, "the file under " BRIDGE_STATE " is broken");
	home = netns_here();
	if (home < 0)
		return refuse(message, home, "cannot tell which network namespace this is");
	if (netns_inode(home) != b.origin)
		r = refuse(message, -EXDEV, "the ports came from another network namespace: run this there");
	else
		r = take_apart(&b, home, message);
	close(home);
	return r;
}
