// SPDX-License-Identifier: GPL-2.0-or-later
#include "fault/fault.h"

#include <stdlib.h>

#include "fault/kinds.h"

const struct fault_kind *const fault_table[] = {
	&fault_drop, &fault_delay, &fault_answer_arp, &fault_note, NULL,
};

void fate_done(struct fate *fate)
{
	struct injection *i, *next;

	for (i = fate->injections; i; i = next) {
		next = i->next;
		free(i->data);
		free(i);
	}
	fate->injections = NULL;
}
