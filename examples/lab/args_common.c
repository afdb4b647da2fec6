// SPDX-License-Identifier: GPL-2.0-or-later
#include "args_common.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int args_real(const char *text, double least, double *ret_value)
{
	char *end;
	double value;

	errno = 0;
	value = strtod(text, &end);
	if (end == text || *end || errno || !isfinite(value) || value < least)
		return -EINVAL;
	*ret_value = value;
	return 0;
}

int args_count(const char *text, unsigned least, unsigned most, unsigned *ret_value)
{
	char *end;
	unsigned long value;

	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (*end || errno || value < least || value > most)
		return -EINVAL;
	*ret_value = (unsigned)value;
	return 0;
}

int args_address(const char *text, uint16_t port, struct sockaddr_in *ret_address)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	const char *colon = strchr(text, ':');
	char host[INET_ADDRSTRLEN];
	size_t size = colon ? (size_t)(colon - text) : strlen(text);
	unsigned value;

	if (size >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, size);
	host[size] = '\0';
	if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
		return -EINVAL;
	if (colon) {
		if (args_count(colon + 1, 1, UINT16_MAX, &value) < 0)
			return -EINVAL;
		address.sin_port = htons((uint16_t)value);
	}
	*ret_address = address;
	return 0;
}

int args_device(const char *text, unsigned index, char name[DEVICE_NAME_SIZE], uint8_t mac[6])
{
	uint64_t number = 0;

	if (strlen(text) != 15 || strncmp(text, "SEP", 3) != 0)
		return -EINVAL;
	for (const char *digit = text + 3; *digit; digit++) {
		if (!isxdigit((unsigned char)*digit))
			return -EINVAL;
		number =
			number << 4 | (unsigned)(isdigit((unsigned char)*digit) ? *digit - '0'
										: toupper(*digit) - 'A' + 10);
	}
	number = (number + index) & 0xffffffffffff;
	snprintf(name, DEVICE_NAME_SIZE, "SEP%012llX", (unsigned long long)number);
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)(number >> (40 - 8 * i));
	return 0;
}
