// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/defines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

bool defines_add(struct defines *defines, char *text)
{
	char *eq = strchr(text, '=');

	if (!eq || eq == text || defines->count == DEFINES_MAX)
		return false;
	*eq = '\0';
	defines->items[defines->count++] = (struct define){.name = text, .value = eq + 1};
	return true;
}

int rules_read(char **paths, size_t count, const struct defines *defines, const char *command,
	       rules_check_fn *check, const void *ctx, struct ruleset **ret)
{
	struct diag_list diags = {0};
	char *text;
	int r;

	*ret = NULL;
	r = ruleset_load((const char *const *)paths, count, defines->items, defines->count, &diags, ret);
	if (r == 0 && check) {
		check(ctx, *ret, &diags);
		r = diags.errors ? -EINVAL : 0;
	}
	text = diag_format(&diags);
	if (text)
		fputs(text, stderr);
	free(text);
	diag_list_done(&diags);
	if (r < 0 && r != -EINVAL)
		fprintf(stderr, "offhook %s: %s\n", command, strerror(-r));
	return r == 0 ? EXIT_OK : r == -EINVAL ? EXIT_USAGE_ERROR : EXIT_CANNOT_RUN;
}
