// SPDX-License-Identifier: GPL-2.0-or-later
// offhook run
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/defines.h"
#include "live/live.h"
#include "live/netns.h"

#define DEFINES_MAX   64
#define QUEUE_DEFAULT 4000

struct run_arguments {
	const char *phones, *cucm, *netns;
	struct defines defines;
	struct live_options live;
	bool has_queue, has_seed, remove;
};

static int cannot(const char *message)
{
	fprintf(stderr, "offhook run: %s\n", message);
	return EXIT_CANNOT_RUN;
}

// A whole number from low to high; false: it is none.
static bool read_number(const char *text, uint64_t low, uint64_t high, uint64_t *ret)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || n < low || n > high)
		return false;
	*ret = n;
	return true;
}

enum {
	OPT_PHONES = 256,
	OPT_CUCM,
	OPT_NETNS,
	OPT_SEED,
	OPT_FOR,
	OPT_RM,
	OPT_JSON,
	OPT_QUIET,
	OPT_QUEUE,
	OPT_SPEED,
	OPT_PRECISE,
	OPT_QUEUE_NUMBER
};

// One option; 0, or the exit status of a mistake.
static int take_option(struct run_arguments *a, int opt, char *text)
{
	uint64_t n;

	switch (opt) {
	case OPT_PHONES:
		a->phones = text;
		return 0;
	case OPT_CUCM:
		a->cucm = text;
		return 0;
	case OPT_NETNS:
		a->netns = strcmp(text, "none") == 0 ? "" : text;
		return 0;
	case OPT_SEED:
		if (!read_number(text, 0, UINT64_MAX, &a->live.seed))
			return cli_usage_error("run", "--seed %s: a whole number is needed", text);
		a->has_seed = true;
		return 0;
	case OPT_FOR:
		if (duration_parse(text, strlen(text), &a->live.duration) < 0 || a->live.duration <= 0)
			return cli_usage_error(
				"run", "--for %s: a time with its unit is needed, such as 90s or 20m", text);
		return 0;
	case OPT_QUEUE:
	case OPT_QUEUE_NUMBER:
		if (!read_number(text, 0, 65534, &n))
			return cli_usage_error("run", "a queue has a number from 0 to 65534, not %s", text);
		a->live.queue = (uint16_t)n;
		a->has_queue = a->has_queue || opt == OPT_QUEUE;
		return 0;
	case OPT_SPEED:
		if (!read_number(text, 1, 1000, &n))
			return cli_usage_error("run", "--speed %s: a whole number from 1 to 1000 is needed",
					       text);
		a->live.speed = (unsigned)n;
		return 0;
	case 'D':
		if (!defines_add(&a->defines, text))
			return cli_usage_error("run", "-D %s: NAME=VALUE is needed", text);
		return 0;
	case OPT_RM:
		a->remove = true;
		return 0;
	case OPT_JSON:
		a->live.json = true;
		return 0;
	case OPT_QUIET:
		a->live.quiet = true;
		return 0;
	case OPT_PRECISE:
		a->live.precise = true;
		return 0;
	default:
		return cli_usage_error("run", "see above");
	}
}

static int check_arguments(const struct run_arguments *a)
{
	if (a->has_queue && (a->phones || a->cucm || a->remove))
		return cli_usage_error("run", "--queue attaches to your own firewall's queue: it goes with "
					      "neither --phones, --cucm nor --rm");
	if (!a->has_queue && (!a->phones || !a->cucm))
		return cli_usage_error(
			"run", "both sides are needed: --phones IF[,IF…] --cucm IF[,IF…] (or --queue N)");
	return 0;
}

// A queue of the ip families brings no Ethernet header along.
static void check_rules(const void *ctx, const struct ruleset *rules, struct diag_list *diags)
{
	const struct run_arguments *a = ctx;

	for (size_t i = 0; a->has_queue && i < rules->rule_count; i++)
		if (rule_needs_ethernet(&rules->rules[i]))
			diag_error(diags, rules->rules[i].where,
				   "use --phones and --cucm, so that frames come with their Ethernet header",
				   "rule %s needs an Ethernet header, which frames of --queue do not have",
				   rules->rules[i].name);
}

