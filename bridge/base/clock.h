// SPDX-License-Identifier: GPL-2.0-or-later
// clock: time as offhook counts it: int64_t nanoseconds on one monotonic line that the driver chooses (live:
// CLOCK_MONOTONIC; replay: the capture's time; tests: made up). Nothing here reads a clock.
#ifndef OFFHOOK_BASE_CLOCK_H
#define OFFHOOK_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_US  INT64_C(1000)
#define NS_PER_MS  INT64_C(1000000)
#define NS_PER_S   INT64_C(1000000000)
#define TIME_NEVER INT64_MAX

// Saturating: a + b, never past TIME_NEVER.
static inline int64_t time_add(int64_t a, int64_t b)
{
	int64_t sum;
	return __builtin_add_overflow(a, b, &sum) ? (b < 0 ? INT64_MIN : TIME_NEVER) : sum;
}

// Reads a duration: one or more NUMBER UNIT pairs without blanks, units ns us µs ms s m h d ("1.5ms",
// "15m30s", "60s", "0.1ms"). len bytes at text, all of them. Returns 0, -EINVAL where it is no duration (a
// unit is needed, but for 0), -ERANGE where it does not fit.
int duration_parse(const char *text, size_t len, int64_t *ret_ns);

#define DURATION_TEXT 40 // room enough for either of these

// Writes a duration in the shortest exact form that duration_parse() reads back: 60 s as "1m", 1500000 as
// "1.5ms". Returns buf.
char *duration_format(int64_t ns, char *buf, size_t size);

// The same for people: at most four significant digits: "114.8 s", "17 µs", "16 min 2.8 s". Returns buf.
char *duration_human(int64_t ns, char *buf, size_t size);

#endif
