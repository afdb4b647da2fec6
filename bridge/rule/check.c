// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule/check.h"

#include <stdio.h>
#include <string.h>

#include "fault/kinds.h"
#include "rule/when.h"

// Two conditions of one kind whose ranges do not meet. Silence is asked per key: two of them may both hold.
static void check_contradictions(const struct rule *rule, struct diag_list *diags)
{
	char hint[80];

	for (size_t i = 0; i < rule->condition_count; i++) {
		const struct condition *a = &rule->conditions[i];

		if (a->kind == CONDITION_IDLE || a->kind == CONDITION_AGED)
			continue;
		for (size_t j = 0; j < i; j++) {
			const struct condition *b = &rule->conditions[j];
			unsigned line, column;

			if (a->kind != b->kind || (a->from <= b->to && b->from <= a->to))
				continue;
			span_position(b->where, &line, &column);
			snprintf(hint, sizeof(hint), "all conditions must hold; the other one is on line %u",
				 line);
			diag_error(diags, a->where, hint, "this contradicts another condition on “%s”",
				   condition_word(a->kind));
			break;
		}
	}
}

// Frames behind a second VLAN tag are always let in: they say nothing of what the filter asks for.
static bool is_about_tags(const char *expression)
{
	return strncmp(expression, "meta protocol { 8021q", 21) == 0;
}

// Whether every frame that the filter can match is of a kind whose kernel expression begins with one of these
// words. The kernel is never asked for less than the filter, so a "yes" is safe; a "no" says nothing.
static bool match_is_only(const struct rule *rule, const char *const *words, size_t count)
{
	bool only = true, some = false;
	char **list;

	if (!rule->match || filter_kernel_match(rule->match, false, &list) < 0)
		return false;
	for (char **e = list; *e && only; e++) {
		if (is_about_tags(*e))
			continue;
		only = false;
		for (size_t i = 0; i < count; i++)
			only = only || strncmp(*e, words[i], strlen(words[i])) == 0;
		some = true;
	}
	kernel_match_free(list);
	return only && some;
}

static bool asks_for_keepalives(const struct rule *rule, struct span *ret_where)
{
	for (size_t i = 0; i < rule->condition_count; i++) {
		if (rule->conditions[i].kind != CONDITION_KEEPALIVE)
			continue;
		*ret_where = rule->conditions[i].where;
		return true;
	}
	return false;
}

static void check_keepalives(const struct rule *rule, struct diag_list *diags)
{
	static const char *const others[] = {"meta protocol arp", "meta l4proto icmp",
					     "meta l4proto ipv6-icmp", "icmp type", "icmpv6 type"};
	struct span where;

	if (asks_for_keepalives(rule, &where) &&
	    match_is_only(rule, others, sizeof(others) / sizeof(others[0])))
		diag_warning(diags, where, "keep-alives are SCCP or SIP messages",
			     "no frame that this rule matches can be a keep-alive");
}

static void check_answer_arp(const struct rule *rule, const struct fault *fault, struct diag_list *diags)
{
	static const char *const others[] = {"meta protocol ip", "meta l4proto", "tcp ", "udp ", "icmp ",
					     "icmpv6 "};
	struct span where;

	if (match_is_only(rule, others, sizeof(others) / sizeof(others[0])))
		diag_warning(diags, fault->where, "match arp.opcode == 1",
			     "no frame that this rule matches can be an ARP request: it will never answer");
	else if (asks_for_keepalives(rule, &where))
		diag_warning(diags, where, NULL,
			     "an ARP request is no keep-alive: this rule will never answer");
}

static void check_faults(const struct rule *rule, struct diag_list *diags)
{
	for (size_t i = 0; i < rule->fault_count; i++) {
		const struct fault *fault = &rule->faults[i];

		if (i && rule->faults[i - 1].kind == &fault_drop) {
			diag_warning(diags, fault->where, "put it before “do drop”",
				     "a dropped frame is gone: this is not done");
			break;
		}
		if (fault->kind == &fault_answer_arp)
			check_answer_arp(rule, fault, diags);
	}
}

// What no filter narrows is queued whole: all media too.
static void check_width(const struct rule *rule, struct diag_list *diags)
{
	struct span where;

	if (!rule->match && !asks_for_keepalives(rule, &where))
		diag_warning(diags, rule->where, "match FILTER says which",
			     "this rule has no “match”: every frame is looked at, voice too");
}

void rule_check(const struct rule *rule, struct diag_list *diags)
{
	check_width(rule, diags);
	check_contradictions(rule, diags);
	check_keepalives(rule, diags);
	check_faults(rule, diags);
}
