// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule/words.h"

#include <string.h>

static const struct {
	const char *word, *what;
} future[] = {
	// conditions
	{"every", "it will say how often a rule applies"},
	{"after", "it will make a rule follow a keep-alive or another rule"},
	{"before", "it will make a rule precede the next keep-alive"},
	{"within", "it will bound the time after another rule"},
	{"chance", "it will make a rule apply at random"},
	{"gilbert", "it will make losses come in bursts"},
	// faults
	{"duplicate", "it will send a frame twice"},
	{"reorder", "it will let later frames overtake"},
	{"corrupt", "it will change bits of a frame"},
	{"truncate", "it will cut a frame short"},
	{"rate", "it will bound the bandwidth"},
	{"redirect", "it will send a frame to another MAC address"},
	{"reset", "it will end a TCP connection by RST"},
	{"set", "it will change a field's value"},
	{"link", "it will take a port down"},
	{"block", "it will drop all of a key's frames for a time"},
	{"stop", "it will end the evaluation of a frame"},
	{"sip", "it will answer a SIP request by itself"},
	{"uniform", "it will draw delays at random"},
	{"normal", "it will draw delays at random"},
	{"pareto", "it will draw delays at random"},
	{"correlation", "it will make a delay like the one before"},
	{"trace", "it will take delays from a file"},
};

const char *future_word(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(future) / sizeof(future[0]); i++)
		if (strlen(future[i].word) == len && !memcmp(future[i].word, word, len))
			return future[i].what;
	return NULL;
}
