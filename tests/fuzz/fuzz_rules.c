// SPDX-License-Identifier: GPL-2.0-or-later
// A rule file's text, parsed, checked and compiled; its mistakes formatted; its kernel match derived.
#include <stdlib.h>

#include "rule/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct define defines[] = {{"age", "5s"}};
	struct diag_list diags = {0};
	struct ruleset *rules = NULL;
	char **matches;
	int r = ruleset_parse("fuzz.rules", (const char *)data, size, defines, 1, &diags, &rules);

	if ((r == 0) != (diags.errors == 0))
		abort();
	free(diag_format(&diags));
	if (r == 0)
		for (int side = 0; side < 2; side++)
			if (ruleset_kernel_match(rules, side, &matches) == 0)
				kernel_match_free(matches);
	diag_list_done(&diags);
	ruleset_free(rules);
	return 0;
}
