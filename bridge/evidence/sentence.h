// SPDX-License-Identifier: GPL-2.0-or-later
// sentence: an event in English, without its time and its endpoint's name.
#ifndef OFFHOOK_EVIDENCE_SENTENCE_H
#define OFFHOOK_EVIDENCE_SENTENCE_H

#include "track/event.h"

#define SENTENCE_TEXT 512
// Returns buf.
char *event_sentence(const struct event *event, char *buf, size_t size);

#endif
