// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/sccp.h"

#include "wire/decode.h"
#include "wire/field.h"

// Bytes of a message's header, its id included.
#define SCCP_HEADER 12

const char *sccp_name(uint32_t id)
{
	size_t low = 0, high = sccp_name_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (sccp_names[mid].value == id)
			return sccp_names[mid].name;
		if (sccp_names[mid].value < id)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

bool sccp_header_valid(uint32_t length, uint32_t version)
{
	bool known =
		version == 0 || version == 0x0a || version == 0x0b || (version >= 0x0f && version <= 0x16);

	return known && length >= SCCP_LENGTH_MIN && length <= SCCP_LENGTH_MAX;
}

bool sccp_plausible(const uint8_t *data, size_t len)
{
	struct cursor c = cursor_of(data, len);
	uint32_t length = cursor_le32(&c), version = cursor_le32(&c), id = cursor_le32(&c);

	if (c.short_read || !sccp_header_valid(length, version) || !sccp_name(id))
		return false;
	// Runs of zeros are common, and look like nearly this.
	return (id != SCCP_KEEPALIVE && id != SCCP_KEEPALIVE_ACK) || length == SCCP_LENGTH_MIN;
}

// The n bytes of a string field, as far as they are there, to its NUL; what is not printable ASCII becomes
// '.'.
static void text_read(struct cursor *c, size_t n, char *ret, size_t size)
{
	size_t left = cursor_left(c), out = 0;
	const uint8_t *p;

	n = n < left ? n : left;
	p = cursor_take(c, n);
	for (size_t i = 0; i < n && p[i] && out + 1 < size; i++)
		ret[out++] = p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '.';
	ret[out] = 0;
}

static void body_read(struct cursor *c, struct sccp_message *m)
{
	switch (m->id) {
	case SCCP_REGISTER:
	case SCCP_REGISTER_TOKEN_REQ:
		text_read(c, 16, m->device, sizeof(m->device));
		break;
	case SCCP_ALARM:
		cursor_skip(c, 4); // severity
		text_read(c, 80, m->text, sizeof(m->text));
		break;
	case SCCP_XML_ALARM:
		text_read(c, cursor_left(c), m->text, sizeof(m->text));
		break;
	case SCCP_REGISTER_REJECT:
		text_read(c, 32, m->text, sizeof(m->text));
		break;
	case SCCP_REGISTER_ACK:
		m->keepalive = cursor_le32(c);
		cursor_skip(c, 8); // date template and filler
		m->secondary_keepalive = cursor_le32(c);
		break;
	case SCCP_RESET:
		m->reset_type = cursor_le32(c);
		break;
	case SCCP_UNREGISTER_ACK:
		m->status = cursor_le32(c);
		break;
	case SCCP_REGISTER_TOKEN_REJECT:
		m->wait = cursor_le32(c);
		break;
	default: // the rest has nothing that is asked for here
		break;
	}
}

enum wire_outcome sccp_read(const uint8_t *data, size_t len, struct sccp_message *ret)
{
	struct cursor c = cursor_of(data, len);
	uint32_t length = cursor_le32(&c), version = cursor_le32(&c);
	struct sccp_message m = {.id = cursor_le32(&c)};
	bool cut;

	if (len >= 8 && !sccp_header_valid(length, version))
		return WIRE_MALFORMED;
	if (c.short_read)
		return WIRE_TRUNCATED;
	cut = len - 8 < length;
	if (!cut)
		c.end = data + 8 + length;
	m.name = sccp_name(m.id);
	body_read(&c, &m);
	*ret = m;
	return cut ? WIRE_TRUNCATED : WIRE_OK;
}

// Each message is a layer. As in Wireshark, the first one's header decides whether the segment is SCCP at
// all, and the rest are then taken by their lengths.
bool sccp_decode(struct frame *f, struct region r)
{
	struct region rest = r;

	if (!r.quoted && f->stream_skip) {
		if (f->stream_skip >= region_left(&r))
			return true;
		rest = region_after(&r, f->stream_skip);
	}
	for (bool first = true; region_left(&rest) >= 4; first = false) {
		struct cursor c = region_cursor(f, &rest);
		struct region one = rest;
		uint32_t length = cursor_le32(&c), version = cursor_le32(&c);
		enum wire_outcome outcome = WIRE_OK;

		if (first && (c.short_read || !sccp_header_valid(length, version)))
			return false;
		if (length < SCCP_LENGTH_MIN || length > SCCP_LENGTH_MAX)
			outcome = WIRE_MALFORMED;
		else if (length > UINT32_MAX - 8 || region_left(&rest) < length + 8)
			outcome = WIRE_TRUNCATED;
		else
			region_limit(&one, length + 8);
		if (!layer_add(f, PROTO_SCCP, &one, SCCP_HEADER, outcome) || outcome != WIRE_OK)
			break;
		rest = region_after(&rest, length + 8);
	}
	return true;
}
