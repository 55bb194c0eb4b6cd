/*
 * test_tool.c - programs that lightwave-sudo runs: what they are given, and how
 * they may end. Here their time is over after a second.
 */
#include "unit.h"

#include "cleanup.h"
#include "tool.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static enum lw_err sh(const char *script, const char *in, struct lw_tool *ret)
{
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)script,
			 NULL };

	return lw_tool_run(argv, lw_str(in), ret);
}

static void it_reads_says_and_ends(void **state)
{
	lw_cleanup(lw_tool_done) struct lw_tool t;

	(void)state;
	assert_int_equal(sh("cat; echo no >&2; exit 7", "rules\n", &t), LW_OK);
	assert_string_equal(t.out, "rules\n");
	assert_int_equal(t.out_n, 6);
	assert_string_equal(t.err, "no\n");
	assert_int_equal(t.status, 7);
}

/* Whose words and verdict decide who is root is steered by nobody. */
static void it_has_no_environment_of_ours(void **state)
{
	lw_cleanup(lw_tool_done) struct lw_tool t;

	(void)state;
	assert_int_equal(setenv("LD_PRELOAD_LIKE", "x", 1), 0);
	assert_int_equal(sh("env", "", &t), LW_OK);
	assert_null(strstr(t.out, "LD_PRELOAD_LIKE"));
	assert_null(strstr(t.out, "HOME="));
	assert_non_null(strstr(t.out, "LC_ALL=C\n"));
}

static void none_that_ends_otherwise_has_ended_well(void **state)
{
	static const struct {
		const char *script;
		enum lw_err e;
	} cases[] = {
		{ "kill -9 $$", LW_OK },
		{ "echo half; exec sleep 1000", LW_OFFLINE },
		{ "exec head -c 80000000 /dev/zero", LW_RANGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		lw_cleanup(lw_tool_done) struct lw_tool t;

		assert_int_equal(sh(cases[i].script, "", &t), cases[i].e);
		assert_int_not_equal(t.status, 0);
	}
}

static void one_that_is_not_there(void **state)
{
	char *argv[] = { (char *)"/nowhere/visudo", NULL };
	lw_cleanup(lw_tool_done) struct lw_tool t;

	(void)state;
	assert_int_equal(lw_tool_run(argv, lw_str(""), &t), LW_NOTFOUND);
	assert_int_equal(t.status, -1);
}

/* As who was started by one that ignores its children. */
static void its_end_is_told_though_children_are_ignored(void **state)
{
	lw_cleanup(lw_tool_done) struct lw_tool t;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(sh("exit 1", "", &t), LW_OK);
	assert_int_equal(t.status, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_reads_says_and_ends),
		cmocka_unit_test(it_has_no_environment_of_ours),
		cmocka_unit_test(none_that_ends_otherwise_has_ended_well),
		cmocka_unit_test(one_that_is_not_there),
		cmocka_unit_test(its_end_is_told_though_children_are_ignored),
	};

	return cmocka_run_group_tests_name("tool", tests, NULL, NULL);
}
