// SPDX-License-Identifier: GPL-2.0-or-later
// drop: the frame goes no further.
#include <stdio.h>

#include "base/lexer.h"
#include "fault/kinds.h"

static int drop_parse(struct token_stream *ts, struct fault *ret)
{
	(void)ret;
	return tokens_end_of(ts, "“drop”");
}

static int drop_apply(const struct fault *fault, const struct fault_context *context, struct fate *fate)
{
	(void)fault;
	(void)context;
	fate->drop = true;
	return 0;
}

static int drop_describe(const struct fault *fault, char *buf, size_t size)
{
	(void)fault;
	return snprintf(buf, size, "drops the frame");
}

const struct fault_kind fault_drop = {
	.word = "drop",
	.usage = "drop",
	.title = "the frame goes no further",
	.parse = drop_parse,
	.apply = drop_apply,
	.describe = drop_describe,
};
