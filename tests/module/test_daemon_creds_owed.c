/*
 * test_daemon_creds_owed.c - what the directory said of a password ends the one
 * that is kept: whatever else lightwaved-creds has to do, and though it hangs
 * or is away meanwhile.
 */
#include "asker.h"
#include "cleanup.h"
#include "front.h"
#include "offline_rig.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Wrong ones of Bob's, each another, as fast as they can be sent. */
static void send_guesses(int *fd, size_t n)
{
	char guess[32];

	for (size_t i = 0; i < n; i++) {
		snprintf(guess, sizeof(guess), "wrong %zu", i);
		fd[i] = asker_open("priv");
		asker_send_login(fd[i], LW_OP_AUTH, BOB, guess);
	}
}

/* It is kept before he hears that it was right. */
static void a_flood_of_guesses_loses_nothing(void **state)
{
	int fd[60];

	(void)state;
	she_logged_in(OPEN ON);
	assert_int_equal(login_auth(BOB, "bobs", NULL), LW_OK);
	worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
					   .key = DN_OF("bob"),
					   .status = LW_DENIED });
	worker_tick();
	send_guesses(fd, COUNT(fd));
	worker_await(LW_OP_VERDICT, NULL, 2 + COUNT(fd));
	assert_int_equal(login_auth(ALICE, "two", NULL), LW_OK);
	for (size_t i = 0; i < COUNT(fd); i++) {
		assert_int_equal(login_take_auth(fd[i], NULL), LW_DENIED);
		close(fd[i]);
	}
	keeper_comes_to_have(BOB_SID, false);
	away();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_DENIED);
	assert_int_equal(login_auth(ALICE, "two", NULL), LW_OK);
}

/* The user does not wait for it, and the front does not forget. */
static void it_is_told_when_the_keeper_is_back(void **state)
{
	static const enum lw_err words[] = { LW_DISABLED, LW_DENIED, LW_CHANGE,
					     LW_EXPIRED };

	(void)state;
	daemon_start(OPEN ON);
	for (size_t i = 0; i < COUNT(words); i++) {
		online();
		assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
		assert_true(keeper_has(ALICE_SID));
		keeper_kill();
		say_verdict(words[i]);
		login_auth(ALICE, "one", NULL);
		assert_true(keeper_has(ALICE_SID));
		keeper_start();
		keeper_comes_to_have(ALICE_SID, false);
	}
}

static void nor_is_it_lost_on_one_that_hangs(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	assert_int_equal(login_auth(BOB, "bobs", NULL), LW_OK);
	assert_int_equal(kill(keeper_pid(), SIGSTOP), 0);
	say_verdict(LW_DENIED);
	assert_int_equal(login_auth(ALICE, "typo", NULL), LW_DENIED);
	say_verdict(LW_DISABLED);
	login_auth(BOB, "bobs", NULL);
	login_auth(ALICE, "one", NULL);
	daemon_says("dropping lightwaved-creds: it does not answer", 1);
	keeper_kill();
	keeper_start();
	keeper_comes_to_have(ALICE_SID, false);
	keeper_comes_to_have(BOB_SID, false);
}

/* One that is back is told before anybody is let in by it. */
static void until_it_is_told_nobody_is_let_in(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	keeper_kill();
	say_verdict(LW_CHANGE);
	login_auth(ALICE, "one", NULL);
	online();
	assert_int_equal(login_auth(ALICE, "two", NULL), LW_OK);
	keeper_start();
	away();
	assert_int_not_equal(login_auth(ALICE, "one", NULL), LW_OK);
}

/* By such a clock nothing that is kept has an end. */
static void where_the_kdc_says_our_clock_is_off_none_is_kept(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	worker_say(&(struct worker_line) {
		.op = LW_OP_VERDICT,
		.verdict = { LW_NEVER, LW_TICKET_SKEW, 500000, TEXT("") } });
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_false(keeper_has(ALICE_SID));
}

/* Whoever has the clock set back has one of his own stored by it. */
static void a_colleagues_login_makes_no_old_one_young(void **state)
{
	const long day = 86400;

	(void)state;
	she_logged_in(OPEN ON);
	keeper_clock(6 * day);
	assert_int_equal(keeper_ask(LW_OP_CREDS_STORE, BOB_SID, "b", NULL),
			 LW_OK);
	keeper_clock(60);
	assert_int_equal(keeper_ask(LW_OP_CREDS_STORE, BOB_SID, "b", NULL),
			 LW_OK);
	assert_int_equal(keeper_ask(LW_OP_CREDS_CHECK, ALICE_SID, "one", NULL),
			 LW_DENIED);
	assert_false(keeper_has(ALICE_SID));
	assert_int_equal(keeper_ask(LW_OP_CREDS_CHECK, BOB_SID, "b", NULL),
			 LW_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flood_of_guesses_loses_nothing),
		TEST(it_is_told_when_the_keeper_is_back),
		TEST(nor_is_it_lost_on_one_that_hangs),
		TEST(until_it_is_told_nobody_is_let_in),
		TEST(where_the_kdc_says_our_clock_is_off_none_is_kept),
		TEST(a_colleagues_login_makes_no_old_one_young),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("daemon_creds_owed", tests, NULL,
					     NULL);
	front_leave();
	return failed;
}
