// SPDX-License-Identifier: GPL-2.0-or-later
// sip: what the tracker reads of one SIP message (RFC 3261; compact and folded headers too).
#ifndef OFFHOOK_WIRE_SIP_H
#define OFFHOOK_WIRE_SIP_H

#include "wire/frame.h"

struct sip_text {
	const char *at; // into the message, not NUL-terminated; NULL: not there
	uint32_t len;
};

struct sip_message {
	bool request;
	struct sip_text method; // of the request, or of CSeq in a response
	uint16_t status;        // response: 100 … 699
	struct sip_text reason_phrase, call_id, from, to, user_agent, contact, reason, via_branch;
	uint32_t cseq;
	int64_t expires;         // Expires header, s; -1: not there
	int64_t contact_expires; // expires= of the first Contact, s; -1: not there
	bool cisco_keepalive;    // Contact holds ;cisco-keep-alive
	char device[33]; // SEP…: from +u.sip!devicename.ccm.cisco.com="…", else from cisco-alarm's Name=, else ""
	char alarm[160]; // of Reason: …;text="cisco-alarm:…", printable, cut to fit; "" if none
	int64_t content_length;  // -1: not there
};

// One message from its start line. WIRE_OK, WIRE_TRUNCATED (its header does not end within len) or WIRE_MALFORMED
// (no SIP start line, no CSeq).
enum wire_outcome sip_read(const uint8_t *data, size_t len, struct sip_message *ret);

#endif
