// SPDX-License-Identifier: GPL-2.0-or-later
// What each fault makes of a frame's fate.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "rule/rule.h"
#include "wire_packets.h"

// The one rule of "rule r { WORDS }"; its set is freed with it.
struct one {
	struct ruleset *set;
	const struct rule *rule;
};

static struct one compile(const char *words)
{
	struct diag_list diags = {0};
	struct one one = {NULL, NULL};
	char text[500], *said;
	int r;

	snprintf(text, sizeof(text), "rule r { match eth; %s }", words);
	r = ruleset_parse("test.rules", text, strlen(text), NULL, 0, &diags, &one.set);
	said = diag_format(&diags);
	if (r < 0)
		fail_msg("%s: %s", words, said);
	free(said);
	diag_list_done(&diags);
	one.rule = &one.set->rules[0];
	return one;
}

// Applies the rule's nth fault; what it remembers is in *state.
static int apply(const struct one *one, size_t n, const struct frame *f, struct fault_state *state,
		 struct fate *fate)
{
	const struct fault *fault = &one->rule->faults[n];
	struct fault_context context = {.frame = f, .state = state};
	int r = fault->kind->apply(fault, &context, fate);

	if (r == 0)
		state->count++;
	return r;
}

static struct frame frame_of(const struct packet *p)
{
	struct frame f = {.data = p->data,
			  .captured = (uint32_t)p->len,
			  .wire = (uint32_t)p->len,
			  .has_eth = true,
			  .side = SIDE_PHONES,
			  .port = 3};

	frame_decode(&f);
	return f;
}

static void drop_drops(void **state)
{
	struct one one = compile("do drop");
	struct packet p = {.len = 0};
	struct fault_state memory = {0};
	struct fate fate = {0};
	struct frame f;

	(void)state;
	put_eth(&p, 0x0806);
	put_arp(&p, 1, "10.1.1.7", "10.1.1.1");
	f = frame_of(&p);
	assert_int_equal(apply(&one, 0, &f, &memory, &fate), 0);
	assert_true(fate.drop);
	assert_int_equal(fate.delay, 0);
	assert_null(fate.injections);
	ruleset_free(one.set);
}

static int64_t delay_of(const struct one *one, struct fault_state *memory)
{
	struct frame f = {.layer_count = 0};
	struct fate fate = {0};

	return apply(one, 0, &f, memory, &fate) == 0 ? fate.delay : -1;
}

static void delay_is_constant(void **state)
{
	struct one one = compile("do delay 200ms");
	struct fault_state memory = {0};

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(delay_of(&one, &memory), 200 * NS_PER_MS);
	assert_true(rule_delays(one.rule));
	ruleset_free(one.set);
}

static void delays_add_up(void **state)
{
	struct one one = compile("do delay 200ms; do delay 1h");
	struct fault_state memory[2] = {{0}, {0}};
	struct frame f = {.layer_count = 0};
	struct fate fate = {0};

	(void)state;
	assert_int_equal(apply(&one, 0, &f, &memory[0], &fate), 0);
	assert_int_equal(apply(&one, 1, &f, &memory[1], &fate), 0);
	assert_int_equal(fate.delay, 3600 * NS_PER_S + 200 * NS_PER_MS);
	ruleset_free(one.set);
}

static void series_repeats(void **state)
{
	static const int64_t us[] = {100, 200000, 180, 678, 590000, 100, 345000, 456000, 345};
	struct one one =
		compile("do delay series 0.1ms 200ms 0.18ms 0.678ms 590ms 0.1ms 345ms 456ms 0.345ms repeat");
	struct fault_state phone = {0}, other = {0};

	(void)state;
	for (int i = 0; i < 30; i++)
		assert_int_equal(delay_of(&one, &phone), us[i % 9] * NS_PER_US);
	assert_int_equal(delay_of(&one, &other), us[0] * NS_PER_US); // its own turn
	ruleset_free(one.set);
}

