// SPDX-License-Identifier: GPL-2.0-or-later
// From frames to verdicts, by rules, with a clock made up: the cases' faults, order, limits, and what is told of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "engine/engine.h"
#include "wire_packets.h"

#define PHONE "10.10.10.11"
#define CUCM  "10.10.10.202"
#define MS    NS_PER_MS
#define S     NS_PER_S

struct bench {
	struct ruleset *rules;
	struct engine *engine;
	uint64_t released[64], id;
	size_t released_count, injected_count;
	uint8_t injected[128];
	uint32_t injected_len;
	enum side injected_to;
	unsigned events[EVENT_KIND_COUNT];
	char last_text[EVENT_KIND_COUNT][160];
	uint32_t last_number[EVENT_KIND_COUNT], last_copy[EVENT_KIND_COUNT];
	int64_t last_gap[EVENT_KIND_COUNT], last_time[EVENT_KIND_COUNT];
};

static void on_release(void *ctx, uint64_t id)
{
	struct bench *b = ctx;

	assert_true(b->released_count < 64);
	b->released[b->released_count++] = id;
}

static void on_inject(void *ctx, enum side side, int port, const uint8_t *data, uint32_t len)
{
	struct bench *b = ctx;

	(void)port;
	assert_true(len <= sizeof(b->injected));
	memcpy(b->injected, data, len);
	b->injected_len = len;
	b->injected_to = side;
	b->injected_count++;
}

static void on_event(void *ctx, const struct event *e)
{
	struct bench *b = ctx;

	b->events[e->kind]++;
	b->last_number[e->kind] = e->number;
	b->last_copy[e->kind] = e->copy;
	b->last_gap[e->kind] = e->gap;
	b->last_time[e->kind] = e->time;
	snprintf(b->last_text[e->kind], sizeof(b->last_text[0]), "%s", e->text ? e->text : "");
}

static struct bench *bench_new(const char *rules)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct engine_driver driver = {.ctx = b, .release = on_release, .inject = on_inject, .event = on_event};
	struct engine_options options = {.seed = 1};
	struct diag_list diags = {0};
	int r = ruleset_parse("test.rules", rules, strlen(rules), NULL, 0, &diags, &b->rules);

	if (r < 0) {
		char *text = diag_format(&diags);

		fail_msg("%s", text);
	}
	diag_list_done(&diags);
	assert_int_equal(engine_new(b->rules, &options, &driver, &b->engine), 0);
	return b;
}

static void bench_free(struct bench *b)
{
	engine_free(b->engine);
	ruleset_free(b->rules);
	free(b);
}

static enum verdict give(struct bench *b, struct packet *p, enum side side, int64_t time)
{
	struct frame f = {.data = p->data,
			  .captured = (uint32_t)p->len,
			  .wire = (uint32_t)p->len,
			  .side = side,
			  .time = time,
			  .has_eth = true};

	f.number = ++b->id;
	return engine_frame(b->engine, &f, b->id);
}

static enum verdict ping(struct bench *b, enum side side, int64_t time)
{
	struct packet p = {.len = 0};

	put_eth(&p, 0x0800);
	put_ip(&p, 1, side == SIDE_PHONES ? PHONE : CUCM, side == SIDE_PHONES ? CUCM : PHONE);
	put_icmp(&p, side == SIDE_PHONES ? 8 : 0, 0, 1);
	packet_end(&p);
	return give(b, &p, side, time);
}

static enum verdict arp(struct bench *b, uint16_t opcode, enum side side, int64_t time)
{
	struct packet p = {.len = 0};

	put_eth(&p, 0x0806);
	put_arp(&p, opcode, side == SIDE_PHONES ? PHONE : CUCM, side == SIDE_PHONES ? CUCM : PHONE);
	return give(b, &p, side, time);
}

// One TCP segment between the phone's port 50000 and CUCM's 2000 with a message, or none (id ~0).
static enum verdict segment(struct bench *b, enum side side, uint32_t seq, uint32_t ack, uint8_t flags, uint32_t id,
			    const void *body, size_t len, int64_t time)
{
	struct packet p = {.len = 0};
	bool phone = side == SIDE_PHONES;

	put_eth(&p, 0x0800);
	put_ip(&p, 6, phone ? PHONE : CUCM, phone ? CUCM : PHONE);
	put_tcp(&p, phone ? 50000 : 2000, phone ? 2000 : 50000, seq, ack, flags);
	if (id != UINT32_MAX)
		put_sccp(&p, id, body, len);
	packet_end(&p);
	return give(b, &p, side, time);
}

