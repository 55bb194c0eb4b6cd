/*
 * test_daemon_store_died.c - lightwaved and its store process are killed, or
 * crash: lookups go on, what was written is there, and only what is the
 * store's own fault sets it aside.
 */
#include "store_rig.h"

#include <fcntl.h>
#include <sys/file.h>

#define ENDED "the store's process has ended"
#define DIED  "its process has died"

static void two_crashes_set_it_aside(void **state)
{
	(void)state;
	known_once();
	for (int i = 0; i < 2; i++) {
		again(LATER);
		daemon_says(BEFORE, 1);
		daemon_crash();
	}
	again(LATER);
	daemon_says("lightwaved has crashed twice soon after a start; " ASIDE,
		    1);
	assert_int_equal(daemon_said("known from before"), 0);
	worker_start();
	until_known(ALICE);
	stop_all();
	again(LATER);
	daemon_says(BEFORE, 1);
}

static void being_killed_is_no_crash(void **state)
{
	(void)state;
	known_once();
	for (int i = 0; i < 4; i++) {
		again(LATER);
		daemon_says(BEFORE, 1);
		daemon_kill();
	}
	assert_false(there("cache/store.bad"));
}

static void who_is_killed_at_rest_is_started_with_the_next_change(void **state)
{
	(void)state;
	known_once();
	again(LATER);
	assert_int_equal(kill(store_pid(), SIGKILL), 0);
	daemon_says(ENDED, 1);
	assert_int_equal(store_now(), 0);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	carol_comes();
	store_pid();
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
	stop_all();
	again(LATER);
	daemon_says(THREE, 1);
	assert_int_equal(asker_passwd(CAROL, NULL), LW_OK);
	assert_false(there("cache/store.bad"));
}

/* An administrator may, and it is not the store's fault. */
static void however_often_that_is(void **state)
{
	struct lw_entry now = he;
	const struct worker_synced one[] = { { &now, { NULL } } };
	struct worker_line line = carol_came;

	(void)state;
	known_once();
	daemon_debug();
	again("[cache]\nrevocation_max = 1\n");
	line.synced = one;
	for (unsigned int i = 0; i < 3; i++) {
		unsigned int written = daemon_said(WRITTEN);
		pid_t pid = store_pid();

		assert_int_equal(kill(pid, SIGKILL), 0);
		/* He is told otherwise each time: that is a change. */
		now.uac = i % 2 ? 0 : LW_UAC_LOCKED;
		worker_say(&line);
		if (i == 0)
			worker_start();
		store_other(pid);
		daemon_says(WRITTEN, written + 1);
		until_known("he@lightwave.test");
	}
	stop_all();
	assert_false(there("cache/store.bad"));
	again(LATER);
	daemon_says(THREE, 1);
}

/* Held by us: whoever wants to begin waits for it. */
static int lock_folder(void)
{
	int fd = open("cache", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	return fd;
}

static void who_dies_of_two_changes_sets_it_aside(void **state)
{
	int fd;
	pid_t pid;

	(void)state;
	known_once();
	again(LATER);
	assert_int_equal(kill(store_pid(), SIGKILL), 0);
	daemon_says(ENDED, 1);
	fd = lock_folder();
	carol_comes();
	/* As who asks for too much memory is killed. */
	pid = store_pid();
	assert_int_equal(kill(pid, SIGKILL), 0);
	daemon_says(DIED "; lookups go on", 1);
	assert_false(there("cache/store.bad"));
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	pid = store_other(pid);
	assert_int_equal(kill(pid, SIGKILL), 0);
	daemon_says("whoever writes it dies; " ASIDE, 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(daemon_said(DIED), 1);
	close(fd);
	/* All of it is written when it ends, if not before. */
	stop_all();
	again(LATER);
	daemon_says(THREE, 1);
}

static void who_dies_of_one_is_given_it_again(void **state)
{
	int fd;

	(void)state;
	known_once();
	again(LATER);
	assert_int_equal(kill(store_pid(), SIGKILL), 0);
	daemon_says(ENDED, 1);
	fd = lock_folder();
	carol_comes();
	assert_int_equal(kill(store_pid(), SIGKILL), 0);
	daemon_says(DIED, 1);
	close(fd);
	daemon_says("the store in ./cache is written again", 1);
	daemon_kill();
	worker_stop();
	again(LATER);
	daemon_says(THREE, 1);
	assert_false(there("cache/store.bad"));
}

static void who_is_killed_reading_it_is_started_once_more(void **state)
{
	int fd;

	(void)state;
	known_once();
	fd = lock_folder();
	daemon_keep();
	daemon_begin(LATER);
	assert_int_equal(kill(store_pid(), SIGKILL), 0);
	close(fd);
	daemon_says("ready:", 1);
	daemon_says(BEFORE, 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_false(there("cache/store.bad"));
}

static void who_is_killed_reading_it_twice_sets_it_aside(void **state)
{
	int fd;
	pid_t pid;

	(void)state;
	known_once();
	fd = lock_folder();
	daemon_keep();
	daemon_begin(LATER);
	pid = store_pid();
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(kill(store_other(pid), SIGKILL), 0);
	daemon_says("ready:", 1);
	daemon_says("whoever reads it is killed; " ASIDE, 1);
	close(fd);
	worker_start();
	until_known(ALICE);
	stop_all();
	again(LATER);
	daemon_says(BEFORE, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_crashes_set_it_aside),
		TEST(being_killed_is_no_crash),
		TEST(who_is_killed_at_rest_is_started_with_the_next_change),
		TEST(however_often_that_is),
		TEST(who_dies_of_two_changes_sets_it_aside),
		TEST(who_dies_of_one_is_given_it_again),
		TEST(who_is_killed_reading_it_is_started_once_more),
		TEST(who_is_killed_reading_it_twice_sets_it_aside),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("store_died", tests, NULL, NULL);
	front_leave();
	return failed;
}
