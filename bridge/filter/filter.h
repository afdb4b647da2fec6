// SPDX-License-Identifier: GPL-2.0-or-later
// filter: Wireshark display filters: text in, a compiled filter out, a frame matched against it. The meaning
// is tshark 4.0's; what cannot mean the same is refused with a reason.
#ifndef OFFHOOK_FILTER_FILTER_H
#define OFFHOOK_FILTER_FILTER_H

#include "base/diag.h"
#include "wire/frame.h"

struct filter;

// What $name stands for: the parameter's text, read in the filter as the literal it is. NULL: no such
// parameter (names, for the suggestion, come from `names`).
struct filter_params {
	const char *(*text)(void *ctx, const char *name, size_t len);
	size_t (*names)(void *ctx, const char *const **ret_names);
	void *ctx;
};

// Compiles bytes [off, off + len) of src, which must outlive nothing: the filter keeps no pointer into it.
// Mistakes go to diags (several where that is sensible). Returns 0, -EINVAL (diags say why) or -ENOMEM.
int filter_compile(const struct source *src, uint32_t off, uint32_t len, const struct filter_params *params,
		   struct diag_list *diags, struct filter **ret);
void filter_free(struct filter *f);

// Whether the decoded frame matches. Allocates nothing, keeps no state.
bool filter_match(const struct filter *f, const struct frame *frame);

// Whether the filter asks for anything that only a frame with an Ethernet header has (eth, vlan, arp, llc).
bool filter_needs_ethernet(const struct filter *f);

// The kernel's part: nft expressions, each usable in a bridge prerouting rule ("meta protocol arp", "meta
// l4proto tcp th dport 2000"), such that every frame which the filter can match satisfies at least one. As
// narrow as is simple, never narrower than the filter. whole_flow: only what all frames of one flow
// (frame_flow()) share may be asked, and later fragments are let in. An empty string stands for "every
// frame". f NULL: every frame. Returns 0 or -ENOMEM; *ret is NULL-terminated, freed with kernel_match_free().
int filter_kernel_match(const struct filter *f, bool whole_flow, char ***ret);
void kernel_match_free(char **list);

#endif
