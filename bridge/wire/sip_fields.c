// SPDX-License-Identifier: GPL-2.0-or-later
// SIP's fields, with Wireshark's names and values: most are header fields, one value each time one occurs.
#include <string.h>

#include "wire/decode.h"
#include "wire/sip.h"

static struct value text_value(const char *at, size_t len)
{
	return (struct value){.bytes = (const uint8_t *)at, .len = (uint32_t)len};
}

// The start line without its end, in words. false: the layer has none (a message's later part).
struct start_line {
	struct value line, word[3];
	bool request;
};

static bool start_line_read(const struct frame *f, const struct layer *layer, struct start_line *ret)
{
	const uint8_t *p = f->data + layer->offset;
	struct start_line s = {0};
	size_t len = 0, one, two;

	while (len < layer->header && p[len] != '\r' && p[len] != '\n')
		len++;
	if (!sip_start_line(p, len))
		return false;
	one = (size_t)((const uint8_t *)memchr(p, ' ', len) - p);
	two = (size_t)((const uint8_t *)memchr(p + one + 1, ' ', len - one - 1) - p);
	s.line = text_value((const char *)p, len);
	s.word[0] = text_value((const char *)p, one);
	s.word[1] = text_value((const char *)p + one + 1, two - one - 1);
	s.word[2] = text_value((const char *)p + two + 1, len - two - 1);
	s.request = one != 7 || memcmp(p, "SIP/2.0", 7) != 0;
	*ret = s;
	return true;
}

enum { START_REQUEST_LINE, START_METHOD, START_URI, START_STATUS_LINE, START_STATUS_CODE };

static bool get_start(const struct field *field, const struct frame *f, const struct layer *layer,
		      value_visit *visit, void *ctx)
{
	struct start_line s;
	struct value v;

	if (!start_line_read(f, layer, &s) || s.request != (field->param < START_STATUS_LINE))
		return true;
	if (field->param == START_REQUEST_LINE || field->param == START_STATUS_LINE)
		return visit(ctx, &s.line);
	if (field->param == START_METHOD)
		return visit(ctx, &s.word[0]);
	if (field->param == START_URI)
		return visit(ctx, &s.word[1]);
	v = (struct value){.number = (s.word[1].bytes[0] - '0') * 100 + (s.word[1].bytes[1] - '0') * 10 +
				     (s.word[1].bytes[2] - '0')};
	return visit(ctx, &v);
}

// Header fields by name, in the order of their rows' params.
static const char *const header_names[] = {
#define HEADER_CALL_ID 0
	"call-id",
#define HEADER_CONTACT 1
	"contact",
#define HEADER_CSEQ 2
	"cseq",
#define HEADER_EXPIRES 3
	"expires",
#define HEADER_FROM 4
	"from",
#define HEADER_TO 5
	"to",
#define HEADER_REASON 6
	"reason",
#define HEADER_VIA 7
	"via",
#define HEADER_USER_AGENT 8
	"user-agent",
#define HEADER_CONTENT_LENGTH 9
	"content-length",
};

static uint64_t leading_number(const struct sip_text *t)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < t->len && t->at[i] >= '0' && t->at[i] <= '9' && n < UINT32_MAX; i++)
		n = n * 10 + (uint64_t)(t->at[i] - '0');
	return n < UINT32_MAX ? n : UINT32_MAX;
}

static bool get_header(const struct field *field, const struct frame *f, const struct layer *layer,
		       value_visit *visit, void *ctx)
{
	struct start_line s;
	struct sip_header h;
	size_t at = 0;
	bool complete;

	if (!start_line_read(f, layer, &s))
		return true;
	while (sip_header_next(f->data + layer->offset, layer->header, &at, &h, &complete)) {
		struct value v = text_value(h.value.at, h.value.len);

		if (!sip_header_is(&h, header_names[field->param]))
			continue;
		if (field->type == FIELD_UINT)
			v = (struct value){.number = (int64_t)leading_number(&h.value)};
		if (!visit(ctx, &v))
			return false;
	}
	return true;
}

// The word behind CSeq's number.
static bool get_cseq_method(const struct field *field, const struct frame *f, const struct layer *layer,
			    value_visit *visit, void *ctx)
{
	struct start_line s;
	struct sip_header h;
	size_t at = 0;
	bool complete;

	(void)field;
	if (!start_line_read(f, layer, &s))
		return true;
	while (sip_header_next(f->data + layer->offset, layer->header, &at, &h, &complete)) {
		uint32_t from = 0;
		struct value v;

		if (!sip_header_is(&h, "cseq"))
			continue;
		while (from < h.value.len && h.value.at[from] != ' ')
			from++;
		while (from < h.value.len && h.value.at[from] == ' ')
			from++;
		v = text_value(h.value.at + from, h.value.len - from);
		if (!visit(ctx, &v))
			return false;
	}
	return true;
}

static const struct field rows[] = {
	ROW_GET("sip.Request-Line", "Request-Line", FIELD_STRING, 10, get_start, START_REQUEST_LINE),
	ROW_GET("sip.Method", "Method", FIELD_STRING, 10, get_start, START_METHOD),
	ROW_GET("sip.r-uri", "Request-URI", FIELD_STRING, 10, get_start, START_URI),
	ROW_GET("sip.Status-Line", "Status-Line", FIELD_STRING, 10, get_start, START_STATUS_LINE),
	ROW_GET("sip.Status-Code", "Status-Code", FIELD_UINT, 10, get_start, START_STATUS_CODE),
	ROW_GET("sip.Call-ID", "Call-ID", FIELD_STRING, 10, get_header, HEADER_CALL_ID),
	ROW_GET("sip.Contact", "Contact", FIELD_STRING, 10, get_header, HEADER_CONTACT),
	ROW_GET("sip.CSeq", "CSeq", FIELD_STRING, 10, get_header, HEADER_CSEQ),
	ROW_GET("sip.CSeq.seq", "Sequence Number", FIELD_UINT, 10, get_header, HEADER_CSEQ),
	ROW_GET("sip.CSeq.method", "Method", FIELD_STRING, 10, get_cseq_method, 0),
	ROW_GET("sip.Expires", "Expires", FIELD_UINT, 10, get_header, HEADER_EXPIRES),
	ROW_GET("sip.From", "From", FIELD_STRING, 10, get_header, HEADER_FROM),
	ROW_GET("sip.To", "To", FIELD_STRING, 10, get_header, HEADER_TO),
	ROW_GET("sip.Reason", "Reason", FIELD_STRING, 10, get_header, HEADER_REASON),
	ROW_GET("sip.Via", "Via", FIELD_STRING, 10, get_header, HEADER_VIA),
	ROW_GET("sip.User-Agent", "User-Agent", FIELD_STRING, 10, get_header, HEADER_USER_AGENT),
	ROW_GET("sip.Content-Length", "Content-Length", FIELD_UINT, 10, get_header, HEADER_CONTENT_LENGTH),
};

const struct protocol sip_protocol = {PROTO_SIP, "sip", "Session Initiation Protocol", rows, ROW_COUNT(rows)};
