// SPDX-License-Identifier: GPL-2.0-or-later
// rule: rule files: text in, a compiled rule set out. The language is offhook-rules(5); the grammar stands at
// the head of rule/parse.c.
#ifndef OFFHOOK_RULE_RULE_H
#define OFFHOOK_RULE_RULE_H

#include "base/clock.h"
#include "base/diag.h"
#include "base/lexer.h"
#include "fault/fault.h"
#include "filter/filter.h"
#include "wire/field.h"

enum from { FROM_ANY, FROM_PHONES, FROM_CUCM };

enum condition_kind {
	CONDITION_IDLE,      // idle >= T per FIELD: time since the last frame of this key that from and match
			     // accept
	CONDITION_AGED,      // aged T per FIELD: T since the entry of this key was made; it is then made anew
	CONDITION_KEEPALIVE, // keepalive == n, in a..b: the number of the keep-alive in this frame
	CONDITION_COPY,      // copy == n, copy >= n
	CONDITION_ELAPSED,   // elapsed a..b, >= a: time since the run began
};

// All of a rule's conditions must hold.
struct condition {
	enum condition_kind kind;
	struct span where;
	int64_t from, to; // inclusive range: ns (IDLE, AGED: from; to is TIME_NEVER) or a count
	const struct protocol *per_protocol; // IDLE, AGED: the key's field
	const struct field *per;
};

enum limit_scope { LIMIT_RUN, LIMIT_ENDPOINT, LIMIT_REGISTRATION, LIMIT_FLOW };

struct rule {
	char *name;
	struct span where; // of its name
	enum from from;
	struct filter *match;    // NULL: every frame
	struct span match_where; // its text; src NULL where there is none
	struct condition *conditions;
	size_t condition_count;
	uint64_t limit; // 0: none
	enum limit_scope limit_scope;
	struct fault *faults; // in file order
	size_t fault_count;
};

struct param {
	char *name;
	struct span where;        // of its name in the rule file
	struct token_param value; // owned text, and where it was said
	bool used;                // some rule names it
};

struct ruleset {
	struct source **sources;
	size_t source_count;
	struct param *params;
	size_t param_count;
	struct rule *rules;
	size_t rule_count;
	size_t expectation_count; // read over: not judged in this version
};

struct define { // -D NAME=VALUE
	const char *name, *value;
};

// Reads and checks the files, in order, as one set (names are checked across them). A bare name that is no
// file is looked for among the shipped scenarios (rules/, then the installed folder), with or without
// ".rules". Mistakes go to diags. *ret is set when it could be built at all, also with mistakes, so that
// diags' places stay valid: free it after the diags were shown. Returns 0, -EINVAL (diags->errors > 0), or
// another -errno.
int ruleset_load(const char *const *paths, size_t path_count, const struct define *defines,
		 size_t define_count, struct diag_list *diags, struct ruleset **ret);
// The same from memory, for tests and fuzzers: one file called name.
int ruleset_parse(const char *name, const char *text, size_t len, const struct define *defines,
		  size_t define_count, struct diag_list *diags, struct ruleset **ret);
void ruleset_free(struct ruleset *rules);

// Whether the rule asks for what only a frame with an Ethernet header has; whether it holds frames back.
bool rule_needs_ethernet(const struct rule *rule);
bool rule_delays(const struct rule *rule);

// What the kernel must queue for one direction (frames coming in from `side`): nft expressions as in
// filter_kernel_match(), for the rules and for the tracker (ARP, SCCP, SIP). Duplicates left out; an ""
// swallows the rest. Returns 0 or -ENOMEM; kernel_match_free().
int ruleset_kernel_match(const struct ruleset *rules, enum side side, char ***ret);

#endif
