// SPDX-License-Identifier: GPL-2.0-or-later
// syntax: a rule file as it is written: which statements there are and where each lies, nothing yet of what
// they mean. Names need all files, and values need all parameters, so meaning comes in a second step
// (compile.h).
#ifndef OFFHOOK_RULE_SYNTAX_H
#define OFFHOOK_RULE_SYNTAX_H

#include "base/diag.h"

struct syntax_param {
	struct span name, value;
};

enum clause_kind { CLAUSE_FROM, CLAUSE_MATCH, CLAUSE_WHEN, CLAUSE_LIMIT, CLAUSE_DO, CLAUSE_COUNT };

extern const char *const clause_words[CLAUSE_COUNT];

struct syntax_clause {
	enum clause_kind kind;
	struct span word; // "when"
	struct span body; // what follows it, without the blanks around; may be empty
};

struct syntax_rule {
	struct span name;
	struct syntax_clause *clauses;
	size_t clause_count;
	bool nameless; // its name was a mistake: `name` is the word "rule"
};

struct syntax {
	struct syntax_param *params;
	size_t param_count;
	struct syntax_rule *rules;
	size_t rule_count;
	size_t expectation_count;
};

// Appends what the source says to *s, which is zero at first. Mistakes go to diags, and reading goes on
// behind them. Returns 0 (also with mistakes) or -ENOMEM.
int syntax_parse(const struct source *src, struct diag_list *diags, struct syntax *s);
void syntax_done(struct syntax *s);

#endif