// Handshake, Register and RegisterAck (30 s) at `time`. The streams then stand at 101 + 44 + 12 … see the test.
#define REGISTER_BODY 44
static void registers(struct bench *b, int64_t time)
{
	uint8_t body[REGISTER_BODY] = "SEP001B54000011";
	uint8_t ack[20] = {30};

	segment(b, SIDE_PHONES, 100, 0, TCP_SYN, UINT32_MAX, NULL, 0, time);
	segment(b, SIDE_CUCM, 500, 101, TCP_SYN | TCP_ACK, UINT32_MAX, NULL, 0, time);
	segment(b, SIDE_PHONES, 101, 501, TCP_ACK, UINT32_MAX, NULL, 0, time);
	segment(b, SIDE_PHONES, 101, 501, TCP_ACK, 0x0001, body, sizeof(body), time);
	segment(b, SIDE_CUCM, 501, 157, TCP_ACK, 0x0081, ack, sizeof(ack), time + MS);
	assert_int_equal(b->events[EVENT_REGISTERED], 1);
}

static enum verdict keepalive(struct bench *b, unsigned n, int64_t time)
{
	return segment(b, SIDE_PHONES, 157 + 12 * (n - 1), 533 + 12 * (n - 1), TCP_ACK, 0x0000, NULL, 0, time);
}

static void keepalive_ack(struct bench *b, unsigned n, int64_t time)
{
	segment(b, SIDE_CUCM, 533 + 12 * (n - 1), 157 + 12 * n, TCP_ACK, 0x0100, NULL, 0, time);
}

static void answers_arp_before_cucm(void **state)
{
	struct bench *b = bench_new("rule a { from phones\n match arp.opcode == 1 && arp.dst.proto_ipv4 == " CUCM
				    "\n do answer arp " CUCM " is-at f4:0f:1b:1e:26:a9 }\n");
	static const uint8_t mac[6] = {0xf4, 0x0f, 0x1b, 0x1e, 0x26, 0xa9};

	(void)state;
	assert_int_equal(arp(b, 2, SIDE_PHONES, 0), VERDICT_ACCEPT); // an answer is no request
	assert_int_equal(b->injected_count, 0);
	assert_int_equal(arp(b, 1, SIDE_PHONES, 0), VERDICT_ACCEPT);
	assert_int_equal(b->injected_count, 1);
	assert_int_equal(b->injected_to, SIDE_PHONES);
	assert_true(b->injected_len >= 60);
	assert_memory_equal(b->injected + 6, mac, 6);  // from the ASA's MAC
	assert_memory_equal(b->injected + 22, mac, 6); // which it says is CUCM's
	assert_int_equal(b->injected[21], 2);
	// CUCM's own answer contradicts it, and that is known to be ours.
	arp(b, 2, SIDE_CUCM, 17 * NS_PER_US);
	assert_int_equal(b->events[EVENT_ARP_CONFLICT], 1);
	assert_non_null(strstr(b->last_text[EVENT_ARP_CONFLICT], "injected"));
	assert_int_equal(engine_rule_counts(b->engine)[0].injected, 1);
	bench_free(b);
}

static void drops_the_first_frame_after_silence(void **state)
{
	struct bench *b = bench_new("rule aged { from phones\n match ip\n when idle >= 60s per eth.src\n do drop }\n");

	(void)state;
	assert_int_equal(ping(b, SIDE_PHONES, 0), VERDICT_ACCEPT); // never heard before: not idle
	assert_int_equal(ping(b, SIDE_PHONES, 60 * S), VERDICT_DROP);
	assert_int_equal(ping(b, SIDE_PHONES, 60 * S + 1), VERDICT_ACCEPT);
	assert_int_equal(ping(b, SIDE_CUCM, 200 * S), VERDICT_ACCEPT); // the other side is not asked, nor does it refresh
	assert_int_equal(ping(b, SIDE_PHONES, 120 * S), VERDICT_DROP); // time does not run backwards: 200 s
	assert_int_equal(engine_rule_counts(b->engine)[0].dropped, 2);
	bench_free(b);
}

static void aged_dies_whatever_is_heard(void **state)
{
	struct bench *b = bench_new("rule aged { match ip\n when aged 10s per eth.src\n do drop }\n");

	(void)state;
	for (int t = 0; t < 10; t++)
		assert_int_equal(ping(b, SIDE_PHONES, t * S), VERDICT_ACCEPT);
	assert_int_equal(ping(b, SIDE_PHONES, 10 * S), VERDICT_DROP); // made at 0, dead at 10, made anew
	for (int t = 11; t < 20; t++)
		assert_int_equal(ping(b, SIDE_PHONES, t * S), VERDICT_ACCEPT);
	assert_int_equal(ping(b, SIDE_PHONES, 20 * S), VERDICT_DROP);
	bench_free(b);
}

