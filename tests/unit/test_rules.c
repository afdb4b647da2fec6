// SPDX-License-Identifier: GPL-2.0-or-later
// Rule files: what a text becomes. What is said of wrong ones is in tests/golden/.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "rule/match_span.h"
#include "rule/rule.h"
#include "wire_packets.h"

static struct ruleset *compile_with(const char *text, const struct define *defines, size_t count,
				    size_t warnings)
{
	struct diag_list diags = {0};
	struct ruleset *rules = NULL;
	int r = ruleset_parse("test.rules", text, strlen(text), defines, count, &diags, &rules);
	char *said = diag_format(&diags);

	if (r < 0 || diags.count != warnings)
		fail_msg("%s\n%s", text, said);
	free(said);
	diag_list_done(&diags);
	return rules;
}

static struct ruleset *compile(const char *text)
{
	return compile_with(text, NULL, 0, 0);
}

static void check_range(const char *words, enum condition_kind kind, int64_t from, int64_t to)
{
	struct ruleset *rules;
	char text[200];

	snprintf(text, sizeof(text), "rule r { match ip; when %s; do drop }", words);
	rules = compile(text);
	assert_int_equal(rules->rules[0].condition_count, 1);
	assert_int_equal(rules->rules[0].conditions[0].kind, kind);
	assert_int_equal(rules->rules[0].conditions[0].from, from);
	assert_int_equal(rules->rules[0].conditions[0].to, to);
	ruleset_free(rules);
}

static void conditions(void **state)
{
	(void)state;
	check_range("keepalive == 3", CONDITION_KEEPALIVE, 3, 3);
	check_range("keepalive==3", CONDITION_KEEPALIVE, 3, 3);
	check_range("keepalive in 3..5", CONDITION_KEEPALIVE, 3, 5);
	check_range("keepalive 3..5", CONDITION_KEEPALIVE, 3, 5);
	check_range("keepalive >= 3", CONDITION_KEEPALIVE, 3, TIME_NEVER);
	check_range("keepalive > 3", CONDITION_KEEPALIVE, 4, TIME_NEVER);
	check_range("keepalive <= 3", CONDITION_KEEPALIVE, 1, 3);
	check_range("keepalive < 3", CONDITION_KEEPALIVE, 1, 2);
	check_range("copy == 1", CONDITION_COPY, 1, 1);
	check_range("copy >= 2", CONDITION_COPY, 2, TIME_NEVER);
	check_range("elapsed 5m..7m", CONDITION_ELAPSED, 300 * NS_PER_S, 420 * NS_PER_S);
	check_range("elapsed >= 0s", CONDITION_ELAPSED, 0, TIME_NEVER);
	check_range("elapsed < 1s", CONDITION_ELAPSED, 0, NS_PER_S - 1);
	check_range("idle >= 1m30s per eth.src", CONDITION_IDLE, 90 * NS_PER_S, TIME_NEVER);
	check_range("idle >= 60s per ip.src", CONDITION_IDLE, 60 * NS_PER_S, TIME_NEVER);
	check_range("aged 4h per eth.src", CONDITION_AGED, 4 * 3600 * NS_PER_S, TIME_NEVER);
	check_range("aged >= 4h per eth.src", CONDITION_AGED, 4 * 3600 * NS_PER_S, TIME_NEVER);
}

static void a_rule(void **state)
{
	struct ruleset *rules = compile("param age = 60s\n"
					"rule mac-aged-out {\n"
					"\tfrom phones\n"
					"\tmatch ip   # all of it\n"
					"\twhen idle >= $age per eth.src\n"
					"\twhen elapsed >= 1m\n"
					"\tlimit 3 per registration\n"
					"\tdo note \"aged\"\n"
					"\tdo drop\n"
					"}\n");
	const struct rule *r = &rules->rules[0];

	(void)state;
	assert_int_equal(rules->rule_count, 1);
	assert_string_equal(r->name, "mac-aged-out");
	assert_int_equal(r->from, FROM_PHONES);
	assert_non_null(r->match);
	assert_int_equal(r->match_where.len, 2);
	assert_int_equal(r->condition_count, 2);
	assert_int_equal(r->conditions[0].from, 60 * NS_PER_S);
	assert_string_equal(r->conditions[0].per->name, "eth.src");
	assert_string_equal(r->conditions[0].per_protocol->name, "eth");
	assert_int_equal(r->limit, 3);
	assert_int_equal(r->limit_scope, LIMIT_REGISTRATION);
	assert_int_equal(r->fault_count, 2);
	assert_string_equal(r->faults[0].kind->word, "note");
	assert_string_equal(r->faults[1].kind->word, "drop");
	assert_true(rules->params[0].used);
	ruleset_free(rules);
}

