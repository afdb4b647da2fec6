// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/bridge_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "live/netns.h"

#define PATH_ROOM 160

// One file a bridge: by the name of its namespace or, where it has none of its own, by the inode of the one
// it is in.
static void path_of(const char *netns, uint64_t origin, char *path)
{
	if (*netns)
		snprintf(path, PATH_ROOM, BRIDGE_STATE "/%s.json", netns);
	else
		snprintf(path, PATH_ROOM, BRIDGE_STATE "/in-%" PRIu64 ".json", origin);
}

static json_t *port_json(const struct bridge_port *p)
{
	return json_pack("{s:s, s:s, s:b, s:b, s:b, s:b, s:b}", "name", p->name, "side",
			 p->side == SIDE_PHONES ? "phones" : "cucm", "up", p->up, "ipv6_disabled",
			 p->ipv6_disabled, "offloads_known", p->offloads_known, "gro", p->offloads.gro, "lro",
			 p->offloads.lro);
}

int bridge_state_save(const struct bridge *b)
{
	json_t *ports = json_array(), *root;
	char path[PATH_ROOM], temporary[PATH_ROOM + 8];
	int r = 0;

	if (mkdir(BRIDGE_STATE, 0755) < 0 && errno != EEXIST) {
		r = -errno;
		json_decref(ports);
		return r;
	}
	for (unsigned i = 0; i < b->port_count; i++)
		json_array_append_new(ports, port_json(&b->ports[i]));
	root = json_pack("{s:s, s:s, s:I, s:o}", "bridge", BRIDGE_NAME, "netns", b->netns, "origin",
			 (json_int_t)b->origin, "ports", ports);
	path_of(b->netns, b->origin, path);
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	// Whole or not at all: a run killed here must not leave half a file.
	if (!root || json_dump_file(root, temporary, JSON_INDENT(2)) < 0)
		r = -EIO;
	else if (rename(temporary, path) < 0)
		r = -errno;
	json_decref(root);
	return r;
}

static int read_port(const json_t *o, struct bridge_port *p)
{
	const char *name, *side;
	int up, ipv6, known, gro, lro;

	if (json_unpack((json_t *)o, "{s:s, s:s, s:b, s:b, s:b, s:b, s:b}", "name", &name, "side", &side,
			"up", &up, "ipv6_disabled", &ipv6, "offloads_known", &known, "gro", &gro, "lro",
			&lro) < 0 ||
	    strlen(name) >= IFNAMSIZ)
		return -EBADMSG;
	strcpy(p->name, name);
	p->side = strcmp(side, "cucm") == 0 ? SIDE_CUCM : SIDE_PHONES;
	p->up = up;
	p->ipv6_disabled = ipv6;
	p->offloads_known = known;
	p->offloads = (struct offloads){.gro = gro, .lro = lro};
	return 0;
}

int bridge_state_load(const char *netns, struct bridge *ret)
{
	struct bridge b = {.origin = 0};
	char path[PATH_ROOM];
	const char *name;
	json_int_t origin;
	json_t *root, *ports, *o;
	size_t i;
	int here = netns_here(), r = -EBADMSG;

	path_of(netns, here < 0 ? 0 : netns_inode(here), path);
	if (here >= 0)
		close(here);
	if (access(path, F_OK) < 0)
		return -ENOENT;
	root = json_load_file(path, 0, NULL);
	if (root &&
	    json_unpack(root, "{s:s, s:I, s:o}", "netns", &name, "origin", &origin, "ports", &ports) == 0 &&
	    strlen(name) < sizeof(b.netns) && json_array_size(ports) <= BRIDGE_PORTS) {
		strcpy(b.netns, name);
		b.origin = (uint64_t)origin;
		r = 0;
		json_array_foreach(ports, i, o) if (r == 0) r = read_port(o, &b.ports[b.port_count++]);
	}
	json_decref(root);
	if (r == 0)
		*ret = b;
	return r;
}

void bridge_state_remove(const struct bridge *b)
{
	char path[PATH_ROOM];

	path_of(b->netns, b->origin, path);
	unlink(path);
}
