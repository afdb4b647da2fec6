// SPDX-License-Identifier: GPL-2.0-or-later
// Who answers for an address. Two answers that contradict each other within a few seconds are a conflict:
// proxy ARP, or an address used twice. A change after longer than that is taken for a failover.
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "track/internal.h"

#define CONFLICT_WINDOW (5 * NS_PER_S)
#define TOLD_AGAIN      (60 * NS_PER_S) // the same conflict is told at most so often

struct arp_key {
	struct address ip;
	int32_t vlan;
};

struct arp_entry {
	struct arp_key key;
	uint8_t mac[6], other[6]; // the first answer of late, and the one that contradicted it
	int64_t time;             // of the last answer with mac
	int64_t told;             // when the conflict was told, -1: never
	bool injected;            // by this program's rules
	struct arp_entry *prev, *next;
	UT_hash_handle hh;
};

static struct arp_entry *get(struct tracker *t, int32_t vlan, const struct address *ip, bool *ret_known)
{
	struct arp_key key;
	struct arp_entry *a;

	memset(&key, 0, sizeof(key));
	key.ip = *ip;
	key.vlan = vlan;
	HASH_FIND(hh, t->arp, &key, sizeof(key), a);
	*ret_known = a != NULL;
	if (a) {
		DL_DELETE(t->arp_by_age, a);
		DL_APPEND(t->arp_by_age, a);
		return a;
	}
	if (t->arp_count >= t->o.endpoints_max && t->arp_by_age) {
		a = t->arp_by_age;
		DL_DELETE(t->arp_by_age, a);
		HASH_DEL(t->arp, a);
		memset(a, 0, sizeof(*a));
	} else {
		a = calloc(1, sizeof(*a));
		if (!a)
			return NULL;
		t->arp_count++;
	}
	a->key = key;
	a->told = -1;
	HASH_ADD(hh, t->arp, key, sizeof(key), a);
	DL_APPEND(t->arp_by_age, a);
	return a;
}

static void conflict(struct tracker *t, struct arp_entry *a, const uint8_t *mac, bool injected)
{
	bool same = memcmp(a->other, mac, 6) == 0;
	struct event e = event_of(EVENT_ARP_CONFLICT, t->now);

	t->counts.arp_conflicts++;
	memcpy(a->other, mac, 6);
	if (a->told >= 0 && same && t->now - a->told < TOLD_AGAIN)
		return;
	a->told = t->now;
	e.ip = &a->key.ip;
	e.mac = a->mac;
	e.mac2 = mac;
	e.gap = t->now - a->time;
	e.endpoint = t->endpoint ? t->endpoint->is.name : NULL;
	e.frame = t->frame ? t->frame->number : 0;
	e.text = a->injected ? "the first was injected by a rule of this run"
		 : injected  ? "the second was injected by a rule of this run"
			     : "somebody answers for an address that is not theirs (proxy ARP?), or it is "
			       "used twice";
	tell(t, &e);
}

static void answer(struct tracker *t, int32_t vlan, const struct address *ip, const uint8_t *mac,
		   bool injected)
{
	bool known;
	struct arp_entry *a = get(t, vlan, ip, &known);

	if (!a)
		return;
	if (known && memcmp(a->mac, mac, 6) != 0 && t->now - a->time < CONFLICT_WINDOW) {
		conflict(t, a, mac, injected);
		return;
	}
	memcpy(a->mac, mac, 6);
	a->time = t->now;
	a->injected = injected;
}

void arp_seen(struct tracker *t, const struct frame *f)
{
	bool gratuitous = address_equal(&f->arp.sender_ip, &f->arp.target_ip);

	if (f->arp.opcode == 2 || gratuitous)
		answer(t, f->vlan, &f->arp.sender_ip, f->arp.sender_mac, false);
}

void tracker_arp_injected(struct tracker *t, int32_t vlan, const struct address *ip, const uint8_t *mac)
{
	answer(t, vlan, ip, mac, true);
}

void arp_done(struct tracker *t)
{
	struct arp_entry *a, *next;

	HASH_ITER(hh, t->arp, a, next)
	{
		HASH_DEL(t->arp, a);
		free(a);
	}
}
