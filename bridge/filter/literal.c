// SPDX-License-Identifier: GPL-2.0-or-later
// Literals: a text becomes a value of the type of the field that it is compared with.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pcre2.h>

#include "filter/ast.h"

// A hostile frame must not make a pattern run for long.
#define REGEX_MATCH_LIMIT 100000
#define REGEX_DEPTH_LIMIT 1000

struct reading {
	const struct operand *operand;
	enum comparison comparison;
	enum literal_form form;
	const char *text;
	uint32_t len;
	struct literal *ret;
};

enum field_type operand_type(const struct operand *o)
{
	enum field_type type = o->field ? o->field->type : FIELD_PROTOCOL;

	if (o->slice_count && type != FIELD_STRING)
		return FIELD_BYTES;
	return type == FIELD_PROTOCOL ? FIELD_BYTES : type;
}

static const char *type_words(enum field_type type)
{
	switch (type) {
	case FIELD_NONE:
		return "a label without a value";
	case FIELD_PROTOCOL:
	case FIELD_BYTES:
		return "bytes (such as 00:1b:54)";
	case FIELD_BOOL:
		return "a flag (0 or 1)";
	case FIELD_UINT:
		return "a whole number";
	case FIELD_INT:
		return "a whole number, perhaps negative";
	case FIELD_CHAR:
		return "a character";
	case FIELD_ETHER:
		return "an Ethernet address (6 bytes, such as 00:1b:54:11:22:33)";
	case FIELD_IPV4:
		return "an IPv4 address (such as 10.1.1.1 or 10.1.1.0/24)";
	case FIELD_IPV6:
		return "an IPv6 address";
	case FIELD_STRING:
		return "a string";
	case FIELD_DURATION:
		return "a time in seconds";
	case FIELD_TIME:
		return "an absolute time";
	}
	return "";
}

// What the text looks like, for a mistake that is one of type.
static const char *looks_like(const char *text)
{
	uint8_t buf[16];
	unsigned a, b, c, d, e, f;
	int n = 0;

	if (inet_pton(AF_INET, text, buf) == 1)
		return "an IPv4 address";
	if (inet_pton(AF_INET6, text, buf) == 1)
		return "an IPv6 address";
	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &a, &b, &c, &d, &e, &f, &n) == 6 && !text[n])
		return "an Ethernet address";
	return NULL;
}

static int set_bytes(struct literal *l, const void *data, size_t len)
{
	l->bytes = malloc(len + 1);
	if (!l->bytes)
		return -ENOMEM;
	if (len)
		memcpy(l->bytes, data, len);
	l->bytes[len] = '\0';
	l->len = (uint32_t)len;
	return 0;
}

static int read_named(const struct reading *r)
{
	const struct value_name *names = r->operand->field ? r->operand->field->names : NULL;

	for (; names && names->name; names++)
		if (strlen(names->name) == r->len && strncasecmp(names->name, r->text, r->len) == 0) {
			r->ret->number = (int64_t)names->value;
			return 0;
		}
	return -EINVAL;
}

static int read_number(const struct reading *r, const char *text)
{
	char *end;

	if (r->form != LITERAL_WORD)
		return read_named(r);
	errno = 0;
	if (*text == '-')
		r->ret->number = strtoll(text, &end, 0);
	else
		r->ret->number = (int64_t)strtoull(text, &end, 0);
	if (errno || end == text || *end)
		return read_named(r);
	return *text == '-' && operand_type(r->operand) == FIELD_UINT ? -EINVAL : 0;
}

static int read_bool(const struct reading *r, const char *text)
{
	if (!strcasecmp(text, "true") || !strcasecmp(text, "set")) {
		r->ret->number = 1;
		return 0;
	}
	if (!strcasecmp(text, "false") || !strcasecmp(text, "not set")) {
		r->ret->number = 0;
		return 0;
	}
	if (read_number(r, text) < 0)
		return -EINVAL;
	r->ret->number = r->ret->number != 0;
	return 0;
}

static int read_character(const struct reading *r, const char *text)
{
	if (r->form == LITERAL_STRING && r->len == 1) {
		r->ret->number = (uint8_t)*text;
		return 0;
	}
	return read_number(r, text);
}

