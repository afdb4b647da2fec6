// SPDX-License-Identifier: GPL-2.0-or-later
// From raw frames to verdicts: the input is a row of frames, each 1 byte of flags (1: from CUCM, 2: without
// Ethernet, 4: a long pause before it), 2 bytes of time since the one before (little-endian, 100 µs units), 2
// bytes of length, then its bytes. Besides the sanitizers, it is checked that each held frame is released
// once, in order of release time, and that nothing stays held.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "engine/engine.h"

static const char RULES[] =
	"param cucm = 10.10.10.202\n"
	"rule answers { from phones\n match arp.opcode == 1 && arp.dst.proto_ipv4 == $cucm\n"
	" do answer arp $cucm is-at f4:0f:1b:1e:26:a9\n do note \"asked\" }\n"
	"rule aged { from phones\n match ip && !(eth.dst == ff:ff:ff:ff:ff:ff)\n"
	" when idle >= 60s per eth.src\n do drop }\n"
	"rule third { match skinny || sip\n when keepalive in 3..5\n when copy == 1\n"
	" limit 2 per registration\n do delay 30ms }\n"
	"rule varies { from cucm\n match icmp.type == 0 || tcp.port == 2000 || vlan.id == 20\n"
	" do delay series 0.1ms 200ms 590ms repeat }\n"
	"rule late { match udp\n when elapsed >= 2s\n when aged 5s per ip.src\n limit 3 per flow\n"
	" do delay 10ms\n do drop }\n";

struct checks {
	uint8_t held[65536]; // by id
	size_t held_count;
};

static void release(void *ctx, uint64_t id)
{
	struct checks *c = ctx;

	if (!c->held[id])
		abort();
	c->held[id] = 0;
	c->held_count--;
}

static void inject(void *ctx, enum side side, int port, const uint8_t *data, uint32_t len)
{
	(void)ctx;
	(void)side;
	(void)port;
	if (!data || len < 60)
		abort();
}

static void event(void *ctx, const struct event *e)
{
	(void)ctx;
	if (e->kind >= EVENT_KIND_COUNT || !event_kind_word(e->kind))
		abort();
}

static const struct ruleset *rules(void)
{
	static struct ruleset *set;
	struct diag_list diags = {0};

	if (!set && ruleset_parse("fuzz.rules", RULES, strlen(RULES), NULL, 0, &diags, &set) < 0) {
		char *text = diag_format(&diags);

		fprintf(stderr, "%s\n", text ? text : "out of memory");
		abort();
	}
	return set;
}

static void run(struct engine *e, struct checks *checks, struct cursor *c)
{
	int64_t now = 0;

	for (uint64_t id = 1; id < 65536 && cursor_left(c) >= 5; id++) {
		uint8_t flags = cursor_u8(c);
		uint32_t pause = cursor_u8(c), len;
		struct frame f = {
			.number = id, .side = flags & 1 ? SIDE_CUCM : SIDE_PHONES, .has_eth = !(flags & 2)};
		uint8_t *copy;

		pause |= (uint32_t)cursor_u8(c) << 8;
		len = cursor_u8(c);
		len |= (uint32_t)cursor_u8(c) << 8;
		if (len > cursor_left(c))
			len = (uint32_t)cursor_left(c);
		// An allocation of just its size, so that a read past the end is seen.
		copy = malloc(len ? len : 1);
		memcpy(copy, cursor_take(c, len), len);
		now += (int64_t)pause * 100000 * (flags & 4 ? 1000 : 1);
		f.time = now;
		f.data = copy;
		f.captured = f.wire = len;
		if (engine_frame(e, &f, id) == VERDICT_HOLD) {
			checks->held[id] = 1;
			checks->held_count++;
		}
		free(copy);
	}
	engine_time(e, now + 10 * NS_PER_S);
	engine_flush(e, now + 20 * NS_PER_S);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct checks checks;
	struct engine_driver driver = {.ctx = &checks, .release = release, .inject = inject, .event = event};
	struct engine_options options = {.seed = 1, .held_max = 50, .keys_max = 100};
	struct cursor c = cursor_of(data, size);
	struct engine *e;

	options.tracker.endpoints_max = 20;
	options.tracker.connections_max = 20;
	memset(&checks, 0, sizeof(checks));
	if (engine_new(rules(), &options, &driver, &e) < 0)
		return 0;
	run(e, &checks, &c);
	if (checks.held_count || engine_counts(e).held_now)
		abort();
	engine_free(e);
	return 0;
}
