// SPDX-License-Identifier: GPL-2.0-or-later
// when: a rule's conditions: what stands after "when".
#ifndef OFFHOOK_RULE_WHEN_H
#define OFFHOOK_RULE_WHEN_H

#include "rule/rule.h"

// Reads one condition, to the end of the text. Returns 0, or -EINVAL with the mistakes told.
int when_parse(struct token_stream *ts, struct condition *ret);

// The condition's word: "idle".
const char *condition_word(enum condition_kind kind);

#endif
