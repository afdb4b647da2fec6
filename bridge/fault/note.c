// SPDX-License-Identifier: GPL-2.0-or-later
// note: nothing is done to the frame; a line in the run's events marks it.
#include <stdio.h>
#include <stdlib.h>

#include "base/lexer.h"
#include "fault/kinds.h"

static int note_parse(struct token_stream *ts, struct fault *ret)
{
	struct span where = ts->now.where;
	int r;

	r = tokens_string(ts, "the note's text", &ret->note);
	if (r < 0)
		return r;
	if (!*ret->note)
		diag_warning(ts->diags, where, NULL, "a note without a text");
	return tokens_end_of(ts, "a note's text");
}

static void note_done(struct fault *fault)
{
	free(fault->note);
	fault->note = NULL;
}

static int note_apply(const struct fault *fault, const struct fault_context *context, struct fate *fate)
{
	(void)context;
	fate->note = fault->note;
	return 0;
}

static int note_describe(const struct fault *fault, char *buf, size_t size)
{
	return snprintf(buf, size, "notes “%s”", fault->note);
}

const struct fault_kind fault_note = {
	.word = "note",
	.usage = "note \"TEXT\"",
	.title = "nothing is done to the frame; the text stands in the run's events",
	.parse = note_parse,
	.done = note_done,
	.apply = note_apply,
	.describe = note_describe,
};
