// SPDX-License-Identifier: GPL-2.0-or-later
// defines: what all commands that read rules share: -D, and reading the files with their mistakes shown.
#ifndef OFFHOOK_CLI_DEFINES_H
#define OFFHOOK_CLI_DEFINES_H

#include "rule/rule.h"

#define DEFINES_MAX 64

struct defines {
	struct define items[DEFINES_MAX];
	size_t count;
};

// NAME=VALUE; the argument is cut in place. false: it is none, or there are too many.
bool defines_add(struct defines *defines, char *text);

// Reads the files and shows their mistakes on standard error. check (may be NULL): what the command itself
// has to say of the rules. Returns an exit status; *ret is to be freed whatever it is.
typedef void rules_check_fn(const void *ctx, const struct ruleset *rules, struct diag_list *diags);
int rules_read(char **paths, size_t count, const struct defines *defines, const char *command,
	       rules_check_fn *check, const void *ctx, struct ruleset **ret);

#endif
