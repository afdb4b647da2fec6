// SPDX-License-Identifier: GPL-2.0-or-later
// What is asked of a rule set once it is compiled.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule/rule.h"

static void rule_done(struct rule *rule)
{
	for (size_t i = 0; i < rule->fault_count; i++)
		if (rule->faults[i].kind->done)
			rule->faults[i].kind->done(&rule->faults[i]);
	free(rule->faults);
	free(rule->conditions);
	filter_free(rule->match);
	free(rule->name);
}

void ruleset_free(struct ruleset *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->rule_count; i++)
		rule_done(&rules->rules[i]);
	for (size_t i = 0; i < rules->param_count; i++) {
		free(rules->params[i].name);
		free((char *)rules->params[i].value.text);
	}
	for (size_t i = 0; i < rules->source_count; i++) {
		free(rules->sources[i]->name);
		free(rules->sources[i]->text);
		free(rules->sources[i]);
	}
	free(rules->rules);
	free(rules->params);
	free(rules->sources);
	free(rules);
}

static bool is_link_layer(const struct protocol *p)
{
	return p->id == PROTO_ETH || p->id == PROTO_LLC || p->id == PROTO_VLAN || p->id == PROTO_ARP;
}

bool rule_needs_ethernet(const struct rule *rule)
{
	for (size_t i = 0; i < rule->condition_count; i++)
		if (rule->conditions[i].per_protocol && is_link_layer(rule->conditions[i].per_protocol))
			return true;
	for (size_t i = 0; i < rule->fault_count; i++)
		if (rule->faults[i].kind->needs_ethernet)
			return true;
	return rule->match && filter_needs_ethernet(rule->match);
}

bool rule_delays(const struct rule *rule)
{
	for (size_t i = 0; i < rule->fault_count; i++)
		if (rule->faults[i].kind->delays)
			return true;
	return false;
}

struct match_list {
	char **items; // NULL-terminated
	size_t count;
	bool everything;
};

static int add_match(struct match_list *list, const char *text)
{
	char **items;

	if (list->everything)
		return 0;
	if (!*text) {
		for (size_t i = 0; i < list->count; i++)
			free(list->items[i]);
		list->count = 0;
		list->everything = true;
	}
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return 0;
	items = realloc(list->items, (list->count + 2) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	list->items = items;
	items[list->count] = strdup(text);
	if (!items[list->count])
		return -ENOMEM;
	items[++list->count] = NULL;
	return 0;
}

// A rule on keep-alives needs no frame that the tracker does not listen to anyway, unless it holds them back:
// then all of their flow, fragments too, must come along.
static bool tracker_suffices(const struct rule *rule)
{
	if (rule_delays(rule))
		return false;
	for (size_t i = 0; i < rule->condition_count; i++)
		if (rule->conditions[i].kind == CONDITION_KEEPALIVE)
			return true;
	return false;
}

static int add_rule(struct match_list *list, const struct rule *rule)
{
	char **matches;
	int r = filter_kernel_match(rule->match, rule_delays(rule), &matches);

	if (r < 0)
		return r;
	for (char **m = matches; *m && r == 0; m++)
		r = add_match(list, *m);
	kernel_match_free(matches);
	return r;
}

int ruleset_kernel_match(const struct ruleset *rules, enum side side, char ***ret)
{
	// What the tracker listens to: ARP, and the signalling to the servers' ports or from them. A second
	// VLAN tag hides what is behind it.
	static const char *const tracker[2][5] = {
		[SIDE_PHONES] = {"meta protocol arp", "meta protocol { 8021q, 8021ad }",
				 "tcp dport { 2000, 5060 }", "udp dport 5060", NULL},
		[SIDE_CUCM] = {"meta protocol arp", "meta protocol { 8021q, 8021ad }",
			       "tcp sport { 2000, 5060 }", "udp sport 5060", NULL},
	};
	struct match_list list = {0};
	int r = 0;

	for (const char *const *m = tracker[side]; *m && r == 0; m++)
		r = add_match(&list, *m);
	for (size_t i = 0; i < rules->rule_count && r == 0; i++) {
		const struct rule *rule = &rules->rules[i];

		if (rule->from != (side == SIDE_PHONES ? FROM_CUCM : FROM_PHONES) && !tracker_suffices(rule))
			r = add_rule(&list, rule);
	}
	if (r < 0)
		kernel_match_free(list.items);
	else
		*ret = list.items;
	return r;
}
