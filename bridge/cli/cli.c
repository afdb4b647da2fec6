// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/cli.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"

static const struct command {
	const char *word, *title, *usage;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"run", "inject the faults of rule files, on the wire",
	 "offhook run --phones IF[,IF…] --cucm IF[,IF…] [OPTION…] RULES…\n"
	 "offhook run --queue N [OPTION…] RULES…\n"
	 "\n"
	 "  --phones IF[,IF…]     the ports towards the phones\n"
	 "  --cucm IF[,IF…]       the ports towards CUCM\n"
	 "  -D NAME=VALUE         give a rule file's parameter another value\n"
	 "  --seed N              the seed of chance (default: drawn, and printed)\n"
	 "  --for TIME            end after that time, such as 90s or 20m (default: at Ctrl-C)\n"
	 "  --netns NAME|none     the network namespace that the bridge lives in (default: offhook)\n"
	 "  --rm                  take the bridge down at the end\n"
	 "  --json                print JSON lines\n"
	 "  --quiet               print the summary alone\n"
	 "  --precise             meet deadlines more exactly, at the price of a processor\n"
	 "  --queue-number N      use the queues N and N + 1 (default: 4000)\n"
	 "  --queue N             no bridge, no table: attach to queue N, which your own firewall feeds\n"
	 "  --speed S             for a lab whose timers all run S times as fast\n"
	 "\n"
	 "RULES are rule files, or names of the scenarios that come along. Without rules it only watches.\n",
	 cmd_run},
	{"bridge", "make, look at or take down the bridge",
	 "offhook bridge up --phones IF[,IF…] --cucm IF[,IF…] [--netns NAME|none]\n"
	 "offhook bridge status|down [--netns NAME|none]\n",
	 cmd_bridge},
	{"check", "read rule files and say what they would do, or what is wrong with them",
	 "offhook check [-D NAME=VALUE]… [--nft] RULES…\n"
	 "\n"
	 "  -D NAME=VALUE   give a rule file's parameter another value\n"
	 "  --nft           print what the kernel would be told to queue\n",
	 cmd_check},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_overview(FILE *out)
{
	fputs("offhook breaks voice networks on purpose: it stands as a bridge between IP phones and CUCM "
	      "and\n"
	      "applies the faults of real cases, timed to the phones' keep-alives.\n\n",
	      out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  offhook %-8s %s\n", commands[i].word, commands[i].title);
	fputs("\n`offhook help COMMAND` tells more; `offhook --version` which version this is.\n", out);
}

static const struct command *find(const char *word)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].word, word) == 0)
			return &commands[i];
	return NULL;
}

int cli_usage_error(const char *subcommand, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "offhook %s: ", subcommand);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n`offhook help %s` shows how it is used.\n", subcommand);
	return EXIT_USAGE_ERROR;
}

static int unknown(const char *word)
{
	const char *words[COMMANDS], *near;

	for (size_t i = 0; i < COMMANDS; i++)
		words[i] = commands[i].word;
	near = diag_nearest(word, strlen(word), words, COMMANDS);
	if (near) {
		fprintf(stderr, "offhook: “%s” is no command; did you mean %s?\n", word, near);
		return EXIT_USAGE_ERROR;
	}
	fprintf(stderr, "offhook: “%s” is no command; there are", word);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(stderr, "%s %s", i ? "," : "", commands[i].word);
	fputs(".\n", stderr);
	return EXIT_USAGE_ERROR;
}

static int help(const char *word)
{
	const struct command *c = word ? find(word) : NULL;

	if (word && !c)
		return unknown(word);
	if (c)
		printf("%s: %s\n\n%s", c->word, c->title, c->usage);
	else
		print_overview(stdout);
	return EXIT_OK;
}

int cli_main(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		print_overview(stderr);
		return EXIT_USAGE_ERROR;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("offhook " OFFHOOK_VERSION);
		return EXIT_OK;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return help(argc > 2 ? argv[2] : NULL);
	c = find(argv[1]);
	if (!c)
		return unknown(argv[1]);
	for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strcmp(argv[i], "--help"))
			return help(c->word);
	return c->run(argc - 1, argv + 1);
}
