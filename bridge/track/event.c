// SPDX-License-Identifier: GPL-2.0-or-later
#include "track/event.h"

const char *event_kind_word(enum event_kind kind)
{
	switch (kind) {
	case EVENT_ENDPOINT:
		return "endpoint";
	case EVENT_CONNECTED:
		return "connected";
	case EVENT_REGISTERING:
		return "registering";
	case EVENT_REGISTERED:
		return "registered";
	case EVENT_ASSUMED:
		return "assumed";
	case EVENT_REJECTED:
		return "rejected";
	case EVENT_KEEPALIVE:
		return "keepalive";
	case EVENT_KEEPALIVE_COPY:
		return "keepalive_copy";
	case EVENT_KEEPALIVE_ANSWERED:
		return "keepalive_answered";
	case EVENT_KEEPALIVE_UNANSWERED:
		return "keepalive_unanswered";
	case EVENT_LEFT:
		return "left";
	case EVENT_PRESUMED:
		return "presumed";
	case EVENT_TCP_KEEPALIVE:
		return "tcp_keepalive";
	case EVENT_ARP_CONFLICT:
		return "arp_conflict";
	case EVENT_ALARM:
		return "alarm";
	case EVENT_ROUTER:
		return "router";
	case EVENT_FAULT:
		return "fault";
	case EVENT_NOTE:
		return "note";
	case EVENT_WAITS:
		return "waits";
	case EVENT_WARNING:
		return "warning";
	case EVENT_KIND_COUNT:
		break;
	}
	return "";
}
