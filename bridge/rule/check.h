// SPDX-License-Identifier: GPL-2.0-or-later
// check: rules that say what cannot be, though each word of them is right.
#ifndef OFFHOOK_RULE_CHECK_H
#define OFFHOOK_RULE_CHECK_H

#include "rule/rule.h"

// One rule by itself: conditions that exclude each other are errors; what can never act is a warning.
void rule_check(const struct rule *rule, struct diag_list *diags);

#endif
