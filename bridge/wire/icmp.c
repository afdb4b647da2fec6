// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/decode.h"

#define ICMP_HEADER 8

enum { UNREACHABLE = 3, SOURCE_QUENCH = 4, REDIRECT = 5, TIME_EXCEEDED = 11, PARAMETER_PROBLEM = 12 };

// RFC 792; an error quotes the packet it is about.
void icmp_decode(struct frame *f, struct region r)
{
	struct cursor c = region_cursor(f, &r);
	uint8_t type = cursor_u8(&c);
	struct region quote;

	if (region_left(&r) < ICMP_HEADER) {
		layer_add(f, PROTO_ICMP, &r, ICMP_HEADER, region_short(&r, ICMP_HEADER));
		return;
	}
	if (!layer_add(f, PROTO_ICMP, &r, ICMP_HEADER, WIRE_OK))
		return;
	if (type != UNREACHABLE && type != SOURCE_QUENCH && type != REDIRECT && type != TIME_EXCEEDED &&
	    type != PARAMETER_PROBLEM)
		return;
	quote = region_after(&r, ICMP_HEADER);
	quote.quoted = quote.partial = true;
	if (region_left(&quote))
		ip_decode(f, quote);
}

// ---- fields ----

static const struct value_name types[] = {
	{0, "Echo (ping) reply"},
	{3, "Destination unreachable"},
	{4, "Source quench (flow control)"},
	{5, "Redirect"},
	{8, "Echo (ping) request"},
	{9, "Router advertisement"},
	{10, "Router solicitation"},
	{11, "Time-to-live exceeded"},
	{12, "Parameter problem"},
	{13, "Timestamp request"},
	{14, "Timestamp reply"},
	{15, "Information request"},
	{16, "Information reply"},
	{17, "Address mask request"},
	{18, "Address mask reply"},
	{0, NULL},
};

// Identifier and sequence number: of echo, timestamp, information and address mask.
static bool get_query(const struct field *field, const struct frame *f, const struct layer *layer,
		      value_visit *visit, void *ctx)
{
	struct cursor c = cursor_of(f->data + layer->offset, layer->header);
	uint8_t type = cursor_u8(&c);
	struct value v;

	if ((type != 0 && type != 8 && (type < 13 || type > 18)) ||
	    !field_read(field, f, layer, field->at, &v))
		return true;
	return visit(ctx, &v);
}

#define ROW_QUERY(n, t, a, le)                                                                               \
	{                                                                                                    \
		.name = (n), .title = (t), .type = FIELD_UINT, .display = 10, .at = (a), .size = 2,          \
		.little = (le), .get = get_query                                                             \
	}

static const struct field rows[] = {
	ROW_NAMED("icmp.type", "Type", 0, 1, types),
	ROW_DEC("icmp.code", "Code", 1, 1),
	ROW_HEX("icmp.checksum", "Checksum", 2, 2),
	ROW_QUERY("icmp.ident", "Identifier (BE)", 4, false),
	ROW_QUERY("icmp.ident_le", "Identifier (LE)", 4, true),
	ROW_QUERY("icmp.seq", "Sequence Number (BE)", 6, false),
	ROW_QUERY("icmp.seq_le", "Sequence Number (LE)", 6, true),
};

const struct protocol icmp_protocol = {PROTO_ICMP, "icmp", "Internet Control Message Protocol", rows,
				       ROW_COUNT(rows)};
