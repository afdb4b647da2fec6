// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "base/prng.h"
#include "track/internal.h"

// Which address a MAC was first seen with: more than one, and it is a router's.
struct mac_entry {
	uint8_t mac[6];
	bool router;
	struct address first;
	struct mac_entry *prev, *next;
	UT_hash_handle hh;
};

static void name_by_address(struct endpoint *e)
{
	char ip[ADDRESS_TEXT];

	address_format(&e->ip, ip);
	if (e->vlan >= 0)
		snprintf(e->name, sizeof(e->name), "VLAN %d %s", e->vlan, ip);
	else
		snprintf(e->name, sizeof(e->name), "%s", ip);
}

static struct endpoint_entry **list_of(struct tracker *t, const struct endpoint_entry *e)
{
	return e->known_speaker ? &t->endpoints_speaking : &t->endpoints_idle;
}

static void forget(struct tracker *t, struct endpoint_entry *e)
{
	struct endpoint_entry **list = list_of(t, e);

	while (e->registrations)
		registration_remove(t, e->registrations);
	DL_DELETE(*list, e);
	HASH_DEL(t->endpoints, e);
	t->endpoint_count--;
	free(e);
}

// Whoever never spoke SCCP or SIP goes first: a flood of spoofed addresses must not push the phones out.
static void make_room(struct tracker *t)
{
	struct endpoint_entry *oldest = t->endpoints_idle ? t->endpoints_idle : t->endpoints_speaking;

	if (t->endpoint_count < t->o.endpoints_max || !oldest)
		return;
	t->counts.endpoints_forgotten++;
	forget(t, oldest);
}

static struct mac_entry *mac_get(struct tracker *t, const uint8_t *mac, const struct address *ip)
{
	struct mac_entry *m;

	HASH_FIND(hh, t->macs, mac, sizeof(m->mac), m);
	if (m) {
		DL_DELETE(t->macs_by_age, m);
		DL_APPEND(t->macs_by_age, m);
		return m;
	}
	if (t->mac_count >= t->o.endpoints_max && t->macs_by_age) {
		m = t->macs_by_age;
		DL_DELETE(t->macs_by_age, m);
		HASH_DEL(t->macs, m);
		memset(m, 0, sizeof(*m));
	} else {
		m = calloc(1, sizeof(*m));
		if (!m)
			return NULL;
		t->mac_count++;
	}
	memcpy(m->mac, mac, sizeof(m->mac));
	m->first = *ip;
	HASH_ADD(hh, t->macs, mac, sizeof(m->mac), m);
	DL_APPEND(t->macs_by_age, m);
	return m;
}

static void watch_mac(struct tracker *t, struct endpoint_entry *e, const uint8_t *mac)
{
	struct mac_entry *m = mac_get(t, mac, &e->is.ip);
	struct event ev;

	memcpy(e->is.mac, mac, sizeof(e->is.mac));
	if (!m)
		return;
	// An IPv6 address beside an IPv4 one is the same host's.
	if (!m->router && m->first.family == e->is.ip.family && !address_equal(&m->first, &e->is.ip)) {
		m->router = true;
		ev = event_of(EVENT_ROUTER, t->now);
		ev.mac = mac;
		ev.endpoint = e->is.name;
		ev.text = "so a rule with “per eth.src” takes all phones behind it for one";
		tell(t, &ev);
	}
	e->is.behind_router = m->router;
}

struct endpoint_entry *endpoint_get(struct tracker *t, int32_t vlan, const struct address *ip,
				    const uint8_t *mac)
{
	struct endpoint_key key;
	struct endpoint_entry *e, **list;

	memset(&key, 0, sizeof(key));
	key.ip = *ip;
	key.vlan = vlan;
	HASH_FIND(hh, t->endpoints, &key, sizeof(key), e);
	if (e) {
		list = list_of(t, e);
		DL_DELETE(*list, e);
		DL_APPEND(*list, e);
	} else {
		make_room(t);
		e = calloc(1, sizeof(*e));
		if (!e)
			return NULL;
		e->key = key;
		e->is.id = ++t->next_endpoint;
		e->is.key = hash_bytes(HASH_START, &key, sizeof(key)) | 1;
		e->is.vlan = vlan;
		e->is.ip = *ip;
		name_by_address(&e->is);
		HASH_ADD(hh, t->endpoints, key, sizeof(key), e);
		DL_APPEND(t->endpoints_idle, e);
		t->endpoint_count++;
		t->counts.endpoints++;
	}
	if (mac)
		watch_mac(t, e, mac);
	return e;
}

void endpoint_speaks(struct tracker *t, struct endpoint_entry *e)
{
	struct event ev;

	if (e->known_speaker)
		return;
	DL_DELETE(t->endpoints_idle, e);
	e->known_speaker = true;
	DL_APPEND(t->endpoints_speaking, e);
	ev = event_of(EVENT_ENDPOINT, t->now);
	ev.endpoint = e->is.name;
	ev.ip = &e->is.ip;
	ev.mac = e->is.mac;
	tell(t, &ev);
}

void endpoint_named(struct tracker *t, struct endpoint_entry *e, const char *name)
{
	struct event ev;
	char text[128];

	if (!*name || (e->is.named && strcmp(e->is.name, name) == 0))
		return;
	snprintf(text, sizeof(text), "%s is %.32s", e->is.name, name);
	snprintf(e->is.name, sizeof(e->is.name), "%s", name);
	e->is.named = true;
	ev = event_of(EVENT_ENDPOINT, t->now);
	ev.endpoint = e->is.name;
	ev.ip = &e->is.ip;
	ev.mac = e->is.mac;
	ev.text = text;
	tell(t, &ev);
}

void endpoints_done(struct tracker *t)
{
	struct mac_entry *m, *next;

	while (t->endpoints)
		forget(t, t->endpoints);
	HASH_ITER(hh, t->macs, m, next)
	{
		HASH_DEL(t->macs, m);
		free(m);
	}
}