static void params(void **state)
{
	static const struct define defines[] = {{"wait", "7ms"}, {"server", "10.9.9.9"}};
	const char *text = "rule a { match ip.dst == $server; do delay $wait; do delay $other }\n"
			   "param wait = 1ms   # after its use\n"
			   "param other = 2ms\n"
			   "param server = 10.1.1.1\n";
	struct ruleset *rules = compile(text);
	struct packet p = {.len = 0};
	struct frame f;

	(void)state;
	put_eth(&p, 0x0800);
	put_ip(&p, 17, "10.1.1.7", "10.9.9.9");
	put_udp(&p, 1, 2);
	packet_end(&p);
	f = (struct frame){
		.data = p.data, .captured = (uint32_t)p.len, .wire = (uint32_t)p.len, .has_eth = true};
	frame_decode(&f);
	assert_int_equal(rules->rules[0].faults[0].delay.steps[0], NS_PER_MS);
	assert_false(rules->params[0].value.defined);
	assert_false(filter_match(rules->rules[0].match, &f));
	ruleset_free(rules);
	rules = compile_with(text, defines, 2, 0);
	assert_int_equal(rules->rules[0].faults[0].delay.steps[0], 7 * NS_PER_MS);
	assert_int_equal(rules->rules[0].faults[1].delay.steps[0], 2 * NS_PER_MS);
	assert_true(rules->params[0].value.defined);
	assert_true(filter_match(rules->rules[0].match, &f));
	ruleset_free(rules);
}

// How much of the text after "match" is the filter.
static void check_span(const char *text, const char *filter)
{
	struct source src = {.name = (char *)"x", .text = (char *)text, .len = strlen(text)};
	struct span s = match_span(&src, 5);

	if (s.len != strlen(filter) || memcmp(text + s.off, filter, s.len) != 0)
		fail_msg("“%s”: “%.*s” instead of “%s”", text, (int)s.len, text + s.off, filter);
}

static void match_ends(void **state)
{
	(void)state;
	check_span("match ip\n do drop", "ip");
	check_span("match ip", "ip");
	check_span("match", "");
	check_span("match   # nothing\n ip", "");
	check_span("match ip; do drop", "ip");
	check_span("match ip }", "ip");
	check_span("match tcp.port in {1, 2} }", "tcp.port in {1, 2}");
	check_span("match ip   # why\n", "ip");
	check_span("match ip.addr#2 == 1.1.1.1\n",
		   "ip.addr#2 == 1.1.1.1"); // no blank before it: the filter's own
	check_span("match sip.Method == \"a;}#\" \n", "sip.Method == \"a;}#\"");
	check_span("match a contains \"\\\";\" ; do", "a contains \"\\\";\"");
	check_span("match a matches r\"\\\" ; do", "a matches r\"\\\"");
	check_span("match (a\n || b)\n do", "(a\n || b)");
	check_span("match a &&\n\n b\n do", "a &&\n\n b");
	check_span("match a # one\n && b # two\n do", "a # one\n && b");
	check_span("match a\n or b\n order", "a\n or b");
	check_span("match a \\\n b\n", "a \\\n b");
	check_span("match a in {1,\n 2}\n do", "a in {1,\n 2}");
	check_span("match (a\n do drop\n)", "(a"); // not closed: the next statement is not swallowed
	check_span("match a &&\n when copy == 1", "a &&");
	check_span("match a &&\n}", "a &&");
}

// Comments and line ends become blanks, nothing else changes.
static void match_is_plain(void **state)
{
	const char *text = "match a # one\n  && b \\\n == \"#\\\" x\" # two\n do";
	const char *plain = "match a         && b    == \"#\\\" x\" # two\n do";
	struct source src = {.name = (char *)"x", .text = (char *)text, .len = strlen(text)};
	char copy[100];

	(void)state;
	strcpy(copy, text);
	match_span_plain(match_span(&src, 5), copy);
	assert_string_equal(copy, plain);
}

static bool asked(const struct ruleset *rules, enum side side, const char *expression, size_t *ret_count)
{
	char **list;
	bool found = false;

	assert_int_equal(ruleset_kernel_match(rules, side, &list), 0);
	*ret_count = 0;
	for (char **e = list; *e; e++) {
		for (char **other = list; other < e; other++)
			assert_string_not_equal(*e, *other);
		found = found || strcmp(*e, expression) == 0;
		++*ret_count;
	}
	kernel_match_free(list);
	return found;
}