static void series_ends(void **state)
{
	struct one one = compile("do delay series 5ms 0s 7ms");
	struct fault_state memory = {0};

	(void)state;
	assert_int_equal(delay_of(&one, &memory), 5 * NS_PER_MS);
	assert_int_equal(delay_of(&one, &memory), 0);
	assert_int_equal(delay_of(&one, &memory), 7 * NS_PER_MS);
	assert_int_equal(delay_of(&one, &memory), -1); // over: the rule does not act
	assert_int_equal(delay_of(&one, &memory), -1);
	ruleset_free(one.set);
}

static void note_notes(void **state)
{
	struct one one = compile("do note \"a \\\"b\\\" \\\\ c\"");
	struct frame f = {.layer_count = 0};
	struct fault_state memory = {0};
	struct fate fate = {0};

	(void)state;
	assert_int_equal(apply(&one, 0, &f, &memory, &fate), 0);
	assert_string_equal(fate.note, "a \"b\" \\ c");
	assert_false(fate.drop);
	ruleset_free(one.set);
}

static const char answer[] = "do answer arp 10.1.1.1 is-at f40f.1b1e.26a9";

// The reply's bytes behind the MACs, up to the ARP packet, must be the request's.
static void check_reply(const struct packet *request, uint32_t arp)
{
	static const uint8_t asa[6] = {0xf4, 0x0f, 0x1b, 0x1e, 0x26, 0xa9};
	static const uint8_t reply[] = {0, 1, 8, 0, 6, 4, 0, 2};
	static const uint8_t server[4] = {10, 1, 1, 1}, phone[4] = {10, 1, 1, 7}, zeros[32];
	struct one one = compile(answer);
	struct fault_state memory = {0};
	struct fate fate = {0};
	struct frame f = frame_of(request);
	const struct injection *i;

	assert_int_equal(apply(&one, 0, &f, &memory, &fate), 0);
	assert_false(fate.drop); // the request goes on
	i = fate.injections;
	assert_non_null(i);
	assert_null(i->next);
	assert_int_equal(i->to, SIDE_PHONES);
	assert_int_equal(i->port, 3);
	assert_int_equal(i->len, arp + 28 < 60 ? 60 : arp + 28);
	assert_memory_equal(i->data, request->data + 6, 6); // to the asker
	assert_memory_equal(i->data + 6, asa, 6);
	assert_memory_equal(i->data + 12, request->data + 12, arp - 12);
	assert_memory_equal(i->data + arp, reply, 8);
	assert_memory_equal(i->data + arp + 8, asa, 6);
	assert_memory_equal(i->data + arp + 14, server, 4);
	assert_memory_equal(i->data + arp + 18, request->data + 6, 6);
	assert_memory_equal(i->data + arp + 24, phone, 4);
	assert_memory_equal(i->data + arp + 28, zeros, i->len - arp - 28);
	fate_done(&fate);
	assert_null(fate.injections);
	ruleset_free(one.set);
}

static void answers_arp(void **state)
{
	struct packet plain = {.len = 0}, tagged = {.len = 0}, twice = {.len = 0};

	(void)state;
	put_eth(&plain, 0x0806);
	put_arp(&plain, 1, "10.1.1.7", "10.1.1.1");
	check_reply(&plain, 14);
	put_eth(&tagged, 0x8100);
	put_vlan(&tagged, 20, 0x0806);
	put_arp(&tagged, 1, "10.1.1.7", "10.1.1.1");
	check_reply(&tagged, 18);
	put_eth(&twice, 0x88a8);
	put_vlan(&twice, 100, 0x8100);
	put_vlan(&twice, 20, 0x0806);
	put_arp(&twice, 1, "10.1.1.7", "10.1.1.1");
	check_reply(&twice, 22);
}

static int answers(uint16_t opcode, const char *sender, const char *target, uint32_t cut)
{
	struct one one = compile(answer);
	struct packet p = {.len = 0};
	struct fault_state memory = {0};
	struct fate fate = {0};
	struct frame f;
	int r;

	put_eth(&p, 0x0806);
	put_arp(&p, opcode, sender, target);
	p.len -= cut;
	f = frame_of(&p);
	r = apply(&one, 0, &f, &memory, &fate);
	if (r < 0)
		assert_null(fate.injections);
	fate_done(&fate);
	ruleset_free(one.set);
	return r;
}

