/*
 * test_daemon_store_bad.c - a store that is damaged, unknown, full, missing or
 * not to be written stops nobody's lookup, and is never believed. The store's
 * file is changed here by the store's own code.
 */
#include "ctl.h"
#include "login.h"
#include "store_file.h"
#include "store_record.h"
#include "store_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>

#define ACCESS "[access]\nallow = *\n"
#define MAX    ((size_t)256 * 1024 * 1024)

/* Nothing is known, and the directory makes good for it. */
static void begun_anew(void)
{
	assert_true(there("cache/store.bad"));
	assert_int_equal(daemon_said("known from before"), 0);
	worker_start();
	daemon_says("the directory is known whole", 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	stop_all();
	again(LATER);
	daemon_says(BEFORE, 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
}

static long find(int fd, const char *text)
{
	static char all[4 * 1024 * 1024];
	ssize_t n = pread(fd, all, sizeof(all), 0);
	const char *p;

	assert_true(n > 0 && (size_t)n < sizeof(all));
	p = memmem(all, (size_t)n, text, strlen(text));
	assert_non_null(p);
	return p - all;
}

/* Everywhere that it stands: an older page may have it too. */
static void overwrite(const char *text, const char *by)
{
	lw_cleanup(lw_close) int fd = open("cache/store", O_RDWR | O_CLOEXEC);
	static char all[4 * 1024 * 1024];
	ssize_t n = pread(fd, all, sizeof(all), 0);
	char *p = all;

	assert_true(n > 0 && (size_t)n < sizeof(all));
	assert_true(find(fd, text) > 0);
	while ((p = memmem(p, (size_t)(n - (p - all)), text, strlen(text))))
		memcpy(p, by, strlen(by));
	assert_int_equal(pwrite(fd, all, (size_t)n, 0), n);
}

static void one_damaged_byte_is_noticed(void **state)
{
	(void)state;
	known_once();
	overwrite("bob@LIGHTWAVE.TEST", "mob");
	again(LATER);
	daemon_says("the store is not used: a wrong checksum; " ASIDE, 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OFFLINE);
	begun_anew();
}

/* LMDB follows what it finds, wherever that leads. */
static void a_page_of_rubbish_kills_nobody_who_is_asked(void **state)
{
	lw_cleanup(lw_close) int fd = -1;
	char rubbish[4096 - 16];
	struct stat st;

	(void)state;
	known_once();
	memset(rubbish, 0x5a, sizeof(rubbish));
	fd = open("cache/store", O_RDWR | O_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	/* Past each page's head, so that they are taken for what they were. */
	for (off_t at = 2 * 4096; at < st.st_size; at += 4096)
		assert_int_equal(pwrite(fd, rubbish, sizeof(rubbish), at + 16),
				 sizeof(rubbish));
	again(LATER);
	daemon_says(ASIDE, 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OFFLINE);
	begun_anew();
}

static void what_is_no_store_is_set_aside(void **state)
{
	(void)state;
	known_once();
	front_write("cache/store", "This is not a database.\n");
	again(LATER);
	daemon_says(ASIDE, 1);
	begun_anew();
}

static void half_a_file_is_set_aside(void **state)
{
	struct stat st;

	(void)state;
	known_once();
	assert_int_equal(stat("cache/store", &st), 0);
	assert_int_equal(truncate("cache/store", 2 * 4096), 0);
	again(LATER);
	daemon_says(ASIDE, 1);
	begun_anew();
}

/* Change the state record, whose checksum is right again afterwards. */
static enum lw_err take_state(void *arg, struct lw_str key, struct lw_str value)
{
	struct lw_wr *w = arg;

	if (lw_str_eq(key, LW_STORE_STATE))
		lw_wr_raw(w, value.s, value.n);
	return LW_OK;
}

static void with_state(void (*change)(struct lw_wr *state))
{
	struct lw_store_file *f;
	lw_cleanup(lw_wr_done) struct lw_wr w;

	lw_wr_heap(&w, 4096);
	assert_int_equal(lw_store_file_open("cache/store", MAX, true, &f),
			 LW_OK);
	assert_int_equal(lw_store_file_begin(f), LW_OK);
	assert_int_equal(lw_store_file_each(f, take_state, &w), LW_OK);
	change(&w);
	assert_int_equal(
		lw_store_file_put(f, lw_str(LW_STORE_STATE),
				  (struct lw_str) { (char *)w.base,
						    (size_t)(w.p - w.base) }),
		LW_OK);
	assert_int_equal(lw_store_file_commit(f), LW_OK);
	lw_store_file_close(f);
}

static void newer(struct lw_wr *state)
{
	lw_put_u32(state->base, LW_STORE_FORMAT + 1);
}

static void another_version_is_set_aside(void **state)
{
	(void)state;
	known_once();
	with_state(newer);
	again(LATER);
	daemon_says(ASIDE, 1);
	begun_anew();
}

/* The mark is the last of it: an hour after now. */
static void tomorrow(struct lw_wr *state)
{
	struct timespec ts;
	uint64_t ms;

	clock_gettime(CLOCK_REALTIME, &ts);
	ms = ((uint64_t)ts.tv_sec + 3600) * 1000;
	lw_put_u32(state->p - 8, (uint32_t)(ms >> 32));
	lw_put_u32(state->p - 4, (uint32_t)ms);
}

static void a_clock_that_is_behind_gives_nobody_a_right(void **state)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	(void)state;
	known_once();
	/* Else he may log in, as last known. */
	again(LATER ACCESS);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
	daemon_stop();
	with_state(tomorrow);
	again(LATER ACCESS);
	daemon_says("the clock is behind what this host has seen", 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OFFLINE);
	assert_int_not_equal(login_account(ALICE), LW_OK);
	/* And the directory's word mends it. */
	worker_start();
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &alice } });
	worker_await(LW_OP_SYNC, "changes", 1);
	while (login_account(ALICE) != LW_OK)
		assert_true(worker_now_ms() < until);
	stop_all();
	again(LATER ACCESS);
	assert_int_equal(daemon_said("the clock is behind"), 0);
	assert_int_equal(login_account(ALICE), LW_OK);
}

