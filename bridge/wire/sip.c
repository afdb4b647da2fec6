// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/sip.h"

#include <string.h>
#include <strings.h>

#include "wire/decode.h"

#define SIP_VERSION     "SIP/2.0"
#define SIP_VERSION_LEN 7

// ---- text ----

static struct sip_text text_of(const uint8_t *data, size_t len)
{
	return (struct sip_text){.at = (const char *)data, .len = (uint32_t)len};
}

static struct sip_text text_sub(struct sip_text t, uint32_t from, uint32_t to)
{
	return (struct sip_text){.at = t.at + from, .len = to - from};
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct sip_text text_trim(struct sip_text t)
{
	uint32_t from = 0, to = t.len;

	while (from < to && blank(t.at[from]))
		from++;
	while (to > from && blank(t.at[to - 1]))
		to--;
	return text_sub(t, from, to);
}

static bool text_is(struct sip_text t, const char *word)
{
	return t.len == strlen(word) && !strncasecmp(t.at, word, t.len);
}

// Where word first stands at or behind from, or t.len. Case is ignored.
static uint32_t text_find(struct sip_text t, uint32_t from, const char *word)
{
	size_t n = strlen(word);

	for (uint32_t i = from; i + n <= t.len; i++)
		if (!strncasecmp(t.at + i, word, n))
			return i;
	return t.len;
}

static uint32_t text_until(struct sip_text t, uint32_t from, const char *stops)
{
	while (from < t.len && !(t.at[from] && strchr(stops, t.at[from])))
		from++;
	return from;
}

// Leading digits as a number, saturating at UINT32_MAX; -1: there are none.
static int64_t text_number(struct sip_text t)
{
	int64_t n = -1;

	for (uint32_t i = 0; i < t.len && t.at[i] >= '0' && t.at[i] <= '9'; i++) {
		n = (n < 0 ? 0 : n) * 10 + (t.at[i] - '0');
		if (n > UINT32_MAX)
			n = UINT32_MAX;
	}
	return n;
}

// Copies what is printable, cut to fit.
static void text_copy(struct sip_text t, char *ret, size_t size)
{
	size_t out = 0;

	for (uint32_t i = 0; i < t.len && out + 1 < size; i++)
		ret[out++] = t.at[i] >= 0x20 && t.at[i] < 0x7f ? t.at[i] : '.';
	ret[out] = 0;
}

// ---- lines ----

// The length of the line at from, without its end; *ret_next is behind its CR LF, LF or lone CR. Returns
// false where the data ends first (the length is then all of it).
static bool line_find(const uint8_t *data, size_t len, size_t from, size_t *ret_len, size_t *ret_next)
{
	size_t i = from;

	while (i < len && data[i] != '\n' && data[i] != '\r')
		i++;
	*ret_len = i - from;
	*ret_next = i;
	if (i == len || (data[i] == '\r' && i + 1 == len))
		return false;
	*ret_next = data[i] == '\r' && data[i + 1] == '\n' ? i + 2 : i + 1;
	return true;
}

bool sip_start_line(const uint8_t *line, size_t len)
{
	struct sip_text t = text_of(line, len), third;
	uint32_t first = text_until(t, 0, " "), second, colon;

	if (!first || first == t.len)
		return false;
	second = text_until(t, first + 1, " ");
	if (second == t.len)
		return false;
	if (first == SIP_VERSION_LEN && !memcmp(line, SIP_VERSION, SIP_VERSION_LEN)) {
		for (uint32_t i = first + 1; i < second; i++)
			if (line[i] < '0' || line[i] > '9')
				return false;
		return second - first == 4;
	}
	colon = first + 2 < second ? text_until(t, first + 2, ":") : t.len;
	third = text_sub(t, second + 1, t.len);
	return second - first > 3 && colon < second && third.len == SIP_VERSION_LEN &&
	       !memcmp(third.at, SIP_VERSION, SIP_VERSION_LEN);
}

bool sip_header_next(const uint8_t *data, size_t len, size_t *at, struct sip_header *ret, bool *ret_complete)
{
	size_t line, next, from;
	struct sip_text t;
	uint32_t colon;

	if (!*at)
		line_find(data, len, 0, &line, at);
	for (;;) {
		from = *at;
		*ret_complete = line_find(data, len, from, &line, &next);
		if (!line) {
			*at = next;
			return false;
		}
		while (*ret_complete && next < len && (data[next] == ' ' || data[next] == '\t'))
			*ret_complete = line_find(data, len, next, &line, &next);
		*at = next;
		t = text_of(data + from, next - from);
		colon = text_until(t, 0, ":");
		if (colon < t.len)
			break;
	}
	ret->name = text_trim(text_sub(t, 0, colon));
	ret->value = text_trim(text_sub(t, colon + 1, t.len));
	return true;
}

bool sip_header_is(const struct sip_header *h, const char *name)
{
	static const struct {
		const char *name, compact;
	} forms[] = {
		{"call-id", 'i'},
		{"contact", 'm'},
		{"content-encoding", 'e'},
		{"content-length", 'l'},
		{"content-type", 'c'},
		{"from", 'f'},
		{"subject", 's'},
		{"supported", 'k'},
		{"to", 't'},
		{"via", 'v'},
		{"event", 'o'},
		{"allow-events", 'u'},
		{"refer-to", 'r'},
		{"referred-by", 'b'},
		{"session-expires", 'x'},
		{"accept-contact", 'a'},
		{"reject-contact", 'j'},
		{"request-disposition", 'd'},
	};

	if (h->name.len != 1)
		return text_is(h->name, name);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (!strcmp(forms[i].name, name))
			return (h->name.at[0] | 0x20) == forms[i].compact;
	return false;
}

enum wire_outcome sip_measure(const uint8_t *data, size_t len, size_t scanned, size_t *ret_header,
			      int64_t *ret_content_length)
{
	size_t i = scanned > 3 ? scanned - 3 : 0, at = 0;
	int64_t content_length = -1;
	struct sip_header h;
	bool complete;

	// The blank line: two line ends, each CR LF or LF.
	for (; i < len; i++)
		if (data[i] == '\n' && ((i >= 1 && data[i - 1] == '\n') ||
					(i >= 2 && data[i - 1] == '\r' && data[i - 2] == '\n')))
			break;
	if (i == len)
		return WIRE_TRUNCATED;
	while (sip_header_next(data, i + 1, &at, &h, &complete))
		if (sip_header_is(&h, "content-length"))
			content_length = text_number(h.value);
	*ret_header = i + 1;
	*ret_content_length = content_length;
	return WIRE_OK;
}

// ---- one message ----

// The value of ;name=… among the parameters of a Contact's first entry, or -1.
static int64_t contact_parameter(struct sip_text contact, const char *name)
{
	uint32_t at = text_until(contact, 0, "<>;,"), end;

	if (at < contact.len && contact.at[at] == '<')
		at = text_until(contact, at, ">");
	end = text_until(contact, at, ",");
	while ((at = text_until(contact, at, ";")) < end) {
		struct sip_text p = text_sub(contact, at + 1, end);
		uint32_t equals = text_until(p, 0, "=;");

		if (equals < p.len && p.at[equals] == '=' && text_is(text_trim(text_sub(p, 0, equals)), name))
			return text_number(text_trim(text_sub(p, equals + 1, p.len)));
		at++;
	}
	return -1;
}

static void contact_read(struct sip_text value, struct sip_message *m)
{
	static const char device[] = "+u.sip!devicename.ccm.cisco.com=\"";
	uint32_t at = text_find(value, 0, device);

	if (!m->contact.at) {
		m->contact = value;
		m->contact_expires = contact_parameter(value, "expires");
	}
	if (text_find(value, 0, ";cisco-keep-alive") < value.len)
		m->cisco_keepalive = true;
	if (at < value.len && !m->device[0]) {
		at += sizeof(device) - 1;
		text_copy(text_sub(value, at, text_until(value, at, "\"")), m->device, sizeof(m->device));
	}
}

static void reason_read(struct sip_text value, struct sip_message *m)
{
	static const char alarm[] = "text=\"cisco-alarm:", name[] = "Name=";
	uint32_t at = text_find(value, 0, alarm), end;

	if (!m->reason.at)
		m->reason = value;
	if (at == value.len || m->alarm[0])
		return;
	at += sizeof(alarm) - 1;
	end = text_until(value, at, "\"");
	value = text_sub(value, at, end);
	text_copy(value, m->alarm, sizeof(m->alarm));
	at = text_find(value, 0, name);
	if (at == value.len || m->device[0])
		return;
	at += sizeof(name) - 1;
	text_copy(text_sub(value, at, text_until(value, at, " \t")), m->device, sizeof(m->device));
}

static void cseq_read(struct sip_text value, struct sip_message *m, bool *ret_cseq)
{
	int64_t n = text_number(value);
	uint32_t space = text_until(value, 0, " \t");

	if (n < 0 || space == value.len)
		return;
	m->cseq = (uint32_t)n;
	if (!m->request)
		m->method = text_trim(text_sub(value, space, value.len));
	*ret_cseq = true;
}

static void via_read(struct sip_text value, struct sip_message *m)
{
	uint32_t at = text_find(value, 0, "branch=");

	if (m->via_branch.at || at == value.len)
		return;
	at += 7;
	m->via_branch = text_sub(value, at, text_until(value, at, ";, \t\r\n"));
}

static void header_read(const struct sip_header *h, struct sip_message *m, bool *ret_cseq)
{
	const struct {
		const char *name;
		struct sip_text *text;
	} plain[] = {
		{"call-id", &m->call_id},
		{"from", &m->from},
		{"to", &m->to},
		{"user-agent", &m->user_agent},
	};

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (!plain[i].text->at && sip_header_is(h, plain[i].name))
			*plain[i].text = h->value;
	if (sip_header_is(h, "cseq"))
		cseq_read(h->value, m, ret_cseq);
	else if (sip_header_is(h, "contact"))
		contact_read(h->value, m);
	else if (sip_header_is(h, "expires"))
		m->expires = text_number(h->value);
	else if (sip_header_is(h, "content-length"))
		m->content_length = text_number(h->value);
	else if (sip_header_is(h, "reason"))
		reason_read(h->value, m);
	else if (sip_header_is(h, "via"))
		via_read(h->value, m);
}

enum wire_outcome sip_read(const uint8_t *data, size_t len, struct sip_message *ret)
{
	struct sip_message m = {.expires = -1, .contact_expires = -1, .content_length = -1};
	size_t line, at;
	bool whole = line_find(data, len, 0, &line, &at), cseq = false, complete = whole;
	struct sip_text t = text_of(data, line);
	struct sip_header h;
	uint32_t space;

