// SPDX-License-Identifier: GPL-2.0-or-later
#include "fault/value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

int tokens_ipv4(struct token_stream *ts, const char *what, struct address *ret)
{
	struct address a = {.family = 4};
	struct in6_addr six;
	struct token_value v;
	char text[64];
	int r;

	r = tokens_value(ts, what, &v);
	if (r < 0)
		return r;
	if (v.len >= sizeof(text))
		return token_value_error(ts, &v, NULL, "is no IPv4 address");
	memcpy(text, v.text, v.len);
	text[v.len] = '\0';
	if (memchr(text, '\0', v.len) || inet_pton(AF_INET, text, a.bytes) != 1) {
		if (inet_pton(AF_INET6, text, &six) == 1)
			return token_value_error(ts, &v, "ARP speaks of IPv4 addresses only",
						 "is an IPv6 address");
		return token_value_error(ts, &v, "four numbers from 0 to 255: 10.10.10.202",
					 "is no IPv4 address");
	}
	*ret = a;
	return 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

// Groups of `per` hex digits with the separator between them, twelve digits in all.
static bool read_mac(const char *text, size_t len, char separator, size_t per, uint8_t *ret)
{
	size_t digits = 0;

	if (len != 12 + 12 / per - 1)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (i % (per + 1) == per) {
			if (text[i] != separator)
				return false;
			continue;
		}
		if (digit(text[i]) < 0)
			return false;
		ret[digits / 2] = (uint8_t)(ret[digits / 2] << 4 | digit(text[i]));
		digits++;
	}
	return true;
}

int tokens_mac(struct token_stream *ts, const char *what, uint8_t ret[6])
{
	static const uint8_t none[6];
	uint8_t mac[6] = {0};
	struct token_value v;
	int r;

	r = tokens_value(ts, what, &v);
	if (r < 0)
		return r;
	if (!read_mac(v.text, v.len, ':', 2, mac) && !read_mac(v.text, v.len, '-', 2, mac) &&
	    !read_mac(v.text, v.len, '.', 4, mac))
		return token_value_error(ts, &v, "such as f4:0f:1b:1e:26:a9 or f40f.1b1e.26a9",
					 "is no MAC address");
	if (mac[0] & 1)
		return token_value_error(ts, &v, "give the address of one station",
					 "is a group address: no station has it");
	if (!memcmp(mac, none, sizeof(none)))
		return token_value_error(ts, &v, "give the address of one station",
					 "is no station's address");
	memcpy(ret, mac, sizeof(mac));
	return 0;
}
