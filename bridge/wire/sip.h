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
	char device[33]; // SEP…: from +u.sip!devicename.ccm.cisco.com="…", else from cisco-alarm's Name=,
			 // else ""
	char alarm[160]; // of Reason: …;text="cisco-alarm:…", printable, cut to fit; "" if none
	int64_t content_length; // -1: not there
};

// One message from its start line. WIRE_OK, WIRE_TRUNCATED (its header does not end within len) or
// WIRE_MALFORMED (no SIP start line, no CSeq).
enum wire_outcome sip_read(const uint8_t *data, size_t len, struct sip_message *ret);

// Whether a line (without its end) is a request's or a response's start line, by Wireshark's rule: three
// words, the last of a request or the first of a response being "SIP/2.0".
bool sip_start_line(const uint8_t *line, size_t len);

// How a message in a byte stream is framed. scanned: bytes already searched for the header's end by an
// earlier call with less data (0 at first). Returns WIRE_OK with the header's length (blank line included)
// and its Content-Length (-1: none), or WIRE_TRUNCATED where the header does not end within len.
enum wire_outcome sip_measure(const uint8_t *data, size_t len, size_t scanned, size_t *ret_header,
			      int64_t *ret_content_length);

// One header field. name is as written; value has its surrounding blanks off, folded lines left in.
struct sip_header {
	struct sip_text name, value;
};

// Walks the header fields of a message: *at is 0 at first (the start line is passed over). complete is false
// for a line that the data's end cuts. Returns false at the blank line or the data's end; *at is then behind
// it.
bool sip_header_next(const uint8_t *data, size_t len, size_t *at, struct sip_header *ret, bool *ret_complete);

// Whether a header's name is that name (lower case), or its compact form (RFC 3261, section 7.3.3).
bool sip_header_is(const struct sip_header *h, const char *name);

#endif
