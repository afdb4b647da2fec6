// SPDX-License-Identifier: GPL-2.0-or-later
// condition: whether a rule applies now. Conditions with a memory (idle, aged) are asked for every frame that
// the rule's from and match accept, whatever the others say, since each such frame refreshes what they
// remember.
#ifndef OFFHOOK_ENGINE_CONDITION_H
#define OFFHOOK_ENGINE_CONDITION_H

#include "engine/memory.h"
#include "rule/rule.h"
#include "track/track.h"

struct condition_input {
	const struct frame *frame;
	const struct sighting *sighting;
	int64_t now, start; // ns; start: when the run began
};

// Whether all conditions of the rule (the rule_index-th of its set) hold. *ret_idle: how long the key was
// silent, or how old its entry was, for an idle or aged condition that was known and held; -1: none. Returns
// 0 or -ENOMEM
// (*ret_holds is then false).
int conditions_hold(struct memory *memory, const struct rule *rule, uint32_t rule_index,
		    const struct condition_input *input, bool *ret_holds, int64_t *ret_idle);

#endif
