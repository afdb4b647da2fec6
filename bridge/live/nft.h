// SPDX-License-Identifier: GPL-2.0-or-later
// nft: the table that sends frames to the queue: owned by this process, so that the kernel removes it when
// the process ends, however it ends. One base chain, never deleted while frames may be held: deleting any
// base chain of a namespace drops every frame that its queues hold.
#ifndef OFFHOOK_LIVE_NFT_H
#define OFFHOOK_LIVE_NFT_H

#include <stddef.h>
#include <stdint.h>

#define NFT_TABLE "offhook"

struct nft_plan {
	const char *const *ports[2]; // by side: interface names, NULL-terminated
	char *const *matches[2];     // by side: nft expressions, NULL-terminated ("" for every frame)
	uint16_t queue;
};

// The table's text, as `nft -f` reads it. The caller frees; NULL: no memory.
char *nft_text(const struct nft_plan *plan);

struct nft_counts {
	uint64_t received; // frames that came in by our ports
	uint64_t queued;   // of them, frames that a queue rule took
};

struct nft;
// Loads the table. Returns 0; -EEXIST: there is a table of that name already; -EOPNOTSUPP: the kernel has no
// queue expression (CONFIG_NFT_QUEUE), or no bridge family; -EPERM; or -EINVAL. *ret_message, freed by the
// caller: nft's own words, where there are any.
int nft_open(const struct nft_plan *plan, struct nft **ret, char **ret_message);
void nft_close(struct nft *n); // the table goes
int nft_counts(struct nft *n, struct nft_counts *ret);

// From now on nothing is queued: the queue rules go, in one transaction; the base chain stays, and with it
// the frames that are held. *ret: the counters as they then stand.
int nft_stop_queueing(struct nft *n, struct nft_counts *ret);

#endif
