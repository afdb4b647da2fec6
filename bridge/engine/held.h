// SPDX-License-Identifier: GPL-2.0-or-later
// held: the frames that wait, in the order in which they must leave. A frame is never overtaken by a later
// one of the same flow and direction: a frame whose flow has frames waiting leaves after the last of them.
#ifndef OFFHOOK_ENGINE_HELD_H
#define OFFHOOK_ENGINE_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct held;
struct held *held_new(size_t max);
void held_free(struct held *h);

// When a frame of that flow that should leave at `due` may leave: the same, or later where its flow is
// waiting. *ret_waiting: whether frames of the flow wait, so that it must queue behind them even where it is
// due now.
int64_t held_due(const struct held *h, uint64_t flow, int64_t due, bool *ret_waiting);

// Holds a frame until due. Returns 0, -ENOSPC (max frames are held), -EEXIST (the id is held) or -ENOMEM.
int held_add(struct held *h, uint64_t id, uint64_t flow, int64_t due);

// The next frame due by now leaves the table: true and its id. Frames due at the same time leave as they
// came.
bool held_take(struct held *h, int64_t now, uint64_t *ret_id);

// When a held frame is due; TIME_NEVER: it is not held.
int64_t held_when(const struct held *h, uint64_t id);

// Forgets a frame. Returns whether it was there.
bool held_drop(struct held *h, uint64_t id);

int64_t held_next(const struct held *h); // TIME_NEVER: none
size_t held_count(const struct held *h);

#endif
