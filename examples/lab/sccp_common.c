// SPDX-License-Identifier: GPL-2.0-or-later
#include "sccp_common.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DEVICE_TYPE_7962 404
#define FIRMWARE         "SCCP42.9-4-2SR3-1S"
// Protocol 9 is the last whose messages all carry headerVersion 0.
#define PROTOCOL_VERSION 9
#define HEADER_VERSION   0

static uint32_t get_u32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

int sccp_next(const uint8_t *bytes, size_t size, struct sccp_message *ret_message, size_t *ret_size)
{
	uint32_t length;

	if (size < 4)
		return -EAGAIN;
	length = get_u32(bytes);
	if (length < 4 || length > SCCP_MESSAGE_MAX - 8)
		return -EBADMSG;
	if (size < length + 8)
		return -EAGAIN;
	*ret_message = (struct sccp_message){
		.id = get_u32(bytes + 8), .payload = bytes + SCCP_HEADER_SIZE, .size = length - 4};
	*ret_size = length + 8;
	return 0;
}

uint32_t sccp_u32(const struct sccp_message *message, size_t offset)
{
	if (message->size < 4 || offset > message->size - 4)
		return 0;
	return get_u32(message->payload + offset);
}

void sccp_text(const struct sccp_message *message, size_t offset, size_t width, char *text)
{
	size_t i;

	for (i = 0; i < width && offset + i < message->size && message->payload[offset + i]; i++)
		text[i] = (char)message->payload[offset + i];
	text[i] = '\0';
}

static void add_bytes(struct sccp_writer *writer, const void *bytes, size_t size)
{
	if (size > sizeof(writer->bytes) - writer->size) {
		writer->overflow = true;
		return;
	}
	memcpy(writer->bytes + writer->size, bytes, size);
	writer->size += size;
	// length counts what follows headerVersion
	for (int i = 0; i < 4; i++)
		writer->bytes[i] = (uint8_t)((writer->size - 8) >> (8 * i));
}

static void add_u8(struct sccp_writer *writer, uint8_t value)
{
	add_bytes(writer, &value, 1);
}

static void add_u16(struct sccp_writer *writer, uint16_t value)
{
	add_bytes(writer, (uint8_t[]){(uint8_t)value, (uint8_t)(value >> 8)}, 2);
}

static void add_u32(struct sccp_writer *writer, uint32_t value)
{
	add_u16(writer, (uint16_t)value);
	add_u16(writer, (uint16_t)(value >> 16));
}

static void add_zeros(struct sccp_writer *writer, size_t size)
{
	while (size--)
		add_u8(writer, 0);
}

// A field of `width` bytes, NUL-padded and always ended by a NUL.
static void add_text(struct sccp_writer *writer, const char *text, size_t width)
{
	size_t size = strnlen(text, width - 1);

	add_bytes(writer, text, size);
	add_zeros(writer, width - size);
}

static void begin(struct sccp_writer *writer, enum sccp_id id)
{
	static const uint8_t blank[8];

	writer->size = 0;
	writer->overflow = false;
	memcpy(writer->bytes, blank, sizeof(blank));
	writer->size = sizeof(blank);
	writer->bytes[4] = HEADER_VERSION;
	add_u32(writer, id);
}

void sccp_plain(struct sccp_writer *writer, enum sccp_id id)
{
	begin(writer, id);
}

void sccp_number(struct sccp_writer *writer, enum sccp_id id, uint32_t number)
{
	begin(writer, id);
	add_u32(writer, number);
}

void sccp_alarm(struct sccp_writer *writer, const struct sccp_phone *phone, unsigned code, const char *last)
{
	char text[80];

	snprintf(text, sizeof(text), "%u: Name=%s Load=%s Last=%s", code, phone->name, FIRMWARE, last);
	begin(writer, SCCP_ALARM);
	add_u32(writer, 2); // severity: informational
	add_text(writer, text, 80);
	add_u32(writer, 4); // parm1
	add_bytes(writer, &phone->address, 4);
}

// The 24 bytes that Register and RegisterTokenReq begin with, and the address and device type after them.
static void add_station(struct sccp_writer *writer, const struct sccp_phone *phone)
{
	add_text(writer, phone->name, 16);
	add_u32(writer, 0); // reserved
	add_u32(writer, 0); // instance
	add_bytes(writer, &phone->address, 4);
	add_u32(writer, DEVICE_TYPE_7962);
}

void sccp_register(struct sccp_writer *writer, const struct sccp_phone *phone)
{
	begin(writer, SCCP_REGISTER);
	add_station(writer, phone);
	add_u32(writer, 5); // maxStreams
	add_u32(writer, 0); // activeStreams
	add_u8(writer, PROTOCOL_VERSION);
	add_u8(writer, 0);
	add_u16(writer, 0); // PhoneFeatures
	add_u32(writer, 0); // maxConferences
	add_u32(writer, 0); // activeConferences
	add_bytes(writer, phone->mac, 6);
	add_zeros(writer, 6);  // the field holds 12
	add_u32(writer, 3);    // ipV4AddressScope: signalling and media
	add_u32(writer, 6);    // maxNumberOfLines
	add_zeros(writer, 16); // stationIpV6Addr
	add_u32(writer, 0);    // ipV6AddressScope: none
	add_text(writer, FIRMWARE, 32);
}