static void delays_without_overtaking(void **state)
{
	struct bench *b = bench_new("rule j { from cucm\n match icmp.type == 0\n do delay series 590ms 0.1ms repeat }\n");

	(void)state;
	assert_int_equal(ping(b, SIDE_CUCM, 0), VERDICT_HOLD);
	assert_int_equal(ping(b, SIDE_CUCM, 100 * MS), VERDICT_HOLD); // 0.1 ms, but behind the first
	assert_int_equal(engine_next(b->engine), 590 * MS);
	engine_time(b->engine, 589 * MS);
	assert_int_equal(b->released_count, 0);
	engine_time(b->engine, 590 * MS);
	assert_int_equal(b->released_count, 2);
	assert_int_equal(b->released[0], 1);
	assert_int_equal(b->released[1], 2);
	assert_int_equal(engine_counts(b->engine).held_now, 0);
	bench_free(b);
}

static void flush_releases_in_order(void **state)
{
	struct bench *b = bench_new("rule j { from cucm\n match icmp\n do delay 10s }\n");

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(ping(b, SIDE_CUCM, i), VERDICT_HOLD);
	assert_true(engine_lost(b->engine, 3));
	engine_flush(b->engine, 6);
	assert_int_equal(b->released_count, 4);
	for (size_t i = 1; i < 4; i++)
		assert_true(b->released[i] > b->released[i - 1]);
	bench_free(b);
}

static void limits_and_order(void **state)
{
	struct bench *b = bench_new("rule one { match icmp\n limit 2 per run\n do drop }\n"
				    "rule two { match icmp\n when elapsed >= 10s\n do note \"still here\" }\n");

	(void)state;
	assert_int_equal(ping(b, SIDE_PHONES, 0), VERDICT_DROP);
	assert_int_equal(ping(b, SIDE_PHONES, 11 * S), VERDICT_DROP); // dropped: what stands below does nothing
	assert_int_equal(b->events[EVENT_NOTE], 0);
	assert_int_equal(ping(b, SIDE_PHONES, 12 * S), VERDICT_ACCEPT);
	assert_int_equal(b->events[EVENT_NOTE], 1);
	assert_string_equal(b->last_text[EVENT_NOTE], "still here");
	assert_int_equal(engine_rule_counts(b->engine)[0].acted, 2);
	assert_int_equal(engine_rule_counts(b->engine)[0].matched, 3);
	bench_free(b);
}

static void numbers_keepalives_and_copies(void **state)
{
	struct bench *b = bench_new("rule third { match skinny\n when keepalive == 3\n when copy <= 2\n do drop }\n");

	(void)state;
	registers(b, 0);
	for (unsigned n = 1; n <= 2; n++) {
		assert_int_equal(keepalive(b, n, n * 30 * S), VERDICT_ACCEPT);
		keepalive_ack(b, n, n * 30 * S + MS);
		assert_int_equal(b->events[EVENT_KEEPALIVE_ANSWERED], n);
	}
	assert_int_equal(keepalive(b, 3, 90 * S), VERDICT_DROP);
	assert_int_equal(b->last_number[EVENT_FAULT], 3);
	assert_int_equal(keepalive(b, 3, 90 * S + 200 * MS), VERDICT_DROP);
	assert_int_equal(b->last_gap[EVENT_KEEPALIVE_COPY], 200 * MS);
	assert_int_equal(keepalive(b, 3, 90 * S + 600 * MS), VERDICT_ACCEPT);
	assert_int_equal(b->last_copy[EVENT_KEEPALIVE_COPY], 3);
	keepalive_ack(b, 3, 90 * S + 601 * MS);
	assert_int_equal(b->events[EVENT_KEEPALIVE_ANSWERED], 3);
	assert_int_equal(b->last_copy[EVENT_KEEPALIVE_ANSWERED], 3);
	assert_int_equal(keepalive(b, 4, 120 * S), VERDICT_ACCEPT);
	bench_free(b);
}

