// SPDX-License-Identifier: GPL-2.0-or-later
// words: words that the rule language will have and this version does not: told apart from mistyped ones.
#ifndef OFFHOOK_RULE_WORDS_H
#define OFFHOOK_RULE_WORDS_H

#include <stddef.h>

#define NAME_LENGTH_MAX 64 // of rules, parameters and expectations

// What it is for, as the end of "… is not in this version: ", or NULL where the word is none of the
// language's.
const char *future_word(const char *word, size_t len);

#endif
