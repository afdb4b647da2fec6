// SPDX-License-Identifier: GPL-2.0-or-later
// slots: where the kernel keeps each held frame: in the queue it came by or, for a long hold, in the second
// queue, under an id of that queue's own which is only known once the frame has arrived there.
#ifndef OFFHOOK_LIVE_SLOTS_H
#define OFFHOOK_LIVE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum slot_place { SLOT_FIRST, SLOT_MOVING, SLOT_SECOND };

struct slot {
	uint32_t cookie;  // our name for the frame, and its mark while it moves; never 0
	uint32_t kernel;  // the kernel's id, in the queue where it now is
	uint32_t mark;    // the packet's own, to be given back
	uint32_t ifindex; // of the port it came in by
	enum slot_place place;
	bool released; // to go on as soon as it has arrived
};

struct slots;
struct slots *slots_new(void);
void slots_free(struct slots *s);
struct slot *slots_add(struct slots *s, const struct slot *slot); // NULL: no memory
struct slot *slots_find(struct slots *s, uint32_t cookie);
void slots_remove(struct slots *s, struct slot *slot);
size_t slots_count(const struct slots *s);

// Takes a frame that came in by that port out (ifindex 0: any); false: there is none.
bool slots_take_port(struct slots *s, uint32_t ifindex, struct slot *ret);

#endif
