/* test_local.c - names and ids in /etc/passwd, as a lookup reads it. */
#include "local.h"

#include "unit.h"

#include <errno.h>
#include <unistd.h>

static void holds(const char *text)
{
	FILE *f = fopen("local.passwd", "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static bool named(const char *name)
{
	return lw_local_has("local.passwd", name, 0);
}

static bool numbered(uint32_t id)
{
	return lw_local_has("local.passwd", NULL, id);
}

static void names_are_compared_whole(void **state)
{
	(void)state;
	holds("root:x:0:0::/root:/bin/sh\n"
	      "a@b.test:x:1000:1000::/:/bin/sh\n"
	      "cut");
	assert_true(named("root"));
	assert_true(named("a@b.test"));
	assert_false(named("roo"));
	assert_false(named("root2"));
	assert_false(named("Root"));
	assert_false(named("x"));
	assert_false(named("cut"));
	assert_false(named(""));
}

static void ids_are_the_third_field(void **state)
{
	(void)state;
	holds("a:7:1000:2000::/:/bin/sh\n"
	      "b:x:4294967295:0\n"
	      "c:x:4294967297:0\n"
	      "d:x::0\n"
	      "e:x:3k:0\n"
	      "f:x:k4:0\n"
	      "g:x:-5:0\n"
	      "h:x:00000000000000000000000000000000006:0\n"
	      "i:x:8\n");
	assert_true(numbered(1000));
	assert_true(numbered(UINT32_MAX));
	assert_true(numbered(6));
	for (uint32_t id = 0; id < 9; id++)
		assert_int_equal(numbered(id), id == 6);
	assert_false(numbered(2000));
}

static void lines_may_be_long_and_files_large(void **state)
{
	FILE *f = fopen("local.passwd", "w");

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < 5000; i++)
		fprintf(f, "user%d:x:%d:%d:%0*d:/:/bin/sh\n", i, 10000 + i, i,
			i % 1500, 0);
	assert_int_equal(fclose(f), 0);
	for (uint32_t i = 0; i < 5000; i += 7) {
		char name[16];

		snprintf(name, sizeof(name), "user%u", i);
		assert_true(named(name));
		assert_true(numbered(10000 + i));
	}
	assert_false(named("user5000"));
	assert_false(numbered(15000));
}

static void what_is_not_there_has_nobody(void **state)
{
	(void)state;
	unlink("local.passwd");
	errno = 7;
	assert_false(named("root"));
	assert_int_equal(errno, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_compared_whole),
		cmocka_unit_test(ids_are_the_third_field),
		cmocka_unit_test(lines_may_be_long_and_files_large),
		cmocka_unit_test(what_is_not_there_has_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
