// SPDX-License-Identifier: GPL-2.0-or-later
// explain: a compiled rule in English, so that one can see whether it was understood as it was meant.
#ifndef OFFHOOK_RULE_EXPLAIN_H
#define OFFHOOK_RULE_EXPLAIN_H

#include "rule/rule.h"

// A few indented lines, the last one ended too. On the heap; NULL: no memory.
char *rule_explain(const struct rule *rule);

#endif
