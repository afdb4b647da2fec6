// SPDX-License-Identifier: GPL-2.0-or-later
// The framing of SCCP and SIP out of TCP: however a stream is cut, repeated and shuffled, the same messages.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "wire/sccp.h"
#include "wire/stream.h"
#include "wire_packets.h"

#define GOT_MAX 4096

struct got {
	unsigned count;
	struct {
		enum stream_kind kind;
		uint32_t seq, len;
		uint64_t hash;
	} list[GOT_MAX];
};

static void collect(void *ctx, const struct message *m)
{
	struct got *got = ctx;

	assert_true(got->count < GOT_MAX);
	got->list[got->count].kind = m->kind;
	got->list[got->count].seq = m->seq;
	got->list[got->count].len = m->len;
	got->list[got->count++].hash = hash_bytes(HASH_START, m->data, m->len);
}

// A stream's bytes and the messages that lie in it.
struct script {
	struct packet bytes;
	enum stream_kind kind;
	uint32_t isn;
	struct got want;
};

static void expect_from(struct script *s, size_t start)
{
	struct message m = {
		.kind = s->kind,
		.seq = s->isn + 1 + (uint32_t)start,
		.data = s->bytes.data + start,
		.len = (uint32_t)(s->bytes.len - start),
	};

	collect(&s->want, &m);
}

static void add_sccp(struct script *s, uint32_t id, const void *body, size_t len)
{
	size_t start = s->bytes.len;

	put_sccp(&s->bytes, id, body, len);
	expect_from(s, start);
}

static void add_sip(struct script *s, const char *text)
{
	size_t start = s->bytes.len;

	put_bytes(&s->bytes, text, strlen(text));
	expect_from(s, start);
}

static struct script *script_sccp(uint32_t isn)
{
	struct script *s = calloc(1, sizeof(*s));
	uint8_t body[124] = "SEP001B54000011",
		alarm[92] = "\2\0\0\0Name=SEP001B54000011 Load=1 Last=Initialized";

	assert_non_null(s);
	s->kind = STREAM_SCCP;
	s->isn = isn;
	add_sccp(s, SCCP_ALARM, alarm, sizeof(alarm));
	add_sccp(s, SCCP_REGISTER, body, sizeof(body));
	add_sccp(s, 0x0002, "\1\2\3\4", 4);
	add_sccp(s, SCCP_KEEPALIVE, NULL, 0);
	add_sccp(s, 0x7777, "unknown id", 10);
	add_sccp(s, SCCP_KEEPALIVE, NULL, 0);
	return s;
}

static struct script *script_sip(uint32_t isn)
{
	struct script *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->kind = STREAM_SIP;
	s->isn = isn;
	put_bytes(&s->bytes, "\r\n\r\n", 4);
	add_sip(s, sip_register);
	put_bytes(&s->bytes, "\r\n", 2);
	add_sip(s, sip_ok);
	put_bytes(&s->bytes, "\r\n\r\n", 4);
	add_sip(s, sip_keepalive);
	add_sip(s, sip_compact);
	add_sip(s, sip_alarm);
	return s;
}

// Gives bytes [from, to) of the script in a buffer of just that size.
static void give(struct stream *st, const struct script *s, size_t from, size_t to, struct got *got)
{
	uint8_t *exact = malloc(to > from ? to - from : 1);

	assert_non_null(exact);
	memcpy(exact, s->bytes.data + from, to - from);
	assert_int_equal(stream_segment(st, s->isn + 1 + (uint32_t)from, exact, (uint32_t)(to - from),
					(uint32_t)(to - from), TCP_ACK | TCP_PSH, collect, got),
			 0);
	free(exact);
}

static struct stream *begin(const struct script *s, enum stream_kind kind, struct got *got)
{
	struct stream *st = stream_new(kind);

	assert_non_null(st);
	memset(got, 0, sizeof(*got));
	assert_int_equal(stream_segment(st, s->isn, NULL, 0, 0, TCP_SYN, collect, got), 0);
	return st;
}

static void same(const struct got *got, const struct script *s, unsigned first)
{
	assert_int_equal(got->count, s->want.count - first);
	for (unsigned i = 0; i < got->count; i++) {
		assert_int_equal(got->list[i].kind, s->want.list[first + i].kind);
		assert_int_equal(got->list[i].seq, s->want.list[first + i].seq);
		assert_int_equal(got->list[i].len, s->want.list[first + i].len);
		assert_true(got->list[i].hash == s->want.list[first + i].hash);
	}
}

