// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip_common.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define MODEL_8961    "540"
#define USER_AGENT    "Cisco-CP8961/9.4.2"
#define FIRMWARE      "sip8961.9-4-2SR3-1"
#define SERVER_STATUS "Supported: X-cisco-srtp-fallback,X-cisco-sis-8.0.0\r\n"

static const char supported[] =
	"Supported: replaces,join,sdp-anat,norefersub,resource-priority,extended-refer,X-cisco-callinfo,"
	"X-cisco-serviceuri,X-cisco-escapecodes,X-cisco-service-control,X-cisco-srtp-fallback,X-cisco-monrec,"
	"X-cisco-config,X-cisco-sis-7.0.0,X-cisco-xsi-8.5.1\r\n";

// The two parts of a first REGISTER's body, as the phones' own traces show them: register all lines at once,
// and which notifications the phone would like.
static const char first_body[] = "--uniqueBoundary\r\n"
				 "Content-Type: application/x-cisco-remotecc-request+xml\r\n"
				 "Content-Disposition: session;handling=optional\r\n"
				 "\r\n"
				 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				 "<x-cisco-remotecc-request>\n"
				 "<bulkregisterreq>\n"
				 "<contact all=\"true\">\n"
				 "<register></register>\n"
				 "</contact>\n"
				 "</bulkregisterreq>\n"
				 "</x-cisco-remotecc-request>\n"
				 "\r\n"
				 "--uniqueBoundary\r\n"
				 "Content-Type: application/x-cisco-remotecc-request+xml\r\n"
				 "Content-Disposition: session;handling=optional\r\n"
				 "\r\n"
				 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				 "<x-cisco-remotecc-request>\n"
				 " <optionsind>\n"
				 "  <combine max=\"6\">\n"
				 "   <remotecc>\n"
				 "    <status></status>\n"
				 "   </remotecc>\n"
				 "   <service-control></service-control>\n"
				 "  </combine>\n"
				 "  <dialog usage=\"hook status\">\n"
				 "   <unot></unot>\n"
				 "   <sub></sub>\n"
				 "  </dialog>\n"
				 "  <dialog usage=\"shared line\">\n"
				 "   <unot></unot>\n"
				 "   <sub></sub>\n"
				 "  </dialog>\n"
				 "  <presence usage=\"blf speed dial\">\n"
				 "   <unot></unot>\n"
				 "   <sub></sub>\n"
				 "  </presence>\n"
				 "  <joinreq></joinreq>\n"
				 "  <cfwdall-anyline></cfwdall-anyline>\n"
				 " </optionsind>\n"
				 "</x-cisco-remotecc-request>\n"
				 "\r\n"
				 "--uniqueBoundary--\r\n";

static bool same(struct text value, const char *what)
{
	return value.size == strlen(what) && strncasecmp(value.at, what, value.size) == 0;
}

bool text_equals(struct text value, const char *what)
{
	return value.size == strlen(what) && memcmp(value.at, what, value.size) == 0;
}

static struct text trim(struct text value)
{
	while (value.size && isspace((unsigned char)value.at[0])) {
		value.at++;
		value.size--;
	}
	while (value.size && isspace((unsigned char)value.at[value.size - 1]))
		value.size--;
	return value;
}

// The line at `offset` of the head, without its line break; folded lines belong to it. False at the empty
// line.
static bool next_line(struct text head, size_t *offset, struct text *ret_line)
{
	size_t start = *offset, at = start;

	for (;;) {
		const char *end = memchr(head.at + at, '\n', head.size - at);

		if (!end)
			return false;
		at = (size_t)(end - head.at) + 1;
		if (at >= head.size || (head.at[at] != ' ' && head.at[at] != '\t'))
			break;
	}
	*ret_line = (struct text){head.at + start, at - start};
	*ret_line = trim(*ret_line);
	*offset = at;
	return ret_line->size > 0;
}

bool sip_header(const struct sip_message *message, const char *name, unsigned index, struct text *ret_value)
{
	static const struct {
		const char *name, *compact;
	} compacts[] = {
		{"Call-ID", "i"}, {"Contact", "m"},   {"Content-Length", "l"}, {"Content-Encoding", "e"},
		{"From", "f"},    {"Supported", "k"}, {"Content-Type", "c"},   {"Subject", "s"},
		{"To", "t"},      {"Via", "v"}};
	const char *compact = "";
	struct text line;
	size_t offset = 0;

	for (size_t i = 0; i < sizeof(compacts) / sizeof(compacts[0]); i++)
		if (strcasecmp(name, compacts[i].name) == 0)
			compact = compacts[i].compact;
	if (!next_line(message->head, &offset, &line))
		return false;
	while (next_line(message->head, &offset, &line)) {
		const char *colon = memchr(line.at, ':', line.size);
		struct text found;

		if (!colon)
			continue;
		found = trim((struct text){line.at, (size_t)(colon - line.at)});
		if (!same(found, name) && !(*compact && same(found, compact)))
			continue;
		if (index--)
			continue;
		*ret_value = trim((struct text){colon + 1, line.size - (size_t)(colon + 1 - line.at)});
		return true;
	}
	return false;
}