static int read_seconds(const struct reading *r, const char *text)
{
	char *end;
	double s = strtod(text, &end);

	if (end == text || *end || !(s > -9e9 && s < 9e9))
		return -EINVAL;
	r->ret->number = (int64_t)(s * 1e9 + (s < 0 ? -0.5 : 0.5));
	return 0;
}

static int read_address(const struct reading *r, const char *text, int family)
{
	unsigned bits = family == AF_INET ? 32 : 128;
	char address[64], *slash, *end;
	uint8_t bytes[16];

	if (r->len >= sizeof(address))
		return -EINVAL;
	strcpy(address, text);
	slash = strchr(address, '/');
	r->ret->prefix = (uint8_t)bits;
	if (slash) {
		unsigned long n = strtoul(slash + 1, &end, 10);

		if (end == slash + 1 || *end || n > bits)
			return -EINVAL;
		r->ret->prefix = (uint8_t)n;
		*slash = '\0';
	}
	if (inet_pton(family, address, bytes) != 1)
		return -EINVAL;
	return set_bytes(r->ret, bytes, bits / 8);
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
					    : -1;
}

// "00:1b:54", "00-1b-54", "001b.5411.2233", "aabb": pairs of hex digits; separators, if any, are all alike. A
// lone number in a comparison with bytes is one byte ("eth.src[0] == 5").
static int read_hex(const char *text, uint8_t *out, size_t room, size_t *ret_len)
{
	char separator = '\0';
	size_t n = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	if (strlen(text) == 1 && hex_digit(*text) >= 0) {
		out[0] = (uint8_t)hex_digit(*text);
		*ret_len = 1;
		return 0;
	}
	while (*text) {
		int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

		if (low < 0 || n == room)
			return -EINVAL;
		out[n++] = (uint8_t)(high << 4 | low);
		text += 2;
		if (*text && strchr(":-.", *text)) {
			if (separator && separator != *text)
				return -EINVAL;
			separator = *text++;
			if (!*text)
				return -EINVAL;
		}
	}
	*ret_len = n;
	return n ? 0 : -EINVAL;
}

static int read_ether(const struct reading *r, const char *text)
{
	uint8_t bytes[6];
	size_t n;

	if (read_hex(text, bytes, sizeof(bytes), &n) < 0 || n != 6)
		return -EINVAL;
	return set_bytes(r->ret, bytes, n);
}

