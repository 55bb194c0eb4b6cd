/*
 * test_daemon_store_slow.c - a disk that does not answer, a folder that
 * somebody else has, and a store that is full: said, and no lookup waits.
 */
#include "store_rig.h"

#include "store_file.h"
#include "store_record.h"

#include <fcntl.h>
#include <sys/file.h>

#define SLOW   "the disk does not answer; lookups go on"
#define LOCKED "another process has locked its folder; lookups go on"
#define MANY   10000
#define SOME   2500 /* who are less than malloc(3) gives back by itself */
#define LARGE  1000 /* bytes of each of them */
#define MAX    ((size_t)256 * 1024 * 1024)

/* The second of two that are started by hand in the same place. */
static void a_second_one_says_so_at_once(void **state)
{
	static const char *const same[] = {
		"--config", "./conf",  "--runtime-dir",
		".",	    "--jobs",  "./jobs",
		"--creds",  "./creds", "--cache-dir",
		"./cache",  NULL
	};
	char text[2048];

	(void)state;
	daemon_start(LATER);
	daemon_says(WHOLE, 1);
	assert_int_equal(daemon_once(same, text, sizeof(text)), 1);
	assert_non_null(strstr(text, "another lightwaved runs"));
	assert_null(strstr(text, "store"));
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	stop_all();
	again(LATER);
	daemon_says(BEFORE, 1);
}

/* Nor does one that came just before: what cannot be read is left alone. */
static void a_locked_folder_is_said_and_left_alone(void **state)
{
	int fd;

	(void)state;
	known_once();
	fd = open("cache", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	again(LATER);
	daemon_says(LOCKED, 1);
	assert_int_equal(store_now(), 0);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OFFLINE);
	worker_start();
	until_known(ALICE);
	stop_all();
	close(fd);
	again(LATER);
	daemon_says(BEFORE, 1);
	assert_false(there("cache/store.bad"));
}

static void a_disk_that_hangs_is_said_and_waited_for(void **state)
{
	(void)state;
	known_once();
	again(LATER);
	store_stop();
	carol_comes();
	daemon_says(SLOW, 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_uid(ID(1026), NULL), LW_OK);
	store_go_on();
	daemon_says("the store in ./cache is written again", 1);
	daemon_kill();
	worker_stop();
	again(LATER);
	daemon_says(THREE, 1);
	assert_false(there("cache/store.bad"));
}

/* Each stop of the daemon has the harness's bound. */
static void a_stop_does_not_wait_for_it(void **state)
{
	(void)state;
	known_once();
	again(LATER);
	store_stop();
	daemon_stop();
	store_go_on();
	again(LATER);
	daemon_says(BEFORE, 1);
	store_stop();
	carol_comes();
	stop_all();
	store_go_on(); /* it ends what it has begun */
	again(LATER);
	daemon_says(THREE, 1);
	assert_false(there("cache/store.bad"));
}

static struct person {
	char dn[80], sid[64], sam[16], upn[48];
	struct lw_entry e;
} people[MANY];
static struct worker_synced many[MANY];
static char large[LARGE];

static struct lw_str numbered(char *p, size_t size, const char *before, int i,
			      const char *after)
{
	int n = snprintf(p, size, "%s%d%s", before, i, after);

	assert_true(n > 0 && (size_t)n < size);
	return (struct lw_str) { p, (size_t)n };
}

static void say_many(int n)
{
	memset(large, 'x', sizeof(large));
	for (int i = 0; i < n; i++) {
		struct person *p = &people[i];

		p->e = alice;
		p->e.dn = numbered(p->dn, sizeof(p->dn), "cn=user", i,
				   ",cn=Users,dc=lightwave,dc=test");
		p->e.sid = numbered(p->sid, sizeof(p->sid), DOMAIN_SID "-100-",
				    2000 + i, "");
		p->e.sam = numbered(p->sam, sizeof(p->sam), "user", i, "");
		p->e.upn = numbered(p->upn, sizeof(p->upn), "user", i,
				    "@LIGHTWAVE.TEST");
		p->e.given = (struct lw_str) { large, sizeof(large) };
		many[i].e = &p->e;
	}
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = many,
					   .synced_n = (unsigned int)n,
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 100 });
}

