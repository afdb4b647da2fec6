// SPDX-License-Identifier: GPL-2.0-or-later
// sccp: what the tracker reads of one Skinny message. Source of ids and layouts: Wireshark's packet-skinny.c
// and chan-sccp's sccp_protocol.h (facts only).
#ifndef OFFHOOK_WIRE_SCCP_H
#define OFFHOOK_WIRE_SCCP_H

#include "wire/field.h"

enum sccp_id {
	SCCP_KEEPALIVE = 0x0000,
	SCCP_REGISTER = 0x0001,
	SCCP_ALARM = 0x0020,
	SCCP_UNREGISTER = 0x0027,
	SCCP_REGISTER_TOKEN_REQ = 0x0029,
	SCCP_REGISTER_ACK = 0x0081,
	SCCP_REGISTER_REJECT = 0x009d,
	SCCP_RESET = 0x009f,
	SCCP_KEEPALIVE_ACK = 0x0100,
	SCCP_UNREGISTER_ACK = 0x0118,
	SCCP_REGISTER_TOKEN_ACK = 0x011a,
	SCCP_REGISTER_TOKEN_REJECT = 0x011b,
	SCCP_XML_ALARM = 0x015a,
};

struct sccp_message {
	uint32_t id;
	const char *name; // Wireshark's name of the id, or NULL
	char device[17];  // Register, RegisterTokenReq: the device's name, printable ASCII, else ""
	uint32_t keepalive, secondary_keepalive; // RegisterAck, s; 0: not there
	uint32_t reset_type;                     // Reset: 1 reset, 2 restart, 3 applyConfig
	uint32_t status;                         // UnregisterAck: 0 ok
	uint32_t wait;                           // RegisterTokenReject, s
	char text[128];                          // Alarm, RegisterReject: printable, cut to fit
};

// One message, header and all. WIRE_OK, WIRE_TRUNCATED (fewer bytes than its length says: what is there is
// filled) or WIRE_MALFORMED.
enum wire_outcome sccp_read(const uint8_t *data, size_t len, struct sccp_message *ret);

// The least and the most that a header's length field may say before it is taken for something else.
#define SCCP_LENGTH_MIN 4
#define SCCP_LENGTH_MAX (1u << 20)

// Whether a header's first two words are those of a message; the same with a known id, for finding one's feet
// in a stream (12 bytes at data).
bool sccp_header_valid(uint32_t length, uint32_t version);
bool sccp_plausible(const uint8_t *data, size_t len);

// The id's name, or NULL. All of them, sorted by id: sccp_names[sccp_name_count], then a row of NULL.
const char *sccp_name(uint32_t id);
extern const struct value_name sccp_names[];
extern const size_t sccp_name_count;

#endif