// The escapes of a quoted string: \" \\ \a \b \f \n \r \t \v \xHH \OOO.
static size_t unescape(const char *text, size_t len, char *out)
{
	static const char letters[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		const char *letter;

		if (text[i] != '\\' || i + 1 == len) {
			out[n++] = text[i];
			continue;
		}
		i++;
		letter = strchr(letters, text[i]);
		if (text[i] == 'x' && i + 2 < len + 0 && hex_digit(text[i + 1]) >= 0 &&
		    hex_digit(text[i + 2]) >= 0) {
			out[n++] = (char)(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
			i += 2;
		} else if (text[i] >= '0' && text[i] <= '7') {
			unsigned value = 0, digits = 0;

			for (; digits < 3 && i < len && text[i] >= '0' && text[i] <= '7'; digits++, i++)
				value = value * 8 + (unsigned)(text[i] - '0');
			i--;
			out[n++] = (char)value;
		} else {
			out[n++] = letter ? values[letter - letters] : text[i];
		}
	}
	return n;
}

static int read_string(const struct reading *r)
{
	char *out = malloc(r->len + 1);
	size_t n;
	int e;

	if (!out)
		return -ENOMEM;
	if (r->form == LITERAL_STRING) {
		n = unescape(r->text, r->len, out);
	} else {
		memcpy(out, r->text, r->len);
		n = r->len;
	}
	e = set_bytes(r->ret, out, n);
	free(out);
	return e;
}

static int read_bytes(const struct reading *r, const char *text)
{
	uint8_t *bytes;
	size_t n = 0;
	int e;

	if (r->form != LITERAL_WORD)
		return read_string(r);
	bytes = malloc(r->len + 1);
	if (!bytes)
		return -ENOMEM;
	e = read_hex(text, bytes, r->len, &n);
	if (e == 0)
		e = set_bytes(r->ret, bytes, n);
	free(bytes);
	return e;
}

static int read_regex(const struct reading *r, struct span where, struct diag_list *diags)
{
	struct literal *l = r->ret;
	PCRE2_UCHAR message[120];
	PCRE2_SIZE at;
	int error;

	// A quoted pattern keeps its backslashes: they are the pattern's.
	l->regex = pcre2_compile((PCRE2_SPTR)r->text, r->len, PCRE2_CASELESS | PCRE2_NEVER_UTF, &error, &at,
				 NULL);
	if (!l->regex) {
		pcre2_get_error_message(error, message, sizeof(message));
		diag_error(diags, where, NULL, "this is no regular expression: %s, at its byte %zu",
			   (char *)message, at);
		return -EINVAL;
	}
	l->regex_data = pcre2_match_data_create(1, NULL);
	l->regex_context = pcre2_match_context_create(NULL);
	if (!l->regex_data || !l->regex_context)
		return -ENOMEM;
	pcre2_set_match_limit(l->regex_context, REGEX_MATCH_LIMIT);
	pcre2_set_depth_limit(l->regex_context, REGEX_DEPTH_LIMIT);
	return 0;
}

static int read_by_type(const struct reading *r, const char *text, enum field_type type)
{
	switch (type) {
	case FIELD_NONE:
		return -EINVAL;
	case FIELD_BOOL:
		return read_bool(r, text);
	case FIELD_UINT:
	case FIELD_INT:
		return read_number(r, text);
	case FIELD_CHAR:
		return read_character(r, text);
	case FIELD_ETHER:
		return read_ether(r, text);
	case FIELD_IPV4:
		return read_address(r, text, AF_INET);
	case FIELD_IPV6:
		return read_address(r, text, AF_INET6);
	case FIELD_PROTOCOL:
	case FIELD_BYTES:
		return read_bytes(r, text);
	case FIELD_STRING:
		return read_string(r);
	case FIELD_DURATION:
	case FIELD_TIME:
		return read_seconds(r, text);
	}
	return -EINVAL;
}

static const char *operand_name(const struct operand *o)
{
	return o->field ? o->field->name : o->protocol->name;
}

// Whether the comparison makes sense for the type.
static int check_comparison(const struct operand *o, enum comparison c, struct span where,
			    struct diag_list *diags)
{
	enum field_type type = operand_type(o);
	bool text = type == FIELD_STRING || type == FIELD_BYTES || type == FIELD_ETHER;

	if (type == FIELD_NONE) {
		diag_error(diags, where, "ask only whether it is there", "%s is a label without a value",
			   operand_name(o));
		return -EINVAL;
	}
	if ((c == COMPARE_CONTAINS || c == COMPARE_MATCHES) && !text) {
		diag_error(diags, where, NULL, "%s is %s: it cannot be asked what it %s", operand_name(o),
			   type_words(type), c == COMPARE_CONTAINS ? "contains" : "matches");
		return -EINVAL;
	}
	return 0;
}

int literal_read(const struct operand *o, enum comparison comparison, enum literal_form form,
		 const char *text, uint32_t len, struct span where, struct diag_list *diags,
		 struct literal *ret)
{
	struct reading r = {
		.operand = o, .comparison = comparison, .form = form, .text = text, .len = len, .ret = ret};
	enum field_type type = operand_type(o);
	const char *looks;
	char *copy;
	char hint[160];
	int e = check_comparison(o, comparison, where, diags);

	if (e < 0)
		return e;
	if (comparison == COMPARE_MATCHES)
		return read_regex(&r, where, diags);
	// Part of an address: what it contains is bytes.
	if (comparison == COMPARE_CONTAINS && type == FIELD_ETHER)
		type = FIELD_BYTES;
	copy = strndup(text, len);
	if (!copy)
		return -ENOMEM;
	r.text = copy;
	r.len = (uint32_t)strlen(copy); // a NUL byte ends it
	e = read_by_type(&r, copy, type);
	if (e == -EINVAL) {
		looks = looks_like(copy);
		snprintf(hint, sizeof(hint), "%s is %s", operand_name(o), type_words(type));
		diag_error(diags, where, hint,
			   looks ? "%s is %s, which %s is not" : "“%s”%s cannot be compared with %s", copy,
			   looks ? looks : "", operand_name(o));
	}
	free(copy);
	return e;
}

void literal_done(struct literal *l)
{
	free(l->bytes);
	pcre2_code_free(l->regex);
	pcre2_match_data_free(l->regex_data);
	pcre2_match_context_free(l->regex_context);
}
