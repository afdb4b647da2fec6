// SPDX-License-Identifier: GPL-2.0-or-later
// kinds: the faults there are, one file each. fault_table (fault.h) holds them all.
#ifndef OFFHOOK_FAULT_KINDS_H
#define OFFHOOK_FAULT_KINDS_H

#include "fault/fault.h"

extern const struct fault_kind fault_drop, fault_delay, fault_answer_arp, fault_note;

// A frame shorter than this (without its checksum) does not pass Ethernet: IEEE 802.3 clause 4A.2.3.2.4.
#define ETHERNET_FRAME_MIN 60

#endif
