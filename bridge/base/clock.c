// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct unit {
	const char *name;
	int64_t ns;
} units[] = {
	// Longest name first where one begins another.
	{"ns", 1},       {"us", NS_PER_US},    {"µs", NS_PER_US},      {"ms", NS_PER_MS},
	{"s", NS_PER_S}, {"m", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S}, {"d", 86400 * NS_PER_S},
};

static const struct unit *unit_at(const char *at, const char *end)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t n = strlen(units[i].name);

		if ((size_t)(end - at) >= n && memcmp(at, units[i].name, n) == 0)
			return &units[i];
	}
	return NULL;
}

// NUMBER: digits, then perhaps a point and digits. Its value times 10^*ret_scale.
static int number_at(const char **at, const char *end, int64_t *ret_value, int64_t *ret_scale)
{
	const char *p = *at;
	int64_t value = 0, scale = 1;
	bool point = false, digits = false;

	for (; p < end && ((*p >= '0' && *p <= '9') || (*p == '.' && !point)); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		digits = true;
		if (point && scale >= INT64_C(1000000000000000))
			continue; // finer than a nanosecond can tell
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *p - '0', &value))
			return -ERANGE;
		if (point)
			scale *= 10;
	}
	if (!digits)
		return -EINVAL;
	*at = p;
	*ret_value = value;
	*ret_scale = scale;
	return 0;
}

int duration_parse(const char *text, size_t len, int64_t *ret_ns)
{
	const char *at = text, *end = text + len;
	int64_t total = 0;

	if (!len)
		return -EINVAL;
	if (len == 1 && *text == '0') {
		*ret_ns = 0;
		return 0;
	}
	while (at < end) {
		const struct unit *unit;
		int64_t value, scale;
		__int128 ns;
		int r = number_at(&at, end, &value, &scale);

		if (r < 0)
			return r;
		unit = unit_at(at, end);
		if (!unit)
			return -EINVAL;
		at += strlen(unit->name);
		ns = (__int128)value * unit->ns / scale;
		if (ns > INT64_MAX || __builtin_add_overflow(total, (int64_t)ns, &total))
			return -ERANGE;
	}
	*ret_ns = total;
	return 0;
}

char *duration_format(int64_t ns, char *buf, size_t size)
{
	static const struct unit whole[] = {
		{"d", 86400 * NS_PER_S}, {"h", 3600 * NS_PER_S}, {"m", 60 * NS_PER_S}};
	static const struct unit parts[] = {{"s", NS_PER_S}, {"ms", NS_PER_MS}, {"us", NS_PER_US}, {"ns", 1}};
	size_t used = 0;
	int64_t left = ns < 0 ? 0 : ns;

	snprintf(buf, size, "0");
	for (size_t i = 0; i < 3; i++)
		if (left >= whole[i].ns && used < size) {
			used += (size_t)snprintf(buf + used, size - used, "%" PRId64 "%s", left / whole[i].ns,
						 whole[i].name);
			left %= whole[i].ns;
		}
	for (size_t i = 0; i < 4 && left && used < size; i++) {
		char fraction[16] = "";
		int64_t rest = left % parts[i].ns;

		if (left < parts[i].ns)
			continue;
		if (rest) {
			int n = snprintf(fraction, sizeof(fraction), ".%0*" PRId64,
					 i == 0   ? 9
					 : i == 1 ? 6
						  : 3,
					 rest);

			while (n > 0 && fraction[n - 1] == '0')
				fraction[--n] = '\0';
		}
		snprintf(buf + used, size - used, "%" PRId64 "%s%s", left / parts[i].ns, fraction,
			 parts[i].name);
		left = 0;
	}
	return buf;
}

char *duration_human(int64_t ns, char *buf, size_t size)
{
	double s = (double)ns / 1e9;

	if (ns < 0)
		snprintf(buf, size, "−%.4g s", -s);
	else if (ns < NS_PER_US)
		snprintf(buf, size, "%" PRId64 " ns", ns);
	else if (ns < NS_PER_MS)
		snprintf(buf, size, "%.4g µs", s * 1e6);
	else if (ns < NS_PER_S)
		snprintf(buf, size, "%.4g ms", s * 1e3);
	else if (ns < 180 * NS_PER_S)
		snprintf(buf, size, "%.4g s", s);
	else if (ns < 7200 * NS_PER_S)
		snprintf(buf, size, "%" PRId64 " min %.3g s", ns / (60 * NS_PER_S),
			 (double)(ns % (60 * NS_PER_S)) / 1e9);
	else
		snprintf(buf, size, "%" PRId64 " h %" PRId64 " min", ns / (3600 * NS_PER_S),
			 ns % (3600 * NS_PER_S) / (60 * NS_PER_S));
	return buf;
}