static struct got got; // too large for a stack

static void each_script(void (*run)(struct script *s, enum stream_kind kind))
{
	static const uint32_t isns[] = {1000, 0xffffff80u}; // the second wraps

	for (unsigned i = 0; i < 4; i++) {
		struct script *s = i & 1 ? script_sip(isns[i / 2]) : script_sccp(isns[i / 2]);

		run(s, s->kind);
		run(s, STREAM_UNKNOWN);
		free(s);
	}
}

static void run_whole(struct script *s, enum stream_kind kind)
{
	struct stream *st = begin(s, kind, &got);
	struct stream_counts c;

	give(st, s, 0, s->bytes.len, &got);
	same(&got, s, 0);
	assert_int_equal(stream_kind(st), s->kind);
	c = stream_counts(st);
	assert_int_equal(c.messages, s->want.count);
	assert_int_equal(c.malformed + c.given_up_bytes + c.resyncs + c.oversized, 0);
	stream_free(st);
}

static void run_split_everywhere(struct script *s, enum stream_kind kind)
{
	for (size_t cut = 0; cut <= s->bytes.len; cut++) {
		struct stream *st = begin(s, kind, &got);

		give(st, s, 0, cut, &got);
		give(st, s, cut, s->bytes.len, &got);
		same(&got, s, 0);
		stream_free(st);

		st = begin(s, kind, &got); // the later part first, then the whole again
		give(st, s, cut, s->bytes.len, &got);
		give(st, s, 0, cut, &got);
		give(st, s, 0, s->bytes.len, &got);
		same(&got, s, 0);
		assert_int_equal(stream_counts(st).given_up_bytes, 0);
		stream_free(st);
	}
}

static void run_bytewise(struct script *s, enum stream_kind kind)
{
	struct stream *st = begin(s, kind, &got);

	for (size_t i = 0; i < s->bytes.len; i++) {
		give(st, s, i, i + 1, &got);
		give(st, s, i, i + 1, &got);
	}
	same(&got, s, 0);
	stream_free(st);
}

// Up to 12 pieces, each sent once or more with ragged edges, in any order; at the end all of them in order,
// as a sender's retransmissions would come.
static void run_shuffled(struct script *s, enum stream_kind kind)
{
	for (uint64_t round = 0; round < 300; round++) {
		size_t cuts[16], order[16], n = 2 + prng_draw(1, round, 0) % 11;
		struct stream *st = begin(s, kind, &got);

		cuts[0] = 0;
		cuts[n] = s->bytes.len;
		for (size_t i = 1; i < n; i++)
			cuts[i] = cuts[i - 1] + prng_draw(2, round, i) % (2 * s->bytes.len / n);
		for (size_t i = 1; i < n; i++)
			cuts[i] = cuts[i] < s->bytes.len ? cuts[i] : s->bytes.len;
		for (size_t i = 0; i < n; i++) {
			size_t j = prng_draw(3, round, i) % (i + 1);

			order[i] = order[j];
			order[j] = i;
		}
		for (size_t i = 0; i < n; i++) {
			size_t from = cuts[order[i]], to = cuts[order[i] + 1];
			size_t before = prng_draw(4, round, i) % 20, after = prng_draw(5, round, i) % 20;

			from -= before < from ? before : from;
			to += to + after < s->bytes.len ? after : 0;
			give(st, s, from, to, &got);
			if (prng_draw(6, round, i) % 3 == 0)
				give(st, s, from, to, &got);
		}
		same(&got, s, 0);
		assert_int_equal(stream_counts(st).given_up_bytes, 0);
		give(st, s, 0, s->bytes.len, &got);
		same(&got, s, 0);
		stream_free(st);
	}
}

static void test_whole(void **state)
{
	(void)state;
	each_script(run_whole);
}

static void test_split_everywhere(void **state)
{
	(void)state;
	each_script(run_split_everywhere);
}

static void test_bytewise(void **state)
{
	(void)state;
	each_script(run_bytewise);
}

static void test_shuffled(void **state)
{
	(void)state;
	each_script(run_shuffled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_split_everywhere),
		cmocka_unit_test(test_bytewise),
		cmocka_unit_test(test_shuffled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
