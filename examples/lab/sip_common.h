// SPDX-License-Identifier: GPL-2.0-or-later
// SIP over TCP as Cisco's phones and CUCM use it to register (RFC 3261; the header order and the Cisco
// parameters follow the REGISTER, 100 and 200 printed in Cisco's document 200410, "Troubleshoot IP Phone
// Unregistration"). Reading is bounds-checked and copies nothing: a `struct text` points into the message.
#ifndef LAB_SIP_COMMON_H
#define LAB_SIP_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIP_PORT        5060
#define SIP_MESSAGE_MAX 8192 // longer is refused

struct text {
	const char *at;
	size_t size;
};

// One message as it was framed: its head with the empty line, and its body.
struct sip_message {
	struct text head, body;
};

enum sip_frame {
	SIP_FRAME_MESSAGE,
	SIP_FRAME_PING, // RFC 5626: CRLFCRLF, to be answered with CRLF
	SIP_FRAME_PONG, // a lone CRLF: skip it
};

// Looks for one frame at the head of `size` bytes. 0: there is one, of `*ret_size` bytes; -EAGAIN: more bytes
// are needed; -EBADMSG: this is not SIP or too long.
int sip_next(const char *bytes, size_t size, enum sip_frame *ret_kind, struct sip_message *ret_message,
	     size_t *ret_size);

// The method of a request, empty for a response; the status of a response, 0 for a request.
struct text sip_method(const struct sip_message *message);
unsigned sip_status(const struct sip_message *message);

// The value of the header's occurrence `index` (from 0), by its full name, case-insensitively; its compact
// form is known too. False where there is none. A folded value is one value, its line breaks inside.
bool sip_header(const struct sip_message *message, const char *name, unsigned index, struct text *ret_value);

// A parameter after the '>' of a Contact (or after the first ';' where there is no '<'): `;name=value` or
// `;name`, the quotes of a quoted value removed. False where there is none.
bool sip_param(struct text value, const char *name, struct text *ret_value);

// A decimal number that begins the text, as Expires and CSeq have it. -EINVAL.
int sip_number(struct text value, uint32_t *ret_number);

bool text_equals(struct text value, const char *what);

// A text being written; what does not fit sets `overflow`.
struct sip_writer {
	char bytes[SIP_MESSAGE_MAX];
	size_t size;
	bool overflow;
};

// What a phone's REGISTER says.
struct sip_register {
	const char *name;   // SEP…
	const char *mac;    // 001b54000011
	const char *line;   // 5000
	const char *uuid;   // the Contact's user part
	const char *server; // "10.10.10.202"
	const char *local;  // "10.10.10.11"
	uint16_t port;      // the local port
	const char *call_id, *tag;
	uint32_t branch, cseq;
	unsigned expires;
	bool heartbeat;   // to a server that the phone is not registered with: `;expires=0;cisco-keep-alive`
	bool first;       // of a registration: with Reason and a multipart body
	unsigned alarm;   // Reason: the phone's code ...
	const char *last; // ... and its word for why it left
	uint32_t session; // numbers the session in Session-ID
};

void sip_write_register(struct sip_writer *writer, const struct sip_register *phone);

// A response: what RFC 3261 has copied is copied from the request. `expires` below 0: no Expires and no
// Contact.
void sip_write_response(struct sip_writer *writer, const struct sip_message *request, unsigned status,
			const char *reason, uint32_t tag, int expires);

#endif
