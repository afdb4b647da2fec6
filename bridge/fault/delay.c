// SPDX-License-Identifier: GPL-2.0-or-later
// delay: the frame waits: always as long, or each in its turn as long as the next step of a series says. The
// turn is counted per rule, endpoint and direction.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/lexer.h"
#include "fault/kinds.h"

// Held frames cost the kernel memory, and no phone or server waits for so long.
#define DELAY_MAX  (3600 * NS_PER_S)
#define SERIES_MAX 10000

// The words that one would have to write of a delay that this version does not have.
static bool is_other_delay(const struct token *t)
{
	return token_is_word(t, "uniform") || token_is_word(t, "normal") || token_is_word(t, "pareto") ||
	       token_is_word(t, "trace");
}

static int read_time(struct token_stream *ts, int64_t *ret)
{
	struct span where = ts->now.where;
	int64_t ns;
	int r;

	r = tokens_duration(ts, "a time", &ns);
	if (r < 0)
		return r;
	if (ns > DELAY_MAX) {
		diag_error(ts->diags, where, "at most 1h", "no frame is held for so long");
		return -EINVAL;
	}
	*ret = ns;
	return 0;
}

static int add_step(struct token_stream *ts, struct fault *fault)
{
	int64_t ns, *step;
	int r;

	r = read_time(ts, &ns);
	if (r < 0)
		return r;
	if (fault->delay.count == SERIES_MAX) {
		diag_error(ts->diags, ts->now.where, NULL, "a series has at most %d steps", SERIES_MAX);
		return -EINVAL;
	}
	step = array_add(&fault->delay.steps, &fault->delay.count, sizeof(*step));
	if (!step)
		return -ENOMEM;
	*step = ns;
	return 0;
}

// A comma between two times is the one mistake that everyone makes.
static int parse_series(struct token_stream *ts, struct fault *fault)
{
	int r;

	while (!tokens_at_end(ts) && !token_is_word(&ts->now, "repeat")) {
		if (ts->now.kind == TOKEN_OTHER && *token_text(&ts->now) == ',') {
			diag_error(ts->diags, ts->now.where, "blanks stand between a series' times",
				   "a series has no commas");
			return -EINVAL;
		}
		r = add_step(ts, fault);
		if (r < 0)
			return r;
	}
	if (!fault->delay.count)
		return tokens_expected(ts, "delay series 0.1ms 200ms 0.18ms repeat", "the series' times");
	fault->delay.repeat = tokens_accept_word(ts, "repeat");
	return tokens_end_of(ts, fault->delay.repeat ? "“repeat”" : "a series");
}

static int delay_parse(struct token_stream *ts, struct fault *ret)
{
	struct span where = ts->now.where;
	int r;

	if (is_other_delay(&ts->now)) {
		diag_error(ts->diags, where, "delay TIME, or delay series TIME… [repeat]",
			   "delays drawn at random or from a file are not in this version");
		return -EINVAL;
	}
	if (tokens_accept_word(ts, "series"))
		return parse_series(ts, ret);
	r = add_step(ts, ret);
	if (r < 0)
		return r;
	if (!ret->delay.steps[0])
		diag_warning(ts->diags, where, NULL, "a delay of nothing: no frame is held");
	ret->delay.repeat = true;
	return tokens_end_of(ts, "a delay's time");
}

static void delay_done(struct fault *fault)
{
	free(fault->delay.steps);
	fault->delay.steps = NULL;
	fault->delay.count = 0;
}

static int delay_apply(const struct fault *fault, const struct fault_context *context, struct fate *fate)
{
	uint64_t turn = context->state->count;

	if (turn >= fault->delay.count) {
		if (!fault->delay.repeat)
			return -ENOENT; // the series is over
		turn %= fault->delay.count;
	}
	fate->delay = time_add(fate->delay, fault->delay.steps[turn]);
	return 0;
}

static int delay_describe(const struct fault *fault, char *buf, size_t size)
{
	char time[DURATION_TEXT];

	if (fault->delay.count == 1 && fault->delay.repeat)
		return snprintf(buf, size, "delays it by %s",
				duration_human(fault->delay.steps[0], time, sizeof(time)));
	return snprintf(buf, size, "delays it by the next of a series of %zu time%s%s", fault->delay.count,
			fault->delay.count == 1 ? "" : "s", fault->delay.repeat ? "" : ", once through");
}

const struct fault_kind fault_delay = {
	.word = "delay",
	.usage = "delay TIME | delay series TIME… [repeat]",
	.title = "the frame waits; later frames of its flow wait behind it",
	.delays = true,
	.parse = delay_parse,
	.done = delay_done,
	.apply = delay_apply,
	.describe = delay_describe,
};
