/*
 * test_daemon_store_clock.c - rights end when they are too old, whatever the
 * wall clock is set to meanwhile and however often lightwaved is started; and
 * a clock that was wrong, and is right again, takes nobody's rights. Where
 * nothing is replicated: there each answer has a moment of its own.
 */
#include "check.h"
#include "daemon.h"
#include "front.h"
#include "keeper.h"
#include "login.h"
#include "worker.h"

#define ALICE "alice@lightwave.test"
#define CONF                                                                   \
	"[access]\nallow = %admins\n[cache]\nreplicate_max = 0\n"              \
	"revocation_max = 1\nttl = 1\nmembership_ttl = 1\n"                    \
	"offline_authorization_max = 259200\n"
#define HOUR   3600L
#define YEAR   (365 * 24 * HOUR)
#define BEHIND "the clock is behind"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     admins = GROUP("admins", "100-2001");
static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "100-1025", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "1-2001", .entry = { &admins } },
	{ .op = LW_OP_FIND, .key = "100-2001", .entry = { &admins } },
	{ .op = LW_OP_FIND, .key = "admins", .entry = { &admins } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins } },
	{ .op = LW_OP_MEMBERS, .entry = { &alice } },
	{ .op = LW_OP_SYNC,
	  .key = "changes",
	  .end = LW_SYNCED_UNKNOWN,
	  .highest = 100 },
};

static int begin(void **state)
{
	(void)state;
	worker_forget();
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	worker_start();
	keeper_clock(0);
	keeper_time(0);
	keeper_lends_clocks(true);
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	keeper_lends_clocks(false);
	keeper_clock(0);
	keeper_time(0);
	return 0;
}

static void again(void)
{
	daemon_stop();
	daemon_keep();
	daemon_start(CONF);
}

/* The directory was heard, and she is known. */
static void known(void)
{
	unsigned int asked = worker_count(LW_OP_SYNC, NULL);

	worker_await(LW_OP_SYNC, NULL, asked + 1);
	assert_int_equal(login_account(ALICE), LW_OK);
}

/* So many hours after the directory was heard, with the clock there. */
static void it_is(long hours, long clock)
{
	keeper_time(hours * HOUR);
	keeper_clock(clock);
}

static void who_sets_the_clock_back_gains_no_time(void **state)
{
	(void)state;
	daemon_start(CONF);
	known();
	worker_stop();
	it_is(71, 60);
	again();
	assert_int_equal(daemon_said(BEHIND), 0);
	assert_int_equal(login_account(ALICE), LW_OK);
	it_is(73, 60 + 2 * HOUR);
	assert_int_equal(login_account(ALICE), LW_OUTDATED);
	/* Nor by doing it again. */
	for (int i = 0; i < 3; i++) {
		it_is(73 + i, 60);
		again();
		assert_int_equal(login_account(ALICE), LW_OUTDATED);
	}
}

/* Whoever was started since has not heard the directory at all. */
static void nor_who_does_it_after_a_start(void **state)
{
	(void)state;
	daemon_start(CONF);
	known();
	worker_stop();
	it_is(71, 71 * HOUR);
	again();
	assert_int_equal(login_account(ALICE), LW_OK);
	it_is(71, 60);
	again();
	it_is(131, 60 + 60 * HOUR);
	assert_int_equal(login_account(ALICE), LW_OUTDATED);
}

static void a_clock_that_was_ahead_locks_nobody_out(void **state)
{
	(void)state;
	keeper_clock(YEAR);
	daemon_start(CONF);
	known();
	again();
	known();
	keeper_clock(0);
	known();
	daemon_stop();
	worker_stop();
	again();
	assert_int_equal(daemon_said(BEHIND), 0);
	assert_int_equal(login_account(ALICE), LW_OK);
}

/* How old all is, is known: nobody has to be asked. */
static void nor_where_it_is_set_right_without_the_directory(void **state)
{
	(void)state;
	keeper_clock(YEAR);
	daemon_start(CONF);
	known();
	worker_stop();
	it_is(1, HOUR);
	again();
	assert_int_equal(daemon_said(BEHIND), 0);
	assert_int_equal(login_account(ALICE), LW_OK);
	it_is(73, 73 * HOUR);
	assert_int_equal(login_account(ALICE), LW_OUTDATED);
}

/* Nobody has written by it: whoever starts now cannot know. */
static void what_a_killed_one_has_seen_is_not_forgotten(void **state)
{
	(void)state;
	keeper_clock(YEAR);
	daemon_start(CONF);
	known();
	again();
	daemon_kill();
	worker_stop();
	keeper_clock(0);
	for (int i = 0; i < 2; i++) {
		daemon_stop();
		daemon_keep();
		daemon_start(CONF);
		daemon_says(BEHIND, 1);
		assert_int_equal(login_account(ALICE), LW_OUTDATED);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_sets_the_clock_back_gains_no_time),
		TEST(nor_who_does_it_after_a_start),
		TEST(a_clock_that_was_ahead_locks_nobody_out),
		TEST(nor_where_it_is_set_right_without_the_directory),
		TEST(what_a_killed_one_has_seen_is_not_forgotten),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("store_clock", tests, NULL, NULL);
	front_leave();
	return failed;
}
