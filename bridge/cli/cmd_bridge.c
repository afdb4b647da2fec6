// SPDX-License-Identifier: GPL-2.0-or-later
// offhook bridge up|down|status
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "live/bridge.h"

struct bridge_arguments {
	const char *phones, *cucm, *netns;
};

static int cannot(const char *message)
{
	fprintf(stderr, "offhook bridge: %s\n", message);
	return EXIT_CANNOT_RUN;
}

static int up(const struct bridge_arguments *a)
{
	struct bridge_plan plan = {.phones = a->phones, .cucm = a->cucm, .netns = a->netns};
	char message[BRIDGE_MESSAGE];
	struct bridge b;
	bool adopted;
	int r;

	if (!a->phones || !a->cucm)
		return cli_usage_error("bridge", "up needs both sides: --phones IF[,IF…] --cucm IF[,IF…]");
	r = bridge_up(&plan, &b, &adopted, message);
	if (r == -EINVAL)
		return cli_usage_error("bridge", "%s", message);
	if (r < 0)
		return cannot(message);
	printf("The bridge is %s: %s and %s forward to each other%s%s.\n", adopted ? "already up" : "up",
	       a->phones, a->cucm, *b.netns ? ", in the network namespace " : "", b.netns);
	return EXIT_OK;
}

static int down(const struct bridge_arguments *a)
{
	char message[BRIDGE_MESSAGE];

	if (bridge_down(a->netns, message) < 0)
		return cannot(message);
	printf("The bridge is down, its ports are as they were.\n");
	return EXIT_OK;
}

static int status(const struct bridge_arguments *a)
{
	char message[BRIDGE_MESSAGE];
	struct bridge b;
	int r = bridge_load(a->netns, &b);

	if (r == -ENOENT) {
		printf("No bridge is up.\n");
		return EXIT_OK;
	}
	if (r < 0)
		return cannot("the file under " BRIDGE_STATE " is broken");
	if (bridge_enter(&b, message) < 0)
		return cannot(message);
	printf("The bridge " BRIDGE_NAME " is up%s%s:\n", *b.netns ? " in the network namespace " : "",
	       b.netns);
	for (unsigned i = 0; i < b.port_count; i++)
		printf("  %-16s %-7s %s\n", b.ports[i].name,
		       b.ports[i].side == SIDE_PHONES ? "phones" : "cucm",
		       b.ports[i].index ? "" : "the interface is gone");
	return EXIT_OK;
}

int cmd_bridge(int argc, char **argv)
{
	static const struct option options[] = {{"phones", required_argument, NULL, 'p'},
						{"cucm", required_argument, NULL, 'c'},
						{"netns", required_argument, NULL, 'n'},
						{NULL, 0, NULL, 0}};
	struct bridge_arguments a = {.netns = BRIDGE_NETNS};
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'p':
			a.phones = optarg;
			break;
		case 'c':
			a.cucm = optarg;
			break;
		case 'n':
			a.netns = strcmp(optarg, "none") == 0 ? "" : optarg;
			break;
		default:
			return cli_usage_error("bridge", "see above");
		}
	}
	if (optind + 1 != argc)
		return cli_usage_error("bridge", "one of up, down or status is needed");
	if (strcmp(argv[optind], "up") == 0)
		return up(&a);
	if (strcmp(argv[optind], "down") == 0)
		return down(&a);
	if (strcmp(argv[optind], "status") == 0)
		return status(&a);
	return cli_usage_error("bridge", "“%s” is none of up, down, status", argv[optind]);
}
