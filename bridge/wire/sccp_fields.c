// SPDX-License-Identifier: GPL-2.0-or-later
// SCCP's fields. A message's own are there by its id; Wireshark's names.
#include "wire/decode.h"
#include "wire/sccp.h"

#define BODY 12 // where a message's own fields begin

#define ROW_LE(n, t, base, a, nm)                                                                            \
	{                                                                                                    \
		.name = (n), .title = (t), .type = FIELD_UINT, .display = (base), .at = (a), .size = 4,      \
		.little = true, .names = (nm)                                                                \
	}

// A field at the same place of one or of several messages.
struct place {
	uint16_t id, at, size;
};

static const struct place places[] = {
#define KEEPALIVE_INTERVAL 0
	{0x0081, 12, 4},
#define SECONDARY_INTERVAL 1
	{0x0081, 24, 4},
#define DEVICE_NAME 2
	{0x0001, 12, 16},
#define RESET_TYPE 3
	{0x009f, 12, 4},
};

static bool get_body(const struct field *field, const struct frame *f, const struct layer *layer,
		     value_visit *visit, void *ctx)
{
	struct cursor c = cursor_of(f->data + layer->offset, layer->length);
	const struct place *place = &places[field->param];
	struct value v = {0};

	cursor_skip(&c, 8);
	if (cursor_le32(&c) != place->id || c.short_read || !cursor_skip(&c, place->at - BODY))
		return true;
	if (field->type == FIELD_UINT) {
		v.number = cursor_le32(&c);
		return c.short_read || visit(ctx, &v);
	}
	v.bytes = cursor_take(&c, place->size);
	while (v.bytes && v.len < place->size && v.bytes[v.len])
		v.len++;
	return !v.bytes || visit(ctx, &v);
}

static const struct field rows[] = {
	ROW_LE("skinny.data_length", "Data length", 10, 0, NULL),
	ROW_LE("skinny.hdr_version", "Header version", 16, 4, NULL),
	ROW_LE("skinny.messageId", "Message ID", 10, 8, sccp_names),
	ROW_GET("skinny.keepAliveInterval", "keepAliveInterval", FIELD_UINT, 10, get_body,
		KEEPALIVE_INTERVAL),
	ROW_GET("skinny.secondaryKeepAliveInterval", "secondaryKeepAliveInterval", FIELD_UINT, 10, get_body,
		SECONDARY_INTERVAL),
	ROW_GET("skinny.DeviceName", "DeviceName", FIELD_STRING, 10, get_body, DEVICE_NAME),
	ROW_GET("skinny.resetType", "resetType", FIELD_UINT, 16, get_body, RESET_TYPE),
};

const struct protocol sccp_protocol = {PROTO_SCCP, "skinny", "Skinny Client Control Protocol", rows,
				       ROW_COUNT(rows)};