static void status_says(const char *words)
{
	static const char *const args[] = { "status", NULL };
	char text[8192];

	ctl_run(args, text, sizeof(text));
	if (!strstr(text, words))
		fail_msg("no \"%s\" in:\n%s", words, text);
}

static void lookups_outlive_a_full_disk(void **state)
{
	(void)state;
	daemon_forget();
	if (mount("none", "cache", "tmpfs", 0, "size=8k") < 0)
		fail_msg("mount: %s", strerror(errno));
	again(LATER);
	daemon_says("the directory is known whole", 1);
	daemon_says("the store in ./cache cannot be used", 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
	assert_int_equal(daemon_said("the store in ./cache cannot be used"), 1);
	worker_stop();
	status_says("FAILS: it cannot be used");
	daemon_stop();
	assert_int_equal(umount("cache"), 0);
}

static void a_folder_that_is_not_there_is_said_once(void **state)
{
	(void)state;
	daemon_forget();
	assert_int_equal(rmdir("cache"), 0);
	again(LATER);
	daemon_says("the directory is known whole", 1);
	daemon_says("the store in ./cache cannot be used: No such file or "
		    "directory",
		    1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	daemon_stop();
	assert_int_equal(daemon_said("the store in"), 1);
	assert_int_equal(mkdir("cache", 0700), 0);
}

static void a_disk_that_is_read_only_is_read(void **state)
{
	(void)state;
	known_once();
	if (mount("cache", "cache", NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, "cache", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL))
		fail_msg("mount: %s", strerror(errno));
	again(LATER);
	daemon_says(BEFORE, 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = whole,
					   .synced_n = 1,
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	worker_start();
	daemon_says("the store in ./cache cannot be used: Read-only file "
		    "system",
		    1);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
	stop_all();
	assert_int_equal(umount("cache"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_damaged_byte_is_noticed),
		TEST(a_page_of_rubbish_kills_nobody_who_is_asked),
		TEST(what_is_no_store_is_set_aside),
		TEST(half_a_file_is_set_aside),
		TEST(another_version_is_set_aside),
		TEST(a_clock_that_is_behind_gives_nobody_a_right),
		TEST(lookups_outlive_a_full_disk),
		TEST(a_folder_that_is_not_there_is_said_once),
		TEST(a_disk_that_is_read_only_is_read),
	};
	int failed;

	/* What is mounted is nobody else's. */
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		puts("not root, or without mounts: # SKIP");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("store_bad", tests, NULL, NULL);
	front_leave();
	return failed;
}
