// SPDX-License-Identifier: GPL-2.0-or-later
// match_span: how far a display filter runs in a rule file. It is no text of ours, so it is not cut into our
// tokens: it ends with its line, at ";" or at a "}" that closes nothing of its own. It goes on over the
// line's end while a bracket of it is open, where the line ends in an operator or in "\", and where the next
// line begins with one of
// && || ^^ and or xor; but never into a line that begins with a statement's word.
#ifndef OFFHOOK_RULE_MATCH_SPAN_H
#define OFFHOOK_RULE_MATCH_SPAN_H

#include "base/diag.h"

// The filter that begins at or after src->text[off], without the blanks around it; len 0: there is none.
struct span match_span(const struct source *src, uint32_t off);

// Writes blanks over its comments, joining backslashes and line ends in `copy`, a copy of the source's text.
void match_span_plain(struct span filter, char *copy);

#endif