int sip_number(struct text value, uint32_t *ret_number)
{
	uint64_t number = 0;
	size_t i;

	for (i = 0; i < value.size && isdigit((unsigned char)value.at[i]); i++) {
		number = number * 10 + (unsigned)(value.at[i] - '0');
		if (number > UINT32_MAX)
			return -EINVAL;
	}
	if (i == 0)
		return -EINVAL;
	*ret_number = (uint32_t)number;
	return 0;
}

// The end of one `;name=value`, which a ';' or ',' outside quotes makes.
static size_t param_end(struct text value, size_t at)
{
	bool quoted = false;

	for (; at < value.size; at++) {
		if (value.at[at] == '"')
			quoted = !quoted;
		else if (!quoted && (value.at[at] == ';' || value.at[at] == ','))
			break;
	}
	return at;
}

bool sip_param(struct text value, const char *name, struct text *ret_value)
{
	const char *close = memchr(value.at, '>', value.size);
	size_t at = close ? (size_t)(close - value.at) + 1 : param_end(value, 0);

	while (at < value.size && value.at[at] == ';') {
		size_t end = param_end(value, at + 1);
		struct text param = {value.at + at + 1, end - at - 1}, key, content = {NULL, 0};
		const char *equals = memchr(param.at, '=', param.size);

		key = param;
		if (equals) {
			key.size = (size_t)(equals - param.at);
			content = trim((struct text){equals + 1, param.size - key.size - 1});
			if (content.size >= 2 && content.at[0] == '"' &&
			    content.at[content.size - 1] == '"') {
				content.at++;
				content.size -= 2;
			}
		}
		if (same(trim(key), name)) {
			*ret_value = content;
			return true;
		}
		at = end;
	}
	return false;
}

int sip_next(const char *bytes, size_t size, enum sip_frame *ret_kind, struct sip_message *ret_message,
	     size_t *ret_size)
{
	struct sip_message message = {0};
	struct text value;
	uint32_t length = 0;
	const char *end;

	if (size >= 1 && bytes[0] == '\r') {
		if (size < 2)
			return -EAGAIN;
		if (bytes[1] != '\n')
			return -EBADMSG;
		*ret_kind = size >= 4 && memcmp(bytes + 2, "\r\n", 2) == 0 ? SIP_FRAME_PING : SIP_FRAME_PONG;
		*ret_size = *ret_kind == SIP_FRAME_PING ? 4 : 2;
		return 0;
	}
	end = memmem(bytes, size, "\r\n\r\n", 4);
	if (!end)
		return size < SIP_MESSAGE_MAX ? -EAGAIN : -EBADMSG;
	message.head = (struct text){bytes, (size_t)(end - bytes) + 4};
	if (memchr(bytes, '\0', message.head.size))
		return -EBADMSG;
	if (sip_header(&message, "Content-Length", 0, &value) && sip_number(value, &length) < 0)
		return -EBADMSG;
	if (length > SIP_MESSAGE_MAX - message.head.size)
		return -EBADMSG;
	if (size - message.head.size < length)
		return -EAGAIN;
	message.body = (struct text){bytes + message.head.size, length};
	*ret_kind = SIP_FRAME_MESSAGE;
	*ret_message = message;
	*ret_size = message.head.size + length;
	return 0;
}

unsigned sip_status(const struct sip_message *message)
{
	struct text head = message->head;
	uint32_t status;

	if (head.size < 12 || memcmp(head.at, "SIP/2.0 ", 8) != 0 ||
	    sip_number((struct text){head.at + 8, 3}, &status))
		return 0;
	return status;
}

struct text sip_method(const struct sip_message *message)
{
	const char *space = memchr(message->head.at, ' ', message->head.size);

	if (!space || sip_status(message))
		return (struct text){message->head.at, 0};
	return (struct text){message->head.at, (size_t)(space - message->head.at)};
}