	if (!whole)
		return WIRE_TRUNCATED;
	if (!sip_start_line(data, line))
		return WIRE_MALFORMED;
	space = text_until(t, 0, " ");
	m.request = memcmp(data, SIP_VERSION " ", SIP_VERSION_LEN + 1) != 0;
	if (m.request) {
		m.method = text_sub(t, 0, space);
	} else {
		m.status = (uint16_t)text_number(text_sub(t, space + 1, space + 4));
		m.reason_phrase = text_sub(t, space + 5, t.len);
	}
	while (sip_header_next(data, len, &at, &h, &complete))
		if (complete)
			header_read(&h, &m, &cseq);
	if (complete && !cseq)
		return WIRE_MALFORMED;
	*ret = m;
	return complete ? WIRE_OK : WIRE_TRUNCATED;
}

// ---- layers ----

static bool message_layer(struct frame *f, struct region *rest, bool udp)
{
	struct region one = *rest;
	size_t header;
	int64_t body;
	enum wire_outcome outcome;
	uint32_t left = region_left(rest);

	outcome = sip_measure(f->data + rest->at, left, 0, &header, &body);
	if (outcome != WIRE_OK)
		header = left;
	else if (body > left - (uint32_t)header)
		outcome = WIRE_TRUNCATED;
	else if (body >= 0)
		region_limit(&one, (uint32_t)(header + (uint64_t)body));
	else if (!udp)
		region_limit(&one, (uint32_t)header);
	*rest = region_after(rest, region_left(&one));
	return layer_add(f, PROTO_SIP, &one, (uint32_t)header, outcome) && outcome == WIRE_OK;
}

// Each message is a layer. On SIP's own port a segment that begins in the middle of a message is a layer
// without a header, as in Wireshark; elsewhere the start line decides.
bool sip_decode(struct frame *f, struct region r, bool udp, bool known_port)
{
	uint32_t skip = !udp && !r.quoted ? f->stream_skip : 0;
	bool any = false;

	if (skip) {
		struct region head = r;

		region_limit(&head, skip);
		any = known_port;
		if (known_port && !layer_add(f, PROTO_SIP, &head, 0, WIRE_TRUNCATED))
			return true;
		r = region_after(&r, region_left(&head));
	}
	while (region_left(&r)) {
		const uint8_t *data = f->data + r.at;
		uint32_t left = region_left(&r);
		size_t line, next;

		line_find(data, left, 0, &line, &next);
		if (!sip_start_line(data, line)) {
			if (!udp && known_port)
				layer_add(f, PROTO_SIP, &r, 0, WIRE_TRUNCATED);
			return any || (!udp && known_port);
		}
		any = true;
		if (!message_layer(f, &r, udp))
			return true;
	}
	return any;
}
