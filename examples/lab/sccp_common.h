// SPDX-License-Identifier: GPL-2.0-or-later
// SCCP (Skinny) messages, byte for byte as an IP phone and CUCM exchange them (Wireshark's packet-skinny.c
// and chan-sccp's sccp_protocol.h are the sources of the layouts). Little-endian throughout, IPv4 addresses
// in network order: u32 length | u32 headerVersion | u32 messageId | payload, where length counts messageId
// and payload.
#ifndef LAB_SCCP_COMMON_H
#define LAB_SCCP_COMMON_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCCP_PORT        2000
#define SCCP_HEADER_SIZE 12
#define SCCP_MESSAGE_MAX 4096 // longer is taken for garbage; CUCM's longest here is 792 bytes

enum sccp_id {
	// from the phone
	SCCP_KEEPALIVE = 0x0000,
	SCCP_REGISTER = 0x0001,
	SCCP_IP_PORT = 0x0002,
	SCCP_FORWARD_STAT_REQ = 0x0009,
	SCCP_LINE_STAT_REQ = 0x000b,
	SCCP_TIME_DATE_REQ = 0x000d,
	SCCP_BUTTON_TEMPLATE_REQ = 0x000e,
	SCCP_CAPABILITIES_RES = 0x0010,
	SCCP_ALARM = 0x0020,
	SCCP_SOFT_KEY_SET_REQ = 0x0025,
	SCCP_UNREGISTER = 0x0027,
	SCCP_SOFT_KEY_TEMPLATE_REQ = 0x0028,
	SCCP_REGISTER_TOKEN_REQ = 0x0029,
	SCCP_REGISTER_AVAILABLE_LINES = 0x002d,
	// from CUCM
	SCCP_REGISTER_ACK = 0x0081,
	SCCP_FORWARD_STAT = 0x0090,
	SCCP_LINE_STAT = 0x0092,
	SCCP_DEFINE_TIME_DATE = 0x0094,
	SCCP_BUTTON_TEMPLATE = 0x0097,
	SCCP_CAPABILITIES_REQ = 0x009b,
	SCCP_REGISTER_REJECT = 0x009d,
	SCCP_RESET = 0x009f,
	SCCP_KEEPALIVE_ACK = 0x0100,
	SCCP_SOFT_KEY_TEMPLATE = 0x0108,
	SCCP_SOFT_KEY_SET = 0x0109,
	SCCP_UNREGISTER_ACK = 0x0118,
	SCCP_REGISTER_TOKEN_ACK = 0x011a,
	SCCP_REGISTER_TOKEN_REJECT = 0x011b,
};

// A message being built. What does not fit sets `overflow` and is left out.
struct sccp_writer {
	uint8_t bytes[SCCP_MESSAGE_MAX];
	size_t size;
	bool overflow;
};

// A message that was received: its payload, within the receive buffer.
struct sccp_message {
	uint32_t id;
	const uint8_t *payload;
	size_t size;
};

// The account that a phone gives of itself.
struct sccp_phone {
	const char *name; // SEP…
	const char *line; // directory number
	struct in_addr address;
	uint8_t mac[6];
};

// What a RegisterAck grants, in seconds.
struct sccp_grant {
	uint32_t keepalive;
	uint32_t secondary_keepalive;
};

// Looks for one message at the head of `size` bytes. 0: there is one, of `*ret_size` bytes; -EAGAIN: more
// bytes are needed; -EBADMSG: the length cannot be.
int sccp_next(const uint8_t *bytes, size_t size, struct sccp_message *ret_message, size_t *ret_size);

// Payload fields by offset. A field beyond the end reads as 0 or "" (servers and phones of different ages
// send bodies of different lengths). A text stops at its NUL or its `width`; `text` has room for width + 1.
uint32_t sccp_u32(const struct sccp_message *message, size_t offset);
void sccp_text(const struct sccp_message *message, size_t offset, size_t width, char *text);

// Builders: each starts a new message in `writer`.
void sccp_plain(struct sccp_writer *writer, enum sccp_id id);
void sccp_number(struct sccp_writer *writer, enum sccp_id id, uint32_t number);
void sccp_alarm(struct sccp_writer *writer, const struct sccp_phone *phone, unsigned code, const char *last);
void sccp_register(struct sccp_writer *writer, const struct sccp_phone *phone);
void sccp_token_request(struct sccp_writer *writer, const struct sccp_phone *phone);
void sccp_capabilities(struct sccp_writer *writer);
void sccp_register_ack(struct sccp_writer *writer, const struct sccp_grant *grant);
void sccp_button_template(struct sccp_writer *writer);
void sccp_soft_key_template(struct sccp_writer *writer);
void sccp_soft_key_set(struct sccp_writer *writer);
void sccp_line_stat(struct sccp_writer *writer, uint32_t line, const char *number);
void sccp_forward_stat(struct sccp_writer *writer, uint32_t line);
void sccp_time_date(struct sccp_writer *writer, uint32_t unix_time);

#endif
