// SPDX-License-Identifier: GPL-2.0-or-later
// netns: the network namespace in which the bridge lives, pinned by name under /run/netns, as ip-netns(8)
// does it.
#ifndef OFFHOOK_LIVE_NETNS_H
#define OFFHOOK_LIVE_NETNS_H

#include <stdbool.h>
#include <stdint.h>

#define NETNS_FOLDER "/run/netns"

// The namespace this thread is in. Returns a descriptor or -errno.
int netns_here(void);
// The named one; -ENOENT: there is none.
int netns_open(const char *name);
// Makes and pins it; -EEXIST: there is one already. The caller's namespace stays what it was.
int netns_make(const char *name);
int netns_remove(const char *name); // unpins it
int netns_enter(int fd);
uint64_t netns_inode(int fd); // tells namespaces apart; 0: cannot be told

// Whether a namespace pinned now would vanish with this process's mount namespace (`ip netns exec` makes
// one).
bool netns_would_vanish(void);

#endif