// After the run: the bridge goes on, since phones hang on it, or is taken down where --rm says so. home: the
// namespace that the ports came from.
static int leave_bridge(const struct run_arguments *a, int home)
{
	char message[BRIDGE_MESSAGE];

	if (!a->remove) {
		fprintf(stderr, "The bridge goes on forwarding; `offhook bridge down%s%s` takes it down.\n",
			strcmp(a->netns, BRIDGE_NETNS) ? " --netns " : "",
			strcmp(a->netns, BRIDGE_NETNS) ? (*a->netns ? a->netns : "none") : "");
		return EXIT_OK;
	}
	if (netns_enter(home) < 0 || bridge_down(a->netns, message) < 0)
		return cannot(message);
	fprintf(stderr, "The bridge is down, its ports are as they were.\n");
	return EXIT_OK;
}

static int run_on_bridge(struct run_arguments *a, char *message)
{
	struct bridge_plan plan = {.phones = a->phones, .cucm = a->cucm, .netns = a->netns};
	struct bridge bridge;
	bool adopted = false;
	int home = netns_here(), r, left;

	r = home < 0 ? home : bridge_up(&plan, &bridge, &adopted, message);
	if (r == 0) {
		if (adopted)
			fprintf(stderr, "The bridge was up already: it is adopted.\n");
		a->live.bridge = &bridge;
		r = live_run(&a->live, message);
		left = leave_bridge(a, home);
		r = r < 0 ? cannot(message) : left;
	} else {
		r = r == -EINVAL ? cli_usage_error("run", "%s", message) : cannot(message);
	}
	if (home >= 0)
		close(home);
	return r;
}

static int run_with_rules(struct run_arguments *a, const struct ruleset *rules)
{
	char message[LIVE_MESSAGE];

	a->live.rules = rules;
	if (!a->has_seed && getrandom(&a->live.seed, sizeof(a->live.seed), 0) == sizeof(a->live.seed))
		a->live.seed %= 1000000000; // short enough to be typed again
	if (!a->has_queue)
		return run_on_bridge(a, message);
	return live_run(&a->live, message) < 0 ? cannot(message) : EXIT_OK;
}

static int parse_arguments(int argc, char **argv, struct run_arguments *a)
{
	static const struct option options[] = {{"phones", required_argument, NULL, OPT_PHONES},
						{"cucm", required_argument, NULL, OPT_CUCM},
						{"netns", required_argument, NULL, OPT_NETNS},
						{"seed", required_argument, NULL, OPT_SEED},
						{"for", required_argument, NULL, OPT_FOR},
						{"queue", required_argument, NULL, OPT_QUEUE},
						{"queue-number", required_argument, NULL, OPT_QUEUE_NUMBER},
						{"speed", required_argument, NULL, OPT_SPEED},
						{"rm", no_argument, NULL, OPT_RM},
						{"json", no_argument, NULL, OPT_JSON},
						{"quiet", no_argument, NULL, OPT_QUIET},
						{"precise", no_argument, NULL, OPT_PRECISE},
						{NULL, 0, NULL, 0}};
	int opt, r = 0;

	while (r == 0 && (opt = getopt_long(argc, argv, "D:", options, NULL)) != -1)
		r = take_option(a, opt, optarg);
	return r ? r : check_arguments(a);
}

int cmd_run(int argc, char **argv)
{
	struct run_arguments a = {
		.netns = BRIDGE_NETNS,
		.live = {.queue = QUEUE_DEFAULT, .duration = TIME_NEVER, .speed = 1, .out = stdout}};
	struct ruleset *rules;
	int status = parse_arguments(argc, argv, &a);

	if (status)
		return status;
	status = rules_read(argv + optind, (size_t)(argc - optind), &a.defines, "run", check_rules, &a,
			    &rules);
	if (status == EXIT_OK)
		status = run_with_rules(&a, rules);
	ruleset_free(rules);
	return status;
}