static void answers_only_its_address(void **state)
{
	struct one one = compile(answer);
	struct packet p = {.len = 0};
	struct fault_state memory = {0};
	struct fate fate = {0};
	struct frame f;

	(void)state;
	assert_int_equal(answers(1, "10.1.1.7", "10.1.1.1", 0), 0);
	assert_int_equal(answers(1, "0.0.0.0", "10.1.1.1", 0), 0); // a probe asks too
	assert_int_equal(answers(1, "10.1.1.7", "10.1.1.2", 0), -ENOENT);
	assert_int_equal(answers(2, "10.1.1.7", "10.1.1.1", 0), -ENOENT);
	assert_int_equal(answers(1, "10.1.1.1", "10.1.1.1", 0), -ENOENT); // an announcement
	for (uint32_t cut = 1; cut <= 42; cut++)
		assert_int_equal(answers(1, "10.1.1.7", "10.1.1.1", cut), -ENOENT);
	put_eth(&p, 0x0800);
	put_ip(&p, 6, "10.1.1.7", "10.1.1.1");
	put_tcp(&p, 40000, 2000, 1, 1, TCP_ACK);
	packet_end(&p);
	f = frame_of(&p);
	assert_int_equal(apply(&one, 0, &f, &memory, &fate), -ENOENT);
	assert_true(rule_needs_ethernet(one.rule));
	ruleset_free(one.set);
}

// An injection goes behind those that are there.
static void answers_in_order(void **state)
{
	struct one one = compile("do answer arp 10.1.1.1 is-at 02:00:00:00:00:01; "
				 "do answer arp 10.1.1.1 is-at 02:00:00:00:00:02");
	struct fault_state memory[2] = {{0}, {0}};
	struct packet p = {.len = 0};
	struct fate fate = {0};
	struct frame f;

	(void)state;
	put_eth(&p, 0x0806);
	put_arp(&p, 1, "10.1.1.7", "10.1.1.1");
	f = frame_of(&p);
	assert_int_equal(apply(&one, 0, &f, &memory[0], &fate), 0);
	assert_int_equal(apply(&one, 1, &f, &memory[1], &fate), 0);
	assert_int_equal(fate.injections->data[11], 1);
	assert_int_equal(fate.injections->next->data[11], 2);
	assert_null(fate.injections->next->next);
	fate_done(&fate);
	ruleset_free(one.set);
}

static void describes(void **state)
{
	static const char *const expected[] = {
		"drops the frame",
		"delays it by 200 ms",
		"delays it by the next of a series of 2 times",
		"delays it by the next of a series of 1 time, once through",
		"answers that 10.1.1.1 is at f4:0f:1b:1e:26:a9",
		"notes “x”",
	};
	struct one one =
		compile("do drop; do delay 200ms; do delay series 1ms 2ms repeat; do delay series 1ms; "
			"do answer arp 10.1.1.1 is-at f4-0f-1b-1e-26-a9; do note \"x\"");
	char text[100], cut[8];

	(void)state;
	assert_int_equal(one.rule->fault_count, 6);
	for (size_t i = 0; i < 6; i++) {
		const struct fault *f = &one.rule->faults[i];

		assert_int_equal(f->kind->describe(f, text, sizeof(text)), strlen(expected[i]));
		assert_string_equal(text, expected[i]);
		assert_int_equal(f->kind->describe(f, cut, sizeof(cut)), strlen(expected[i]));
		assert_true(strlen(cut) < sizeof(cut));
	}
	ruleset_free(one.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drop_drops),       cmocka_unit_test(delay_is_constant),
		cmocka_unit_test(delays_add_up),    cmocka_unit_test(series_repeats),
		cmocka_unit_test(series_ends),      cmocka_unit_test(note_notes),
		cmocka_unit_test(answers_arp),      cmocka_unit_test(answers_only_its_address),
		cmocka_unit_test(answers_in_order), cmocka_unit_test(describes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
