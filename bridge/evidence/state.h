// SPDX-License-Identifier: GPL-2.0-or-later
// state: a registration's state as a word for machines.
#ifndef OFFHOOK_EVIDENCE_STATE_H
#define OFFHOOK_EVIDENCE_STATE_H

#include "track/track.h"

static inline const char *registration_state_word(enum registration_state s)
{
	switch (s) {
	case REGISTRATION_CONNECTING:
		return "connecting";
	case REGISTRATION_REGISTERED:
		return "registered";
	case REGISTRATION_ASSUMED:
		return "assumed";
	case REGISTRATION_STANDBY:
		return "standby";
	case REGISTRATION_LEFT:
		return "left";
	case REGISTRATION_LEFT_PRESUMED:
		return "left presumed";
	}
	return "";
}

#endif
