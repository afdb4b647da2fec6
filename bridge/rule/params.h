// SPDX-License-Identifier: GPL-2.0-or-later
// params: what the rules' $names stand for: the files' defaults, and what -D put in their place.
#ifndef OFFHOOK_RULE_PARAMS_H
#define OFFHOOK_RULE_PARAMS_H

#include "rule/rule.h"
#include "rule/syntax.h"

struct param_table {
	struct ruleset *rules; // its params
	const char **names;    // theirs, in the same order
};

// Takes in a file's parameters, all files first, then the definitions of the command line, each of which
// becomes a source of the rule set, so that a message can show it. Mistakes go to diags. Returns 0 or
// -ENOMEM.
int params_add_file(struct ruleset *rules, const struct syntax *syntax, const struct define *defines,
		    size_t define_count, struct diag_list *diags);
int params_add_defines(struct ruleset *rules, const struct define *defines, size_t define_count,
		       struct diag_list *diags);

// Opens the table for reading: looking a parameter up marks it as used. Returns 0 or -ENOMEM.
int param_table_init(struct param_table *table, struct ruleset *rules);
void param_table_done(struct param_table *table);
struct token_params param_table_for_clauses(struct param_table *table);
struct filter_params param_table_for_filters(struct param_table *table);

// Warns of parameters that nothing names.
void params_check_used(const struct ruleset *rules, struct diag_list *diags);

#endif