__attribute__((format(printf, 2, 3))) static void add(struct sip_writer *writer, const char *format, ...)
{
	size_t room = sizeof(writer->bytes) - writer->size;
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(writer->bytes + writer->size, room, format, arguments);
	va_end(arguments);
	if (size < 0 || (size_t)size >= room)
		writer->overflow = true;
	else
		writer->size += (size_t)size;
}

static void add_date(struct sip_writer *writer)
{
	char date[64];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	add(writer, "Date: %s\r\n", date);
}

// The phone's word as SIP phones write it: CM-closed-TCP becomes cm-closed-tcp.
static void add_reason(struct sip_writer *writer, const struct sip_register *phone)
{
	char last[32];
	size_t i;

	for (i = 0; phone->last[i] && i < sizeof(last) - 1; i++)
		last[i] = (char)tolower((unsigned char)phone->last[i]);
	last[i] = '\0';
	add(writer, "Reason: SIP;cause=200;text=\"cisco-alarm:%u Name=%s Load=%s Last=%s\"\r\n", phone->alarm,
	    phone->name, FIRMWARE, last);
}

void sip_write_register(struct sip_writer *writer, const struct sip_register *phone)
{
	writer->size = 0;
	writer->overflow = false;
	add(writer, "REGISTER sip:%s SIP/2.0\r\n", phone->server);
	add(writer, "Via: SIP/2.0/TCP %s:%u;branch=z9hG4bK%08x\r\n", phone->local, phone->port,
	    phone->branch);
	add(writer, "From: <sip:%s@%s>;tag=%s\r\n", phone->line, phone->server, phone->tag);
	add(writer, "To: <sip:%s@%s>\r\n", phone->line, phone->server);
	add(writer, "Call-ID: %s\r\n", phone->call_id);
	add(writer, "Max-Forwards: 70\r\n");
	add(writer, "Session-ID: %08x00105000a000%s;remote=00000000000000000000000000000000\r\n",
	    phone->session, phone->mac);
	add_date(writer);
	add(writer, "CSeq: %u REGISTER\r\n", phone->cseq);
	add(writer, "User-Agent: " USER_AGENT "\r\n");
	add(writer,
	    "Contact: <sip:%s@%s:%u;transport=tcp>;+sip.instance=\"<urn:uuid:00000000-0000-0000-0000-%s>\""
	    ";+u.sip!devicename.ccm.cisco.com=\"%s\";+u.sip!model.ccm.cisco.com=\"" MODEL_8961 "\"%s\r\n",
	    phone->uuid, phone->local, phone->port, phone->mac, phone->name,
	    phone->heartbeat ? ";expires=0;cisco-keep-alive" : "");
	add(writer, "%s", supported);
	if (phone->first) {
		add_reason(writer, phone);
		add(writer, "Expires: %u\r\n", phone->expires);
		add(writer, "Content-Type: multipart/mixed; boundary=uniqueBoundary\r\n");
		add(writer, "Mime-Version: 1.0\r\n");
		add(writer, "Content-Length: %zu\r\n\r\n%s", sizeof(first_body) - 1, first_body);
	} else {
		add(writer, "Content-Length: 0\r\n");
		add(writer, "Expires: %u\r\n\r\n", phone->expires);
	}
}

// Copies a request's header, all its occurrences, in order.
static void copy(struct sip_writer *writer, const struct sip_message *request, const char *name,
		 const char *suffix)
{
	struct text value;

	for (unsigned i = 0; sip_header(request, name, i, &value); i++)
		add(writer, "%s: %.*s%s\r\n", name, (int)value.size, value.at, suffix);
}

void sip_write_response(struct sip_writer *writer, const struct sip_message *request, unsigned status,
			const char *reason, uint32_t tag, int expires)
{
	char to_tag[24] = "";

	writer->size = 0;
	writer->overflow = false;
	if (status >= 200)
		snprintf(to_tag, sizeof(to_tag), ";tag=%u", tag);
	add(writer, "SIP/2.0 %u %s\r\n", status, reason);
	copy(writer, request, "Via", "");
	copy(writer, request, "From", "");
	copy(writer, request, "To", to_tag);
	add_date(writer);
	copy(writer, request, "Call-ID", "");
	if (status >= 200)
		add(writer, "Server: Cisco-CUCM11.5\r\n");
	copy(writer, request, "CSeq", "");
	if (expires >= 0) {
		add(writer, "Expires: %d\r\n", expires);
		copy(writer, request, "Contact", "");
		add(writer, SERVER_STATUS);
	}
	add(writer, "Content-Length: 0\r\n\r\n");
}
