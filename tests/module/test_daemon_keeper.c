/*
 * test_daemon_keeper.c - what lightwaved makes of a lightwaved-creds that
 * hangs, is gone or has too much to do, and of a worker that alone is in
 * trouble: that is no outage, in which old passwords count.
 */
#include "asker.h"
#include "cleanup.h"
#include "ctl.h"
#include "front.h"
#include "offline_rig.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The directory is there, whatever became of this one question. */
static void one_question_that_fails_is_no_outage(void **state)
{
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	she_logged_in(OPEN ON);
	worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
					   .manner = WORKER_HOLD });
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_AUTH, ALICE, "one");
	worker_await(LW_OP_VERDICT, NULL, 2);
	worker_tick();
	say_verdict(LW_OK);
	assert_int_equal(login_auth(BOB, "one", NULL), LW_OK);
	assert_int_equal(worker_release(&(struct worker_line) {
				 .op = LW_OP_VERDICT, .status = LW_OFFLINE }),
			 1);
	assert_int_equal(login_take_auth(fd, NULL), LW_OFFLINE);
	/* Nor is a worker with too much to do. */
	worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
					   .status = LW_NOMEM });
	worker_tick();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OFFLINE);
}

static void status_says(const char *words)
{
	static const char *const args[] = { "status", NULL };
	char text[8192];

	ctl_run(args, text, sizeof(text));
	if (!strstr(text, words))
		fail_msg("no \"%s\" in:\n%s", words, text);
}

/* Nobody can stop it to be let in by what is old. */
static void nor_is_a_worker_that_is_gone(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	worker_stop();
	worker_tick();
	assert_int_not_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_NOWORKER);
	status_says("offline credentials  ok");
	keeper_kill();
	status_says("FAILS: lightwaved-creds does not answer");
	keeper_start();
}

static void without_a_keeper_it_is_offline(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	keeper_kill();
	away();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OFFLINE);
	daemon_says("no lightwaved-creds answers at ./creds", 1);
	keeper_start();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
}

/* Nobody else waits for it; who does, not for ever. */
static void a_keeper_that_hangs_is_given_up(void **state)
{
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	she_logged_in(OPEN ON);
	away();
	assert_int_equal(kill(keeper_pid(), SIGSTOP), 0);
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_AUTH, ALICE, "one");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_false(asker_has_answer(fd));
	daemon_says("dropping lightwaved-creds: it does not answer", 1);
	assert_int_equal(login_take_auth(fd, NULL), LW_OFFLINE);
	assert_int_equal(kill(keeper_pid(), SIGCONT), 0);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
}

/* Beyond what it can take in time the answer comes at once. */
static void too_many_at_once_are_told_so(void **state)
{
	unsigned int allowed = 0, offline = 0;
	int fd[40];

	(void)state;
	she_logged_in(OPEN ON);
	away();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_int_equal(kill(keeper_pid(), SIGSTOP), 0);
	for (size_t i = 0; i < COUNT(fd); i++) {
		fd[i] = asker_open("priv");
		asker_send_login(fd[i], LW_OP_AUTH, ALICE, "one");
	}
	/* In the order of arrival: the first ones wait, the last does not. */
	assert_int_equal(login_take_auth(fd[COUNT(fd) - 1], NULL), LW_OFFLINE);
	assert_int_equal(kill(keeper_pid(), SIGCONT), 0);
	for (size_t i = 0; i + 1 < COUNT(fd); i++) {
		enum lw_err e = login_take_auth(fd[i], NULL);

		allowed += e == LW_OK;
		offline += e == LW_OFFLINE;
	}
	/* Where hashes take long the last of these are too late. */
	assert_in_range(allowed, 1, 16);
	assert_int_equal(allowed + offline, COUNT(fd) - 1);
	for (size_t i = 0; i < COUNT(fd); i++)
		close(fd[i]);
}

/* Who hangs up is not missed. */
static void a_client_that_goes_takes_nobody_along(void **state)
{
	int fd;

	(void)state;
	she_logged_in(OPEN ON);
	away();
	for (int i = 0; i < 4; i++) {
		fd = asker_open("priv");
		asker_send_login(fd, LW_OP_AUTH, ALICE, "one");
		close(fd);
	}
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_true(daemon_runs());
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_question_that_fails_is_no_outage),
		TEST(nor_is_a_worker_that_is_gone),
		TEST(without_a_keeper_it_is_offline),
		TEST(a_keeper_that_hangs_is_given_up),
		TEST(too_many_at_once_are_told_so),
		TEST(a_client_that_goes_takes_nobody_along),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed =
		cmocka_run_group_tests_name("daemon_keeper", tests, NULL, NULL);
	front_leave();
	return failed;
}