static long rss_kb(pid_t pid)
{
	char path[64], line[128];
	lw_cleanup(lw_fclose) FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "RssAnon:", 8))
			return atol(line + 8);
	}
	fail_msg("no RssAnon");
	return 0;
}

#ifndef __SANITIZE_ADDRESS__
/* The process that has written it all keeps none for that. */
static void what_was_written_takes_no_memory(void **state)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	long before, after;

	(void)state;
	worker_stop();
	daemon_debug();
	daemon_start(LATER);
	before = rss_kb(store_pid());
	say_many(SOME);
	worker_start();
	daemon_says("the directory is known whole: 2500 users", 1);
	daemon_says(WRITTEN, 1);
	while ((after = rss_kb(store_pid())) > before + 1024)
		if (worker_now_ms() > until)
			fail_msg("%ld kB, and %ld kB before", after, before);
	print_message("%ld kB before, %ld kB after\n", before, after);
}
#endif

/* What is to be written waits where it is, and not once more in buffers. */
static void what_waits_for_it_takes_no_memory(void **state)
{
	long written, waiting, bytes = (long)MANY * LARGE / 1024;

	(void)state;
	worker_stop();
	say_many(MANY);
	daemon_debug();
	daemon_start(LATER);
	worker_start();
	daemon_says("the directory is known whole: 10000 users", 1);
	daemon_says(WRITTEN, 1);
	written = rss_kb(daemon_pid());
	stop_all();
	daemon_start(LATER);
	store_stop();
	worker_start();
	daemon_says("the directory is known whole: 10000 users", 1);
	daemon_says(SLOW, 1);
	waiting = rss_kb(daemon_pid());
	print_message("%ld kB when it is written, %ld kB while %ld kB wait\n",
		      written, waiting, bytes);
	assert_true(waiting < written + bytes / 2);
	until_known("user9999@lightwave.test");
	store_go_on();
	daemon_says("the store in ./cache is written again", 1);
}

/* More than it may have, of somebody who is not served here any more. */
static void fill_up(void)
{
	static char dn[1024 * 1024];
	struct lw_store_file *f;

	memset(dn, 'x', sizeof(dn));
	assert_int_equal(lw_store_file_open("cache/store", MAX, true, &f),
			 LW_OK);
	assert_int_equal(lw_store_file_begin(f), LW_OK);
	for (int i = 0; i < 70; i++) {
		const struct lw_entry e = { .kind = LW_KIND_USER,
					    .dn = { dn, sizeof(dn) },
					    .sid = TEXT("S-1-5-0") };
		lw_cleanup(lw_wr_done) struct lw_wr w;
		char key[16];

		snprintf(key, sizeof(key), "ou%d", i);
		lw_wr_heap(&w, 2 * sizeof(dn));
		lw_wr_u64(&w, 1);
		lw_entry_encode(&w, &e);
		assert_int_equal(lw_wr_end(&w), LW_OK);
		assert_int_equal(
			lw_store_file_put(
				f, lw_str(key),
				(struct lw_str) { (char *)w.base,
						  (size_t)(w.p - w.base) }),
			LW_OK);
	}
	assert_int_equal(lw_store_file_commit(f), LW_OK);
	lw_store_file_close(f);
}

static void a_store_that_is_full_is_begun_anew(void **state)
{
	(void)state;
	known_once();
	fill_up();
	again(LATER "replicate_max = 10\n");
	daemon_says(BEFORE, 1);
	carol_comes();
	daemon_says("MDB_MAP_FULL: Environment mapsize limit reached; " ASIDE,
		    1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	daemon_says("the store in ./cache is written again", 1);
	daemon_kill();
	worker_stop();
	again(LATER "replicate_max = 10\n");
	daemon_says(THREE, 1);
	assert_int_equal(asker_passwd(CAROL, NULL), LW_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_second_one_says_so_at_once),
		TEST(a_locked_folder_is_said_and_left_alone),
		TEST(a_disk_that_hangs_is_said_and_waited_for),
		TEST(a_stop_does_not_wait_for_it),
#ifndef __SANITIZE_ADDRESS__
		TEST(what_was_written_takes_no_memory),
#endif
		TEST(what_waits_for_it_takes_no_memory),
		TEST(a_store_that_is_full_is_begun_anew),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("store_slow", tests, NULL, NULL);
	front_leave();
	return failed;
}
