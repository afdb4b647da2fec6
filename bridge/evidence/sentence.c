// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/sentence.h"

#include "base/clock.h"
#include "base/text.h"

static void add_time(struct text *t, const char *before, int64_t ns)
{
	char buf[DURATION_TEXT];

	if (ns >= 0)
		text_add(t, "%s%s", before, duration_human(ns, buf, sizeof(buf)));
}

static void add_word(struct text *t, const char *before, const char *word)
{
	if (word && *word)
		text_add(t, "%s%s", before, word);
}

static const char *ordinal(uint32_t n)
{
	if (n % 100 >= 11 && n % 100 <= 13)
		return "th";
	return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

static void keepalive_sentence(struct text *t, const struct event *e)
{
	text_add(t, "keep-alive %u", e->number);
	switch (e->kind) {
	case EVENT_KEEPALIVE:
		add_word(t, " to ", e->server);
		break;
	case EVENT_KEEPALIVE_COPY:
		text_add(t, " sent again, %u%s copy", e->copy, ordinal(e->copy));
		add_time(t, ", after ", e->gap);
		break;
	case EVENT_KEEPALIVE_ANSWERED:
		text_add(t, " %s", e->late ? "answered late" : "answered");
		add_time(t, " after ", e->round_trip);
		if (e->copy > 1)
			text_add(t, ", %u copies", e->copy);
		break;
	case EVENT_KEEPALIVE_UNANSWERED:
		text_add(t, " unanswered");
		if (e->copy)
			text_add(t, " after %u %s", e->copy, e->copy == 1 ? "copy" : "copies");
		add_word(t, ": ", e->text);
		break;
	case EVENT_ENDPOINT:
	case EVENT_CONNECTED:
	case EVENT_REGISTERING:
	case EVENT_REGISTERED:
	case EVENT_ASSUMED:
	case EVENT_REJECTED:
	case EVENT_LEFT:
	case EVENT_PRESUMED:
	case EVENT_TCP_KEEPALIVE:
	case EVENT_ARP_CONFLICT:
	case EVENT_ALARM:
	case EVENT_ROUTER:
	case EVENT_FAULT:
	case EVENT_NOTE:
	case EVENT_WAITS:
	case EVENT_WARNING:
	case EVENT_KIND_COUNT:
		break;
	}
}

static void fault_sentence(struct text *t, const struct event *e)
{
	add_word(t, "", e->flow);
	if (e->number)
		text_add(t, " (keep-alive %u, %u%s copy)", e->number, e->copy ? e->copy : 1,
			 ordinal(e->copy ? e->copy : 1));
	add_time(t, ", first after ", e->gap);
	text_add(t, e->gap >= 0 ? " of silence: rule %s %s" : ": rule %s %s", e->rule ? e->rule : "?",
		 e->text ? e->text : "");
	// `delay series` says only that it is one; which step it was matters.
	add_time(t, ", held for ", e->delay);
}

static void arp_sentence(struct text *t, const struct event *e)
{
	char ip[ADDRESS_TEXT] = "?", first[MAC_TEXT] = "?", second[MAC_TEXT] = "?";

	if (e->ip)
		address_format(e->ip, ip);
	if (e->mac)
		mac_format(e->mac, first);
	if (e->mac2)
		mac_format(e->mac2, second);
	text_add(t, "ARP conflict: %s is at %s, says the first answer; at %s, says another", ip, first,
		 second);
	add_time(t, " ", e->gap);
	if (e->gap >= 0)
		text_add(t, " later");
	add_word(t, "; ", e->text);
}

static void registration_sentence(struct text *t, const struct event *e)
{
	const char *what = e->kind == EVENT_REGISTERED    ? "registered"
			   : e->kind == EVENT_REGISTERING ? "registers"
			   : e->kind == EVENT_ASSUMED     ? "taken for registered (picked up in mid-stream)"
							  : "connected";

	text_add(t, "%s", what);
	add_word(t, e->kind == EVENT_CONNECTED ? " to " : " with ", e->server);
	add_word(t, " over ", e->protocol);
	add_time(t, ", keep-alive every ", e->interval);
	add_word(t, ", ", e->text);
}

static void ending_sentence(struct text *t, const struct event *e)
{
	switch (e->kind) {
	case EVENT_LEFT:
		text_add(t, "left");
		break;
	case EVENT_PRESUMED:
		text_add(t, "presumed to have left");
		break;
	case EVENT_REJECTED:
		text_add(t, "refused by");
		break;
	case EVENT_ENDPOINT:
	case EVENT_CONNECTED:
	case EVENT_REGISTERING:
	case EVENT_REGISTERED:
	case EVENT_ASSUMED:
	case EVENT_KEEPALIVE:
	case EVENT_KEEPALIVE_COPY:
	case EVENT_KEEPALIVE_ANSWERED:
	case EVENT_KEEPALIVE_UNANSWERED:
	case EVENT_TCP_KEEPALIVE:
	case EVENT_ARP_CONFLICT:
	case EVENT_ALARM:
	case EVENT_ROUTER:
	case EVENT_FAULT:
	case EVENT_NOTE:
	case EVENT_WAITS:
	case EVENT_WARNING:
	case EVENT_KIND_COUNT:
		break;
	}
	add_word(t, " ", e->server);
	add_word(t, " over ", e->protocol);
	if (e->status)
		text_add(t, ", status %u", e->status);
	add_word(t, ": ", e->text);
}

static void endpoint_sentence(struct text *t, const struct event *e)
{
	char mac[MAC_TEXT], ip[ADDRESS_TEXT];

	text_add(t, "endpoint");
	if (e->ip)
		text_add(t, " at %s", address_format(e->ip, ip));
	if (e->mac)
		text_add(t, ", MAC %s", mac_format(e->mac, mac));
	add_word(t, ", ", e->text);
}

char *event_sentence(const struct event *e, char *buf, size_t size)
{
	struct text t = text_of(buf, size);
	char mac[MAC_TEXT];

	switch (e->kind) {
	case EVENT_ENDPOINT:
		endpoint_sentence(&t, e);
		break;
	case EVENT_CONNECTED:
	case EVENT_REGISTERING:
	case EVENT_REGISTERED:
	case EVENT_ASSUMED:
		registration_sentence(&t, e);
		break;
	case EVENT_REJECTED:
	case EVENT_LEFT:
	case EVENT_PRESUMED:
		ending_sentence(&t, e);
		break;
	case EVENT_KEEPALIVE:
	case EVENT_KEEPALIVE_COPY:
	case EVENT_KEEPALIVE_ANSWERED:
	case EVENT_KEEPALIVE_UNANSWERED:
		keepalive_sentence(&t, e);
		break;
	case EVENT_TCP_KEEPALIVE:
		text_add(&t, "TCP's own keep-alive");
		add_word(&t, " to ", e->server);
		text_add(&t, ": it says nothing of the registration");
		break;
	case EVENT_ARP_CONFLICT:
		arp_sentence(&t, e);
		break;
	case EVENT_ALARM:
		add_word(&t, "the phone's own account: ", e->text);
		break;
	case EVENT_ROUTER:
		text_add(&t, "%s speaks for several addresses: taken for a router%s%s",
			 e->mac ? mac_format(e->mac, mac) : "one MAC", e->text ? ", " : "",
			 e->text ? e->text : "");
		break;
	case EVENT_FAULT:
		fault_sentence(&t, e);
		break;
	case EVENT_NOTE:
		text_add(&t, "rule %s notes: %s", e->rule ? e->rule : "?", e->text ? e->text : "");
		add_word(&t, " — ", e->flow);
		break;
	case EVENT_WAITS:
		text_add(&t, "rule %s waits: %s", e->rule ? e->rule : "?", e->text ? e->text : "");
		break;
	case EVENT_WARNING:
		text_add(&t, "warning: %s", e->text ? e->text : "");
		break;
	case EVENT_KIND_COUNT:
		break;
	}
	return buf;
}
