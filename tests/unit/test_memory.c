// SPDX-License-Identifier: GPL-2.0-or-later
// What rules remember: found again, capped, the longest unused forgotten first and counted.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/memory.h"

static struct memory_key key(uint32_t rule, uint64_t value)
{
	struct memory_key k = {.rule = rule, .kind = MEMORY_CONDITION};

	memory_key_value(&k, &value, sizeof(value));
	return k;
}

static void finds_again(void **state)
{
	struct memory *m = memory_new(10);
	struct memory_key a = key(1, 5), b = key(2, 5), c = key(1, 6);
	bool known;

	(void)state;
	memory_get(m, &a, &known)->time = 77;
	assert_false(known);
	memory_get(m, &b, &known);
	assert_false(known); // another rule's
	memory_get(m, &c, &known);
	assert_false(known); // another value
	assert_int_equal(memory_get(m, &a, &known)->time, 77);
	assert_true(known);
	memory_free(m);
}

static void long_values_differ(void **state)
{
	struct memory *m = memory_new(10);
	struct memory_key a = {.rule = 1}, b = {.rule = 1};
	char text[100] = {0};
	bool known;

	(void)state;
	memory_key_value(&a, text, sizeof(text));
	text[99] = 1;
	memory_key_value(&b, text, sizeof(text));
	memory_get(m, &a, &known);
	memory_get(m, &b, &known);
	assert_false(known);
	memory_get(m, &a, &known);
	assert_true(known);
	memory_free(m);
}

static void forgets_the_longest_unused(void **state)
{
	struct memory *m = memory_new(3);
	struct memory_key k[4] = {key(1, 0), key(1, 1), key(1, 2), key(1, 3)};
	bool known;

	(void)state;
	for (int i = 0; i < 3; i++)
		memory_get(m, &k[i], &known)->count = (uint64_t)i + 1;
	memory_get(m, &k[0], &known); // used again: 1 is now the oldest
	assert_int_equal(memory_forgotten(m), 0);
	assert_int_equal(memory_get(m, &k[3], &known)->count, 0);
	assert_false(known);
	assert_int_equal(memory_forgotten(m), 1);
	assert_int_equal(memory_get(m, &k[0], &known)->count, 1);
	assert_true(known);
	memory_get(m, &k[1], &known);
	assert_false(known);
	memory_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_again),
		cmocka_unit_test(long_values_differ),
		cmocka_unit_test(forgets_the_longest_unused),
	};
	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
