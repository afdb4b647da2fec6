// SPDX-License-Identifier: GPL-2.0-or-later
// A filter, a newline, and a frame: the filter is compiled, then matched against the frame.
#include <stdlib.h>
#include <string.h>

#include "filter/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
	size_t len = line ? (size_t)(line - data) : size;
	char *text = malloc(len + 1);
	struct source src = {.name = "fuzz", .text = text, .len = len};
	struct diag_list diags = {0};
	struct filter *filter;
	struct frame f = {.has_eth = true};
	char **matches;

	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	if (filter_compile(&src, 0, (uint32_t)len, NULL, &diags, &filter) == 0) {
		f.data = line ? line + 1 : (const uint8_t *)text;
		f.captured = f.wire = line ? (uint32_t)(size - len - 1) : 0;
		frame_decode(&f);
		filter_match(filter, &f);
		if (filter_kernel_match(filter, size & 1, &matches) == 0)
			kernel_match_free(matches);
		filter_free(filter);
	} else if (!diags.errors) {
		abort(); // refused without a word
	}
	free(diag_format(&diags));
	diag_list_done(&diags);
	free(text);
	return 0;
}
