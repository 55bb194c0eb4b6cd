/* test_arena.c - a buffer of any size is filled to its end and not beyond. */
#include "unit.h"

#include "arena.h"

#include <stdalign.h>

/* A group, as NSS wants it: two strings and a list of three. */
static bool fill(struct lw_arena *a)
{
	char *name = lw_arena_str(a, LW_STR("ops"));
	char **list = lw_arena_ptrs(a, 4);
	char *member = lw_arena_str(a, (struct lw_str) { "alice!", 5 });

	if (a->full)
		return false;
	assert_string_equal(name, "ops");
	assert_string_equal(member, "alice");
	assert_int_equal((uintptr_t)list % alignof(char *), 0);
	for (size_t i = 0; i < 4; i++)
		assert_null(list[i]);
	return true;
}

static void every_size_fits_or_is_full(void **state)
{
	size_t least = 4 + 4 * sizeof(char *) + 6;

	(void)state;
	for (size_t skew = 0; skew < alignof(char *); skew++) {
		size_t pad = (alignof(char *) - (skew + 4) % alignof(char *)) %
			     alignof(char *);

		for (size_t n = 0; n < 2 * least; n++) {
			char *p = malloc(skew + n);
			struct lw_arena a = { .p = p + skew, .left = n };

			assert_non_null(p);
			memset(p, 0xA5, skew + n);
			assert_int_equal(fill(&a), n >= least + pad);
			if (!a.full)
				assert_int_equal(a.left, n - least - pad);
			free(p);
		}
	}
}

static void a_full_arena_stays_full(void **state)
{
	char buf[8];
	struct lw_arena a = { .p = buf, .left = sizeof(buf) };

	(void)state;
	assert_null(lw_arena_str(&a, LW_STR("12345678")));
	assert_true(a.full);
	assert_null(lw_arena_str(&a, LW_STR("")));
	assert_null(lw_arena_ptrs(&a, 0));
	assert_null(lw_arena_ptrs(&a, 1));
	assert_true(a.full);
}

static void a_list_too_long_to_count_is_full(void **state)
{
	static const size_t sizes[] = { SIZE_MAX, SIZE_MAX / sizeof(char *),
					SIZE_MAX / sizeof(char *) + 1,
					SIZE_MAX / sizeof(char *) + 2 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		alignas(char *) char buf[64];
		struct lw_arena a = { .p = buf, .left = sizeof(buf) };

		assert_null(lw_arena_ptrs(&a, sizes[i]));
		assert_true(a.full);
	}
}

static void an_empty_string_takes_one_byte(void **state)
{
	char buf[1] = { 'x' };
	struct lw_arena a = { .p = buf, .left = sizeof(buf) };

	(void)state;
	assert_ptr_equal(lw_arena_str(&a, lw_str(NULL)), buf);
	assert_int_equal(buf[0], '\0');
	assert_false(a.full);
	assert_int_equal(a.left, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_fits_or_is_full),
		cmocka_unit_test(a_full_arena_stays_full),
		cmocka_unit_test(a_list_too_long_to_count_is_full),
		cmocka_unit_test(an_empty_string_takes_one_byte),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
