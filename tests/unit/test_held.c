// SPDX-License-Identifier: GPL-2.0-or-later
// Frames that wait: they leave when due, in order, and never overtake within a flow.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/prng.h"
#include "engine/held.h"

static void leaves_when_due(void **state)
{
	struct held *h = held_new(10);
	uint64_t id;

	(void)state;
	assert_int_equal(held_next(h), TIME_NEVER);
	assert_int_equal(held_add(h, 1, 100, 50), 0);
	assert_int_equal(held_add(h, 2, 200, 20), 0);
	assert_int_equal(held_add(h, 3, 300, 20), 0);
	assert_int_equal(held_next(h), 20);
	assert_false(held_take(h, 19, &id));
	assert_true(held_take(h, 20, &id));
	assert_int_equal(id, 2); // due at the same time: as they came
	assert_true(held_take(h, 20, &id));
	assert_int_equal(id, 3);
	assert_false(held_take(h, 49, &id));
	assert_true(held_take(h, 50, &id));
	assert_int_equal(id, 1);
	assert_int_equal(held_count(h), 0);
	held_free(h);
}

static void flow_waits_its_turn(void **state)
{
	struct held *h = held_new(10);
	bool waiting;
	uint64_t id;

	(void)state;
	assert_int_equal(held_due(h, 7, 5, &waiting), 5);
	assert_false(waiting);
	assert_int_equal(held_add(h, 1, 7, 100), 0);
	assert_int_equal(held_due(h, 7, 5, &waiting), 100);
	assert_true(waiting);
	assert_int_equal(held_due(h, 8, 5, &waiting), 5); // another flow is free
	assert_false(waiting);
	assert_true(held_take(h, 100, &id));
	assert_int_equal(held_due(h, 7, 5, &waiting), 5);
	assert_false(waiting);
	held_free(h);
}

static void refuses_what_it_cannot_hold(void **state)
{
	struct held *h = held_new(2);

	(void)state;
	assert_int_equal(held_add(h, 1, 1, 1), 0);
	assert_int_equal(held_add(h, 1, 1, 1), -EEXIST);
	assert_int_equal(held_add(h, 2, 1, 1), 0);
	assert_int_equal(held_add(h, 3, 1, 1), -ENOSPC);
	assert_true(held_drop(h, 1));
	assert_false(held_drop(h, 1));
	assert_int_equal(held_add(h, 3, 1, 1), 0);
	held_free(h);
}

// Random adds and drops: what comes out is what went in and was not dropped, by due time, then by arrival.
static void random_order(void **state)
{
	enum { N = 2000 };
	struct held *h = held_new(N);
	static int64_t due[N];
	static bool dropped[N];
	int64_t last_due = -1;
	uint64_t id, last_id = 0;
	size_t left = 0;

	(void)state;
	for (uint64_t i = 0; i < N; i++) {
		due[i] = (int64_t)(prng_draw(1, 2, i) % 500);
		assert_int_equal(held_add(h, i, i, due[i]), 0);
		left++;
		if (i % 3 == 0) {
			uint64_t victim = prng_draw(1, 3, i) % (i + 1);

			assert_int_equal(held_drop(h, victim), !dropped[victim]);
			left -= !dropped[victim];
			dropped[victim] = true;
		}
	}
	while (held_take(h, TIME_NEVER, &id)) {
		assert_false(dropped[id]);
		assert_true(due[id] >= last_due);
		if (due[id] == last_due)
			assert_true(id > last_id);
		last_due = due[id];
		last_id = id;
		left--;
	}
	assert_int_equal(left, 0);
	held_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_when_due),
		cmocka_unit_test(flow_waits_its_turn),
		cmocka_unit_test(refuses_what_it_cannot_hold),
		cmocka_unit_test(random_order),
	};
	return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
