// SPDX-License-Identifier: GPL-2.0-or-later
// summary: the end of a run, for people.
#ifndef OFFHOOK_EVIDENCE_SUMMARY_H
#define OFFHOOK_EVIDENCE_SUMMARY_H

#include "evidence/report.h"

void summary_text(FILE *out, const struct report_options *options, const struct report_summary *summary);

#endif
