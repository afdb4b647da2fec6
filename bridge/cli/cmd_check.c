// SPDX-License-Identifier: GPL-2.0-or-later
// offhook check
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/defines.h"
#include "live/nft.h"
#include "rule/rule.h"

static void print_time(int64_t ns)
{
	char text[DURATION_TEXT];

	fputs(duration_format(ns, text, sizeof(text)), stdout);
}

static void print_range(const struct condition *c, bool times)
{
	if (c->from == c->to && !times) {
		printf(" %" PRId64, c->from);
		return;
	}
	printf(" from ");
	times ? print_time(c->from) : (void)printf("%" PRId64, c->from);
	if (c->to == TIME_NEVER) {
		printf(" on");
		return;
	}
	printf(" to ");
	times ? print_time(c->to) : (void)printf("%" PRId64, c->to);
}

static void print_condition(const struct condition *c)
{
	switch (c->kind) {
	case CONDITION_IDLE:
		printf("when its %s was silent for ", c->per ? c->per->name : c->per_protocol->name);
		print_time(c->from);
		break;
	case CONDITION_AGED:
		printf("when the entry of its %s is ", c->per ? c->per->name : c->per_protocol->name);
		print_time(c->from);
		printf(" old");
		break;
	case CONDITION_KEEPALIVE:
		printf("for keep-alive");
		print_range(c, false);
		break;
	case CONDITION_COPY:
		printf("for copy");
		print_range(c, false);
		break;
	case CONDITION_ELAPSED:
		printf("in the run's time");
		print_range(c, true);
		break;
	}
}

static void print_rule(const struct rule *rule)
{
	static const char *const from[] = {[FROM_ANY] = "any frame",
					   [FROM_PHONES] = "a frame from the phones' side",
					   [FROM_CUCM] = "a frame from CUCM's side"};
	static const char *const scope[] = {[LIMIT_RUN] = "run",
					    [LIMIT_ENDPOINT] = "endpoint",
					    [LIMIT_REGISTRATION] = "registration",
					    [LIMIT_FLOW] = "flow"};
	char text[512];

	printf("rule %s: %s", rule->name, from[rule->from]);
	if (rule->match) {
		printf(" that matches “");
		for (uint32_t i = 0; i < rule->match_where.len; i++) {
			char c = rule->match_where.src->text[rule->match_where.off + i];

			putchar(c == '\n' || c == '\t' || c == '\\' ? ' ' : c);
		}
		printf("”");
	}
	for (size_t i = 0; i < rule->condition_count; i++) {
		printf(", ");
		print_condition(&rule->conditions[i]);
	}
	if (rule->limit)
		printf(", at most %" PRIu64 " times per %s", rule->limit, scope[rule->limit_scope]);
	printf(":");
	for (size_t i = 0; i < rule->fault_count; i++) {
		rule->faults[i].kind->describe(&rule->faults[i], text, sizeof(text));
		printf("%s %s", i ? "," : "", text);
	}
	printf("\n");
}

static int print_table(const struct ruleset *rules)
{
	static const char *const ports[2][2] = {{"PHONES", NULL}, {"CUCM", NULL}};
	struct nft_plan plan = {.ports = {ports[0], ports[1]}, .queue = 4000};
	char **matches[2] = {NULL, NULL}, *text = NULL;
	int r = ruleset_kernel_match(rules, SIDE_PHONES, &matches[0]);

	if (r == 0)
		r = ruleset_kernel_match(rules, SIDE_CUCM, &matches[1]);
	if (r == 0) {
		plan.matches[0] = matches[0];
		plan.matches[1] = matches[1];
		text = nft_text(&plan);
	}
	if (text)
		fputs(text, stdout);
	free(text);
	kernel_match_free(matches[0]);
	kernel_match_free(matches[1]);
	return text ? EXIT_OK : EXIT_CANNOT_RUN;
}

static int print_rules(const struct ruleset *rules)
{
	for (size_t i = 0; i < rules->param_count; i++)
		printf("param %s = %s%s\n", rules->params[i].name, rules->params[i].value.text,
		       rules->params[i].value.defined ? "  (given by -D)" : "");
	for (size_t i = 0; i < rules->rule_count; i++)
		print_rule(&rules->rules[i]);
	if (!rules->rule_count)
		printf("No rules: a run would only watch.\n");
	return EXIT_OK;
}

int cmd_check(int argc, char **argv)
{
	static const struct option options[] = {{"nft", no_argument, NULL, 'n'}, {NULL, 0, NULL, 0}};
	struct defines defines = {.count = 0};
	struct ruleset *rules;
	bool nft = false;
	int opt, status;

	while ((opt = getopt_long(argc, argv, "D:", options, NULL)) != -1) {
		if (opt == 'n')
			nft = true;
		else if (opt != 'D')
			return cli_usage_error("check", "see above");
		else if (!defines_add(&defines, optarg))
			return cli_usage_error("check", "-D %s: NAME=VALUE is needed", optarg);
	}
	if (optind == argc)
		return cli_usage_error("check", "a rule file is needed");
	status = rules_read(argv + optind, (size_t)(argc - optind), &defines, "check", NULL, NULL, &rules);
	if (status == EXIT_OK)
		status = nft ? print_table(rules) : print_rules(rules);
	ruleset_free(rules);
	return status;
}