void sccp_token_request(struct sccp_writer *writer, const struct sccp_phone *phone)
{
	begin(writer, SCCP_REGISTER_TOKEN_REQ);
	add_station(writer, phone);
	add_u32(writer, 0);    // stationIpV6Addr: its family, IPv4 ...
	add_zeros(writer, 16); // ... and the address
}

void sccp_capabilities(struct sccp_writer *writer)
{
	// Media payload and the most frames a packet: G.722 64k, G.711 µ-law, A-law, G.729 annex A, annex
	// A+B.
	static const struct {
		uint32_t payload, frames;
	} capabilities[] = {{6, 40}, {4, 40}, {2, 40}, {12, 60}, {16, 60}};
	const size_t count = sizeof(capabilities) / sizeof(capabilities[0]);

	begin(writer, SCCP_CAPABILITIES_RES);
	add_u32(writer, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		add_u32(writer, capabilities[i].payload);
		add_u32(writer, capabilities[i].frames);
		add_zeros(writer, 8);
	}
}

void sccp_register_ack(struct sccp_writer *writer, const struct sccp_grant *grant)
{
	begin(writer, SCCP_REGISTER_ACK);
	add_u32(writer, grant->keepalive);
	add_text(writer, "D/M/Y", 6);
	add_u16(writer, 0);
	add_u32(writer, grant->secondary_keepalive);
	add_u8(writer, PROTOCOL_VERSION);
	add_u8(writer, 0);
	add_u16(writer, 0); // PhoneFeatures
}

void sccp_button_template(struct sccp_writer *writer)
{
	enum { BUTTONS = 42, PHONE_BUTTONS = 6, LINE = 9, SPEED_DIAL = 2, UNUSED = 255 };

	begin(writer, SCCP_BUTTON_TEMPLATE);
	add_u32(writer, 0); // offset
	add_u32(writer, PHONE_BUTTONS);
	add_u32(writer, PHONE_BUTTONS);
	for (unsigned i = 0; i < BUTTONS; i++) {
		add_u8(writer, (uint8_t)(i < PHONE_BUTTONS ? (i ? i : 1) : 0)); // instance
		add_u8(writer, i == 0 ? LINE : i < PHONE_BUTTONS ? SPEED_DIAL : UNUSED);
	}
}

void sccp_soft_key_template(struct sccp_writer *writer)
{
	// \200 and a number stand for a label in the phone's own language.
	static const char *const labels[] = {"\200\001", "\200\002", "\200\003", "\200\004",
					     "\200\005", "\200\006", "\200\007", "\200\010"};
	const uint32_t count = sizeof(labels) / sizeof(labels[0]);

	begin(writer, SCCP_SOFT_KEY_TEMPLATE);
	add_u32(writer, 0);
	add_u32(writer, count);
	add_u32(writer, count);
	for (uint32_t i = 0; i < count; i++) {
		add_text(writer, labels[i], 16);
		add_u32(writer, i + 1);
	}
}

void sccp_soft_key_set(struct sccp_writer *writer)
{
	enum { SETS = 11, KEYS = 16 };
	// The first keys of "on hook": Redial, NewCall, CFwdALL; the other sets offer EndCall.
	static const uint8_t on_hook[KEYS] = {1, 2, 5}, other[KEYS] = {7};

	begin(writer, SCCP_SOFT_KEY_SET);
	add_u32(writer, 0);
	add_u32(writer, SETS);
	add_u32(writer, SETS);
	for (unsigned i = 0; i < SETS; i++) {
		const uint8_t *keys = i ? other : on_hook;

		add_bytes(writer, keys, KEYS);
		for (unsigned k = 0; k < KEYS; k++)
			add_u16(writer, keys[k] ? (uint16_t)(300 + keys[k]) : 0);
	}
}

void sccp_line_stat(struct sccp_writer *writer, uint32_t line, const char *number)
{
	begin(writer, SCCP_LINE_STAT);
	add_u32(writer, line);
	add_text(writer, number, 24);
	add_text(writer, number, 40); // fully qualified display name
	add_text(writer, number, 40); // label
	add_u32(writer, 0);           // display options
}

void sccp_forward_stat(struct sccp_writer *writer, uint32_t line)
{
	begin(writer, SCCP_FORWARD_STAT);
	add_u32(writer, 0); // no forwarding is active
	add_u32(writer, line);
	for (int i = 0; i < 3; i++) { // all, busy, no answer
		add_u32(writer, 0);
		add_zeros(writer, 24);
	}
}

void sccp_time_date(struct sccp_writer *writer, uint32_t unix_time)
{
	time_t seconds = (time_t)unix_time;
	struct tm now;

	gmtime_r(&seconds, &now);
	begin(writer, SCCP_DEFINE_TIME_DATE);
	add_u32(writer, (uint32_t)now.tm_year + 1900);
	add_u32(writer, (uint32_t)now.tm_mon + 1);
	add_u32(writer, (uint32_t)now.tm_wday);
	add_u32(writer, (uint32_t)now.tm_mday);
	add_u32(writer, (uint32_t)now.tm_hour);
	add_u32(writer, (uint32_t)now.tm_min);
	add_u32(writer, (uint32_t)now.tm_sec);
	add_u32(writer, 0); // milliseconds
	add_u32(writer, unix_time);
}
