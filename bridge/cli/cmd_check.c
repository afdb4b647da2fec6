// SPDX-License-Identifier: GPL-2.0-or-later
// offhook check
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/defines.h"
#include "live/nft.h"
#include "rule/explain.h"
#include "rule/rule.h"

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

static void print_params(const struct ruleset *rules)
{
	int names = 0, values = 0;
	char origin[300];

	for (size_t i = 0; i < rules->param_count; i++) {
		const struct param *p = &rules->params[i];

		if ((int)strlen(p->name) > names)
			names = (int)strlen(p->name);
		if ((int)strlen(p->value.text) > values && strlen(p->value.text) < 40)
			values = (int)strlen(p->value.text);
	}
	for (size_t i = 0; i < rules->param_count; i++)
		printf("param %-*s = %-*s   %s\n", names, rules->params[i].name, values,
		       rules->params[i].value.text,
		       token_param_origin(&rules->params[i].value, origin, sizeof(origin)));
	if (rules->param_count)
		printf("\n");
}

static int print_rules(const struct ruleset *rules)
{
	print_params(rules);
	for (size_t i = 0; i < rules->rule_count; i++) {
		const struct rule *rule = &rules->rules[i];
		char *text = rule_explain(rule);
		unsigned line, column;

		if (!text)
			return EXIT_CANNOT_RUN;
		span_position(rule->where, &line, &column);
		printf("rule %s (%s:%u)\n%s", rule->name, rule->where.src->name, line, text);
		free(text);
	}
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