// CUCM hears nothing: it gives up three intervals after the last keep-alive that was delivered.
static void presumes_when_nothing_is_delivered(void **state)
{
	struct bench *b = bench_new("rule all { match skinny\n when keepalive >= 2\n do drop }\n");

	(void)state;
	registers(b, 0);
	keepalive(b, 1, 30 * S);
	keepalive_ack(b, 1, 30 * S + MS);
	keepalive(b, 2, 60 * S);
	keepalive(b, 3, 90 * S);
	assert_int_equal(b->events[EVENT_KEEPALIVE_UNANSWERED], 1);
	engine_time(b->engine, 120 * S);
	assert_int_equal(b->events[EVENT_PRESUMED], 0);
	engine_time(b->engine, 121 * S);
	assert_int_equal(b->events[EVENT_PRESUMED], 1);
	assert_true(llabs(b->last_time[EVENT_PRESUMED] - 120 * S) < 10 * MS);
	bench_free(b);
}

static void tells_how_it_ended(void **state)
{
	struct bench *b = bench_new("");

	(void)state;
	registers(b, 0);
	keepalive(b, 1, 30 * S);
	segment(b, SIDE_PHONES, 169, 533, TCP_RST, UINT32_MAX, NULL, 0, 32 * S);
	assert_int_equal(b->events[EVENT_LEFT], 1);
	assert_string_equal(b->last_text[EVENT_LEFT], "the phone reset the connection");
	assert_int_equal(b->events[EVENT_KEEPALIVE_UNANSWERED], 1);
	bench_free(b);
}

static void tells_tcp_keepalive_apart(void **state)
{
	struct bench *b = bench_new("");

	(void)state;
	registers(b, 0);
	segment(b, SIDE_PHONES, 156, 533, TCP_ACK, UINT32_MAX, NULL, 0, 20 * S);
	assert_int_equal(b->events[EVENT_TCP_KEEPALIVE], 1);
	assert_int_equal(b->events[EVENT_KEEPALIVE], 0);
	keepalive(b, 1, 30 * S);
	assert_int_equal(b->events[EVENT_KEEPALIVE], 1);
	bench_free(b);
}

static void assumes_in_mid_stream(void **state)
{
	struct bench *b = bench_new("");

	(void)state;
	keepalive(b, 1, 0);
	keepalive_ack(b, 1, MS);
	assert_int_equal(b->events[EVENT_ASSUMED], 1);
	assert_int_equal(b->events[EVENT_KEEPALIVE_ANSWERED], 1);
	bench_free(b);
}

// A million addresses that nobody bears leave memory as it was after the first of them.
static void stays_flat_under_a_flood(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct engine_driver driver = {.ctx = b, .release = on_release, .inject = on_inject, .event = on_event};
	struct engine_options options = {.keys_max = 1000};
	struct diag_list diags = {0};
	static const char text[] = "rule a { match ip\n when idle >= 1s per ip.src\n do note \"x\" }";
	struct tracker_counts counts;

	(void)state;
	options.tracker.endpoints_max = 1000;
	options.tracker.connections_max = 1000;
	assert_int_equal(ruleset_parse("t", text, sizeof(text) - 1, NULL, 0, &diags, &b->rules), 0);
	assert_int_equal(engine_new(b->rules, &options, &driver, &b->engine), 0);
	for (uint32_t i = 0; i < 200000; i++) {
		struct packet p = {.len = 0};
		char src[32];

		snprintf(src, sizeof(src), "10.%u.%u.%u", i >> 16 & 255, i >> 8 & 255, i & 255);
		put_eth(&p, 0x0800);
		put_ip(&p, 6, src, CUCM);
		put_tcp(&p, (uint16_t)i, 2000, i, 0, TCP_ACK);
		put_sccp(&p, 0, NULL, 0);
		packet_end(&p);
		memcpy(p.data + 8, &i, 4);
		give(b, &p, SIDE_PHONES, i);
	}
	counts = tracker_counts(engine_tracker(b->engine));
	assert_int_equal(counts.endpoints_forgotten, counts.endpoints - 1000);
	assert_true(counts.connections_forgotten >= 200000 - 1000 - 1000);
	assert_true(engine_counts(b->engine).keys_forgotten >= 199000 - 1000);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_arp_before_cucm),
		cmocka_unit_test(drops_the_first_frame_after_silence),
		cmocka_unit_test(aged_dies_whatever_is_heard),
		cmocka_unit_test(delays_without_overtaking),
		cmocka_unit_test(flush_releases_in_order),
		cmocka_unit_test(limits_and_order),
		cmocka_unit_test(numbers_keepalives_and_copies),
		cmocka_unit_test(presumes_when_nothing_is_delivered),
		cmocka_unit_test(tells_how_it_ended),
		cmocka_unit_test(tells_tcp_keepalive_apart),
		cmocka_unit_test(assumes_in_mid_stream),
		cmocka_unit_test(stays_flat_under_a_flood),
	};
	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
