// SPDX-License-Identifier: GPL-2.0-or-later
// cli: the command line. One file a subcommand, one row each in cli.c's table, which drives dispatch and help
// alike.
#ifndef OFFHOOK_CLI_CLI_H
#define OFFHOOK_CLI_CLI_H

// Exit statuses.
enum {
	EXIT_OK = 0,
	EXIT_EXPECTATION = 1, // an expectation failed
	EXIT_USAGE_ERROR = 2, // a mistake in use or in rules
	EXIT_CANNOT_RUN = 3,
	EXIT_INCONCLUSIVE = 4,
};

int cli_main(int argc, char **argv);

// The subcommands; argv[0] is the subcommand's word.
int cmd_run(int argc, char **argv);
int cmd_bridge(int argc, char **argv);
int cmd_check(int argc, char **argv);

// "offhook SUBCOMMAND: message" on standard error, and how to get help; returns EXIT_USAGE_ERROR.
int cli_usage_error(const char *subcommand, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
