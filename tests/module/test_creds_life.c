/*
 * test_creds_life.c - neither its end nor the clock nor its configuration makes
 * lightwaved-creds take a wrong password for right, and it ends when it may.
 */
#include "asker.h"
#include "cleanup.h"
#include "creds_rig.h"
#include "front.h"
#include "worker.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static void a_restart_changes_nothing(void **state)
{
	(void)state;
	store(ALICE, "one");
	for (int i = 0; i < 4; i++) {
		assert_int_equal(check(ALICE, "two"), LW_DENIED);
		i % 2 ? keeper_stop() : keeper_kill();
		keeper_start();
	}
	assert_int_equal(check(ALICE, "two"), LW_DENIED);
	keeper_kill();
	keeper_start();
	/* Five were wrong. */
	assert_int_equal(check(ALICE, "one"), LW_DENIED);
	keeper_clock(31);
	assert_int_equal(check(ALICE, "one"), LW_OK);
}

static ino_t inode(void)
{
	struct stat st;

	return stat(keeper_path(ALICE), &st) == 0 ? st.st_ino : 0;
}

/* The kill comes between what is written and what is said. */
static void who_kills_it_before_the_answer_gains_nothing(void **state)
{
	(void)state;
	store(ALICE, "one");
	for (int i = 0; i < 5; i++) {
		int64_t until = worker_now_ms() + PATIENCE_MS;
		ino_t before = inode();
		lw_cleanup(lw_close) int fd =
			keeper_send(LW_OP_CREDS_CHECK, ALICE, "two");

		assert_true(fd >= 0);
		while (inode() == before)
			assert_true(worker_now_ms() < until);
		keeper_kill();
		keeper_start();
	}
	assert_int_equal(check(ALICE, "one"), LW_DENIED);
	keeper_says("5 were wrong", 1);
}

static void no_clock_makes_an_old_password_right(void **state)
{
	(void)state;
	store(ALICE, "one");
	store(BOB, "one");
	keeper_clock(-DAY);
	assert_int_equal(check(ALICE, "one"), LW_DENIED);
	keeper_says("the clock is behind", 1);
	keeper_clock(6 * DAY);
	assert_int_equal(check(ALICE, "one"), LW_OK);
	keeper_clock(5 * DAY);
	assert_int_equal(check(ALICE, "one"), LW_DENIED);
	assert_int_equal(check(BOB, "one"), LW_DENIED);
	keeper_kill();
	keeper_start();
	assert_int_equal(check(BOB, "one"), LW_DENIED);
	keeper_clock(8 * DAY);
	assert_int_equal(check(ALICE, "one"), LW_DENIED);
	assert_false(keeper_has(ALICE));
	/* And who never asks. */
	assert_int_equal(keeper_ask(LW_OP_CREDS_APPLY, "", "", NULL), LW_OK);
	assert_false(keeper_has(BOB));
	keeper_clock(0);
	assert_int_equal(check(ALICE, "one"), LW_DENIED);
}

static void where_it_is_off_all_goes(void **state)
{
	(void)state;
	store(ALICE, "one");
	/* A file that cannot be read leaves things as they are. */
	daemon_conf("[cache]\noffline_credentials = perhaps\n");
	assert_int_equal(keeper_ask(LW_OP_CREDS_APPLY, "", "", NULL),
			 LW_INVALID);
	assert_int_equal(check(ALICE, "one"), LW_OK);
	daemon_conf("");
	assert_int_equal(keeper_ask(LW_OP_CREDS_APPLY, "", "", NULL), LW_OK);
	assert_false(keeper_has(ALICE));
	assert_int_equal(keeper_ask(LW_OP_CREDS_STORE, ALICE, "one", NULL),
			 LW_FORBIDDEN);
	assert_int_equal(check(ALICE, "one"), LW_FORBIDDEN);
	/* So does what is found at a start. */
	daemon_conf(ON);
	assert_int_equal(keeper_ask(LW_OP_CREDS_APPLY, "", "", NULL), LW_OK);
	store(ALICE, "one");
	keeper_stop();
	daemon_conf("");
	keeper_start();
	assert_false(keeper_has(ALICE));
}

static int new_listener(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = "creds" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	unlink("creds");
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

/* And whoever asks then is heard by the next one. */
static void with_systemds_socket_it_ends_when_nobody_needs_it(void **state)
{
	lw_cleanup(lw_close) int listener = -1, fd = -1;

	(void)state;
	store(ALICE, "one");
	keeper_stop();
	listener = new_listener();
	keeper_start_handed(listener);
	assert_int_equal(check(ALICE, "one"), LW_OK);
	keeper_time(60);
	keeper_ends();
	fd = keeper_send(LW_OP_CREDS_CHECK, ALICE, "one");
	keeper_start_handed(listener);
	assert_int_equal(keeper_take(fd, LW_OP_CREDS_CHECK, NULL), LW_OK);
}

/* Its own one stays as long as it is wanted. */
static void with_its_own_socket_it_stays(void **state)
{
	lw_cleanup(lw_close) int silent = asker_open("creds");

	(void)state;
	assert_int_equal(check(ALICE, "one"), LW_DENIED);
	keeper_time(3600);
	/* It has seen the later moment: whoever was silent is dropped. */
	asker_sees_end(silent);
	assert_int_equal(check(ALICE, "one"), LW_DENIED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_restart_changes_nothing),
		TEST(who_kills_it_before_the_answer_gains_nothing),
		TEST(no_clock_makes_an_old_password_right),
		TEST(where_it_is_off_all_goes),
		TEST(with_systemds_socket_it_ends_when_nobody_needs_it),
		TEST(with_its_own_socket_it_stays),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: nobody else has another user to be");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("creds_life", tests, NULL, NULL);
	front_leave();
	return failed;
}