static void kernel_asks_for_what_is_needed(void **state)
{
	struct ruleset *none = compile(""), *ping = compile("rule a { from cucm; match icmp; do drop }");
	struct ruleset *numbered = compile("rule a { match ip; when keepalive == 3; do drop }");
	struct ruleset *held = compile("rule a { match udp; when keepalive == 3; do delay 1ms }");
	struct ruleset *all = compile_with("rule a { do drop }", NULL, 0, 1);
	size_t least, count;

	(void)state;
	// The tracker's own, whatever the rules: no voice, which is UDP of other ports.
	for (int side = 0; side < 2; side++) {
		assert_true(asked(none, side, "meta protocol arp", &least));
		assert_false(asked(none, side, "", &count));
		assert_false(asked(none, side, "meta l4proto udp", &count));
		assert_true(asked(numbered, side, "meta protocol arp", &count));
		assert_int_equal(count, least);
		assert_true(asked(all, side, "", &count));
		assert_int_equal(count, 1);
	}
	assert_true(asked(none, SIDE_PHONES, "udp dport 5060", &count));
	assert_true(asked(none, SIDE_CUCM, "udp sport 5060", &count));
	assert_true(asked(ping, SIDE_CUCM, "meta l4proto icmp", &count));
	assert_true(count > least);
	assert_false(asked(ping, SIDE_PHONES, "meta l4proto icmp", &count));
	assert_int_equal(count, least);
	assert_true(asked(held, SIDE_PHONES, "meta l4proto udp", &count)); // all of the flow must come along
	ruleset_free(none);
	ruleset_free(ping);
	ruleset_free(numbered);
	ruleset_free(held);
	ruleset_free(all);
}

static void check_ethernet(const char *words, bool needs)
{
	struct ruleset *rules;
	char text[200];

	snprintf(text, sizeof(text), "rule r { %s }", words);
	rules = compile(text);
	assert_int_equal(rule_needs_ethernet(&rules->rules[0]), needs);
	ruleset_free(rules);
}

static void ethernet_is_needed(void **state)
{
	(void)state;
	check_ethernet("match ip; do drop", false);
	check_ethernet("match ip; when idle >= 1s per ip.src; do delay 1s", false);
	check_ethernet("match ip; when idle >= 1s per eth.src; do drop", true);
	check_ethernet("match ip; when idle >= 1s per vlan.id; do drop", true);
	check_ethernet("match eth.src == 00:1b:54:00:00:11; do drop", true);
	check_ethernet("match arp; do drop", true);
	check_ethernet("match arp; do answer arp 10.1.1.1 is-at f4:0f:1b:1e:26:a9", true);
}

// However a file is cut off, reading it ends, and tells a mistake exactly where it says that there is one.
static void cut_anywhere(void **state)
{
	static const char text[] =
		"param age = 60s\n"
		"rule a {\n from phones\n match (ip && tcp.port in {2000, 5060}) # x\n"
		"  || sip.Method == \"REGISTER\"\n when idle >= $age per eth.src; when copy == 1\n"
		" limit 2 per flow\n do delay series 1ms 2ms repeat\n do note \"x \\\" y\"\n}\n"
		"rule b { match arp; do answer arp 10.1.1.1 is-at f4:0f:1b:1e:26:a9; do drop }\n"
		"expect c { unregistered within 2m }\n";
	size_t good = 0;

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		struct diag_list diags = {0};
		struct ruleset *rules = NULL;
		char *copy = malloc(len + 1); // so that a sanitizer sees a byte read too far
		int r;

		memcpy(copy, text, len);
		r = ruleset_parse("cut.rules", copy, len, NULL, 0, &diags, &rules);
		free(copy);
		assert_true(r == 0 || r == -EINVAL);
		assert_int_equal(r == -EINVAL, diags.errors > 0);
		good += r == 0;
		free(diag_format(&diags));
		diag_list_done(&diags);
		ruleset_free(rules);
	}
	assert_in_range(good, 5, 40);
}

static void reads_files(void **state)
{
	char path[] = "/tmp/offhook-rules.XXXXXX";
	const char *paths[] = {path, "no/such/file.rules", path};
	struct diag_list diags = {0};
	struct ruleset *rules = NULL;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "rule a { match ip; do drop }", 28), 28); // its last line does not end
	close(fd);
	assert_int_equal(ruleset_load(paths, 1, NULL, 0, &diags, &rules), 0);
	assert_int_equal(diags.count, 0);
	assert_int_equal(rules->rule_count, 1);
	assert_string_equal(rules->rules[0].where.src->name, path);
	ruleset_free(rules);
	rules = NULL;
	assert_int_equal(ruleset_load(paths, 3, NULL, 0, &diags, &rules), -EINVAL);
	assert_int_equal(diags.errors, 2); // one is missing, one is named twice
	diag_list_done(&diags);
	ruleset_free(rules);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions),
		cmocka_unit_test(a_rule),
		cmocka_unit_test(params),
		cmocka_unit_test(match_ends),
		cmocka_unit_test(match_is_plain),
		cmocka_unit_test(kernel_asks_for_what_is_needed),
		cmocka_unit_test(ethernet_is_needed),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(reads_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
