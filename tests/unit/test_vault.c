/*
 * test_vault.c - tests vault.c, vault_keep.c, file.c and hash.c of
 * lightwaved-creds: what is kept, what it is worth, and that it is gone.
 *
 * write, fsync, renameat2 and unlinkat come here first, so that a child can be
 * killed at each of them. The hash is a cheap one; clocks are said.
 */
#include "file.h"
#include "vault.h"

#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALICE  LW_STR("S-1-7-21-1-2-3-4-100-1025")
#define BOB    LW_STR("S-1-7-21-1-2-3-4-100-1026")
#define A      "S-1-7-21-1-2-3-4-100-1025"
#define B      "S-1-7-21-1-2-3-4-100-1026"
#define NOW    INT64_C(1800000000)
#define DAY    INT64_C(86400)
#define MAX    (7 * DAY)
#define KILLED 77

static const struct lw_hash_cost cheap = { crypto_pwhash_OPSLIMIT_MIN,
					   crypto_pwhash_MEMLIMIT_MIN };
static char room[64];
static struct lw_vault *vault;

/* So many more calls, and the next one ends the process; -1: none does. */
static int calls_left = -1;
static int fail_fsync;

ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __real_renameat2(int from, const char *a, int to, const char *b,
		     unsigned int flags);
int __wrap_renameat2(int from, const char *a, int to, const char *b,
		     unsigned int flags);

static void count(void)
{
	if (calls_left >= 0 && calls_left-- == 0)
		_exit(KILLED);
}

ssize_t __wrap_write(int fd, const void *p, size_t n)
{
	/* Half of it is there. */
	if (calls_left == 0)
		(void)!__real_write(fd, p, n / 2);
	count();
	return __real_write(fd, p, n);
}

int __wrap_fsync(int fd)
{
	count();
	if (fail_fsync) {
		errno = EIO;
		return -1;
	}
	return __real_fsync(fd);
}

int __wrap_unlinkat(int dir, const char *name, int flags)
{
	count();
	return __real_unlinkat(dir, name, flags);
}

int __wrap_renameat2(int from, const char *a, int to, const char *b,
		     unsigned int flags)
{
	count();
	return __real_renameat2(from, a, to, b, flags);
}

int __real_crypto_pwhash_str_verify(const char *hash, const char *p,
				    unsigned long long n);
int __wrap_crypto_pwhash_str_verify(const char *hash, const char *p,
				    unsigned long long n);

/* What alice's file says when a password is compared with anybody's. */
static uint32_t failures_then;

int __wrap_crypto_pwhash_str_verify(const char *hash, const char *p,
				    unsigned long long n)
{
	struct lw_record rec;

	failures_then = lw_vault_load(vault, A, &rec) == LW_OK ? rec.failures
							       : UINT32_MAX;
	return __real_crypto_pwhash_str_verify(hash, p, n);
}

static void open_vault(void)
{
	assert_int_equal(lw_vault_open(room, cheap, &vault), LW_OK);
}

/* As after a restart. */
static void reopen(int64_t now)
{
	lw_vault_free(vault);
	open_vault();
	lw_vault_apply(vault, true, MAX, now);
}

static int begin(void **state)
{
	(void)state;
	snprintf(room, sizeof(room), "/tmp/lw-vault.XXXXXX");
	assert_non_null(mkdtemp(room));
	open_vault();
	lw_vault_apply(vault, true, MAX, NOW);
	return 0;
}

static int end(void **state)
{
	(void)state;
	calls_left = -1;
	fail_fsync = 0;
	assert_int_equal(lw_vault_forget(vault), LW_OK);
	lw_vault_free(vault);
	/* Nothing else may be in it. */
	assert_int_equal(rmdir(room), 0);
	return 0;
}

static void store(struct lw_str sid, const char *password, int64_t now)
{
	assert_int_equal(lw_vault_store(vault, sid, lw_password(password), now),
			 LW_OK);
}

static enum lw_err check(struct lw_str sid, const char *password, int64_t now)
{
	uint32_t age = 4711;
	enum lw_err e =
		lw_vault_check(vault, sid, lw_password(password), now, &age);

	if (e != LW_OK)
		assert_int_equal(age, 4711);
	return e;
}

static const char *path_of(const char *name)
{
	static char path[300];

	snprintf(path, sizeof(path), "%s/%s", room, name);
	return path;
}

static bool there(const char *name)
{
	return access(path_of(name), F_OK) == 0;
}

/* The whole file; its length. */
static size_t slurp(const char *name, uint8_t buf[1024])
{
	FILE *f = fopen(path_of(name), "re");
	size_t n;

	assert_non_null(f);
	n = fread(buf, 1, 1024, f);
	fclose(f);
	return n;
}

static void spit(const char *name, const void *p, size_t n)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(__real_write(fd, p, n), n);
	close(fd);
}

static void the_last_good_password_and_no_other(void **state)
{
	uint32_t age = 0;

	(void)state;
	assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
	store(ALICE, "one", NOW);
	assert_int_equal(lw_vault_check(vault, ALICE, lw_password("one"),
					NOW + 3 * DAY, &age),
			 LW_OK);
	assert_int_equal(age, 3 * DAY);
	assert_int_equal(check(ALICE, "two", NOW + 3 * DAY), LW_DENIED);
	assert_int_equal(check(ALICE, "on", NOW + 3 * DAY), LW_DENIED);
	assert_int_equal(check(ALICE, "onee", NOW + 3 * DAY), LW_DENIED);
	assert_int_equal(check(BOB, "one", NOW + 3 * DAY), LW_DENIED);
	assert_int_equal(check(LW_STR(""), "one", NOW + 3 * DAY), LW_DENIED);
	store(ALICE, "two", NOW + 3 * DAY);
	assert_int_equal(check(ALICE, "one", NOW + 3 * DAY), LW_DENIED);
	assert_int_equal(check(ALICE, "two", NOW + 3 * DAY), LW_OK);
	reopen(NOW + 3 * DAY);
	assert_int_equal(check(ALICE, "one", NOW + 3 * DAY), LW_DENIED);
	assert_int_equal(check(ALICE, "two", NOW + 3 * DAY), LW_OK);
}

static void two_with_one_password_have_nothing_in_common(void **state)
{
	struct lw_record a, b;
	uint8_t bytes[1024];
	size_t n;

	(void)state;
	store(ALICE, "one", NOW);
	store(BOB, "one", NOW);
	assert_int_equal(lw_vault_load(vault, A, &a), LW_OK);
	assert_int_equal(lw_vault_load(vault, B, &b), LW_OK);
	assert_string_not_equal(a.hash, b.hash);
	/* Not even with the other's hash in a record that is made to fit. */
	memcpy(a.hash, b.hash, sizeof(a.hash));
	n = lw_record_encode(&a, vault->keys, bytes);
	spit(A, bytes, n);
	assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
	assert_int_equal(check(BOB, "one", NOW), LW_OK);
}

static void anothers_file_is_nobodys(void **state)
{
	uint8_t bytes[1024];
	size_t n;

	(void)state;
	store(BOB, "one", NOW);
	n = slurp(B, bytes);
	spit(A, bytes, n);
	assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
	assert_false(there(A));
	assert_int_equal(check(BOB, "one", NOW), LW_OK);
}

/* Each byte, and each length, and what is no file of ours alone. */
static void a_damaged_file_is_removed_and_no_login(void **state)
{
	uint8_t good[1024], bytes[1024];
	size_t n;

	(void)state;
	store(ALICE, "one", NOW);
	n = slurp(A, good);
	assert_true(n > 100);
	for (size_t i = 0; i < n; i++) {
		memcpy(bytes, good, n);
		bytes[i] ^= 1;
		spit(A, bytes, n);
		assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
		assert_false(there(A));
		spit(A, good, i);
		assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
		assert_false(there(A));
	}
	spit(A, good, n);
	assert_int_equal(chmod(path_of(A), 0640), 0);
	assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
	assert_false(there(A));
	spit("elsewhere", good, n);
	assert_int_equal(symlink("elsewhere", path_of(A)), 0);
	assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
	assert_false(there(A));
	assert_true(there("elsewhere"));
	memset(bytes, 'x', sizeof(bytes));
	spit(A, bytes, sizeof(bytes));
	assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
	assert_false(there(A));
}

static void without_its_pepper_a_record_is_worth_nothing(void **state)
{
	uint8_t bytes[1024], pepper[1024];
	size_t n;

	(void)state;
	store(ALICE, "one", NOW);
	n = slurp(A, bytes);
	assert_int_equal(slurp("pepper", pepper), LW_PEPPER_SIZE);
	assert_int_equal(unlink(path_of("pepper")), 0);
	reopen(NOW);
	assert_false(there(A));
	spit(A, bytes, n);
	assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
	/* A damaged one is none. */
	store(ALICE, "one", NOW);
	spit("pepper", pepper, LW_PEPPER_SIZE - 1);
	reopen(NOW);
	assert_false(there(A));
	assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
}

static void it_counts_for_so_long_and_then_it_is_gone(void **state)
{
	(void)state;
	store(ALICE, "one", NOW);
	store(BOB, "one", NOW + 1);
	assert_int_equal(check(ALICE, "one", NOW + MAX), LW_OK);
	assert_int_equal(check(ALICE, "one", NOW + MAX + 1), LW_DENIED);
	assert_false(there(A));
	assert_int_equal(check(BOB, "one", NOW + MAX + 1), LW_OK);
	/* Nobody needs to ask for that. */
	lw_vault_apply(vault, true, MAX, NOW + MAX + 2);
	assert_false(there(B));
	/* A shorter time holds for what is there. */
	store(ALICE, "one", NOW + MAX + 2);
	lw_vault_apply(vault, true, 60, NOW + MAX + 62);
	assert_true(there(A));
	lw_vault_apply(vault, true, 60, NOW + MAX + 63);
	assert_false(there(A));
}

/* However it went back, and whoever noticed the later moment. */
static void a_clock_that_went_back_lets_nobody_in(void **state)
{
	(void)state;
	store(ALICE, "one", NOW);
	assert_int_equal(check(ALICE, "one", NOW - 1), LW_DENIED);
	assert_int_equal(check(ALICE, "one", NOW), LW_OK);
	assert_int_equal(check(ALICE, "one", NOW + 10), LW_OK);
	assert_int_equal(check(ALICE, "one", NOW + 9), LW_DENIED);
	/* Another user's attempt, or nobody's. */
	assert_int_equal(check(LW_STR(""), "one", NOW + 5 * DAY), LW_DENIED);
	assert_int_equal(check(ALICE, "one", NOW + 4 * DAY), LW_DENIED);
	reopen(NOW + 4 * DAY);
	assert_int_equal(check(ALICE, "one", NOW + 4 * DAY), LW_DENIED);
	/* Also where the file of the clock is lost. */
	assert_int_equal(check(ALICE, "one", NOW + 5 * DAY + 1), LW_OK);
	assert_int_equal(unlink(path_of("clock")), 0);
	reopen(NOW + 4 * DAY);
	assert_int_equal(check(ALICE, "one", NOW + 4 * DAY), LW_DENIED);
	assert_int_equal(check(ALICE, "one", NOW + 5 * DAY + 1), LW_OK);
}

/* An online login says what time it is. */
static void what_a_wrong_clock_stored_is_removed(void **state)
{
	(void)state;
	store(ALICE, "one", NOW);
	store(BOB, "one", NOW + 365 * DAY);
	assert_int_equal(check(ALICE, "one", NOW + 1), LW_DENIED);
	store(ALICE, "one", NOW + 2);
	assert_false(there(B));
	assert_int_equal(check(ALICE, "one", NOW + 3), LW_OK);
	reopen(NOW + 4);
	assert_int_equal(check(ALICE, "one", NOW + 4), LW_OK);
}

/* The pauses of record.h, with a restart between any two attempts. */
static void wrong_ones_cost_longer_and_longer(void **state)
{
	static const int64_t pauses[] = { 30,  60,   120,  240,	 480,
					  960, 1920, 3600, 3600, 3600 };
	int64_t now = NOW;

	(void)state;
	store(ALICE, "one", NOW);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(check(ALICE, "two", now), LW_DENIED);
		reopen(now);
	}
	assert_int_equal(check(ALICE, "one", now), LW_OK);
	/* Success begins anew. */
	for (int i = 0; i < 4; i++)
		assert_int_equal(check(ALICE, "two", now), LW_DENIED);
	for (size_t i = 0; i < COUNT(pauses); i++) {
		reopen(now);
		assert_int_equal(check(ALICE, "two", now), LW_DENIED);
		assert_int_equal(check(ALICE, "one", now), LW_DENIED);
		reopen(now);
		now += pauses[i];
		assert_int_equal(check(ALICE, "one", now - 1), LW_DENIED);
	}
	assert_int_equal(check(ALICE, "one", now), LW_OK);
	assert_int_equal(check(ALICE, "two", now), LW_DENIED);
	assert_int_equal(check(ALICE, "one", now), LW_OK);
}

static void others_are_not_paused_and_online_ends_it(void **state)
{
	(void)state;
	store(ALICE, "one", NOW);
	store(BOB, "one", NOW);
	for (int i = 0; i < 6; i++)
		assert_int_equal(check(ALICE, "two", NOW), LW_DENIED);
	assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
	assert_int_equal(check(BOB, "one", NOW), LW_OK);
	store(ALICE, "one", NOW);
	assert_int_equal(check(ALICE, "one", NOW), LW_OK);
}

static void what_the_directory_refuses_is_removed(void **state)
{
	(void)state;
	store(ALICE, "one", NOW);
	/* A slip of the fingers is not what is kept. */
	assert_int_equal(lw_vault_refused(vault, ALICE, lw_password("two")),
			 LW_OK);
	assert_true(there(A));
	assert_int_equal(lw_vault_refused(vault, BOB, lw_password("one")),
			 LW_OK);
	assert_int_equal(lw_vault_refused(vault, ALICE, lw_password("one")),
			 LW_OK);
	assert_false(there(A));
	assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
}

static void where_it_is_off_nothing_is_kept(void **state)
{
	(void)state;
	store(ALICE, "one", NOW);
	store(BOB, "one", NOW);
	lw_vault_apply(vault, false, MAX, NOW);
	assert_false(there(A));
	assert_false(there(B));
	assert_int_equal(lw_vault_store(vault, ALICE, lw_password("one"), NOW),
			 LW_FORBIDDEN);
	assert_int_equal(check(ALICE, "one", NOW), LW_FORBIDDEN);
	assert_int_equal(lw_vault_refused(vault, ALICE, lw_password("one")),
			 LW_FORBIDDEN);
	assert_int_equal(lw_vault_drop(vault, ALICE), LW_OK);
	assert_false(there(A));
	lw_vault_apply(vault, true, MAX, NOW);
	assert_int_equal(check(ALICE, "one", NOW), LW_DENIED);
}

/* Seen through a descriptor that outlives the name. */
static void what_is_removed_or_replaced_is_overwritten(void **state)
{
	uint8_t bytes[1024];
	struct lw_record before;

	(void)state;
	for (int how = 0; how < 4; how++) {
		int fd;
		ssize_t n;

		store(ALICE, "one", NOW);
		assert_int_equal(lw_vault_load(vault, A, &before), LW_OK);
		fd = open(path_of(A), O_RDONLY);
		assert_true(fd >= 0);
		if (how == 0)
			assert_int_equal(lw_vault_drop(vault, ALICE), LW_OK);
		else if (how == 1)
			store(ALICE, "two", NOW);
		else if (how == 2)
			assert_int_equal(check(ALICE, "two", NOW), LW_DENIED);
		else
			lw_vault_apply(vault, false, MAX, NOW);
		n = read(fd, bytes, sizeof(bytes));
		assert_true(n > 100);
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(bytes[i], 0);
		close(fd);
	}
}

/* No attempt is answered before it is counted on the disk. */
static void where_nothing_can_be_written_nobody_is_let_in(void **state)
{
	struct lw_record rec;

	(void)state;
	store(ALICE, "one", NOW);
	fail_fsync = 1;
	assert_int_equal(check(ALICE, "one", NOW), LW_OFFLINE);
	assert_int_equal(check(BOB, "one", NOW), LW_OFFLINE);
	fail_fsync = 0;
	assert_int_equal(lw_vault_load(vault, A, &rec), LW_OK);
	assert_int_equal(check(ALICE, "one", NOW), LW_OK);
}

static void it_is_counted_before_it_is_compared(void **state)
{
	(void)state;
	store(ALICE, "one", NOW);
	for (uint32_t i = 1; i < LW_FREE_FAILURES; i++) {
		assert_int_equal(check(ALICE, "two", NOW), LW_DENIED);
		assert_int_equal(failures_then, i);
	}
	assert_int_equal(check(ALICE, "one", NOW), LW_OK);
	assert_int_equal(failures_then, LW_FREE_FAILURES);
}

/* In a child that dies at the nth call; false: it came to its end before. */
static bool killed_at(int n, void (*act)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		/* Another's lock would go with it. */
		lw_vault_free(vault);
		open_vault();
		lw_vault_apply(vault, true, MAX, NOW);
		calls_left = n;
		act();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == KILLED);
	return WEXITSTATUS(status) == KILLED;
}

static void act_store(void)
{
	lw_vault_store(vault, ALICE, lw_password("two"), NOW);
}

static void act_wrong(void)
{
	lw_vault_check(vault, ALICE, lw_password("two"), NOW,
		       &(uint32_t) { 0 });
}

static void act_right(void)
{
	lw_vault_check(vault, ALICE, lw_password("one"), NOW,
		       &(uint32_t) { 0 });
}

static void act_drop(void)
{
	lw_vault_drop(vault, ALICE);
}

static unsigned int files(void)
{
	DIR *d = opendir(room);
	struct dirent *e;
	unsigned int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void killed_at_any_moment_it_is_one_or_the_other(void **state)
{
	int n;

	(void)state;
	for (n = 0;; n++) {
		bool one, two, killed;

		store(ALICE, "one", NOW);
		lw_vault_free(vault);
		vault = NULL;
		killed = killed_at(n, act_store);
		open_vault();
		lw_vault_apply(vault, true, MAX, NOW);
		one = check(ALICE, "one", NOW) == LW_OK;
		two = check(ALICE, "two", NOW) == LW_OK;
		assert_true(one != two);
		/* pepper, clock, nobody, alice: nothing is left behind. */
		assert_true(files() <= 4);
		if (!killed)
			break;
	}
	assert_true(n > 5);
}

/* Whoever is killed before he answers has had his attempt all the same. */
static void no_kill_makes_an_attempt_free(void **state)
{
	static void (*const acts[])(void) = { act_wrong, act_right };

	(void)state;
	for (size_t i = 0; i < COUNT(acts); i++) {
		for (int n = 0;; n++) {
			struct lw_record rec;
			bool killed;

			store(ALICE, "one", NOW);
			assert_int_equal(check(ALICE, "two", NOW), LW_DENIED);
			lw_vault_free(vault);
			vault = NULL;
			killed = killed_at(n, acts[i]);
			open_vault();
			lw_vault_apply(vault, true, MAX, NOW);
			assert_int_equal(lw_vault_load(vault, A, &rec), LW_OK);
			/* One before; two as soon as an answer is possible. */
			if (acts[i] == act_wrong)
				assert_true(rec.failures == 2 ||
					    (rec.failures == 1 && killed));
			else
				assert_true(killed || rec.failures == 0);
			if (!killed)
				break;
			assert_int_equal(check(ALICE, "one", NOW), LW_OK);
		}
	}
}

static void a_drop_that_is_killed_never_leaves_half(void **state)
{
	(void)state;
	for (int n = 0;; n++) {
		bool killed;

		store(ALICE, "one", NOW);
		lw_vault_free(vault);
		vault = NULL;
		killed = killed_at(n, act_drop);
		open_vault();
		lw_vault_apply(vault, true, MAX, NOW);
		/* Still there, or no record: overwritten is removed. */
		if (check(ALICE, "one", NOW) != LW_OK)
			assert_false(there(A));
		else
			assert_true(killed);
		if (!killed)
			break;
	}
	assert_false(there(A));
}

static void only_one_at_a_time_and_only_in_a_directory_of_ours(void **state)
{
	struct lw_vault *v;

	(void)state;
	assert_int_equal(lw_vault_open(room, cheap, &v), LW_OFFLINE);
	lw_vault_free(vault);
	assert_int_equal(chmod(room, 0750), 0);
	assert_int_equal(lw_vault_open(room, cheap, &v), LW_OFFLINE);
	assert_int_equal(chmod(room, 0700), 0);
	open_vault();
	assert_int_equal(lw_vault_open("/nowhere", cheap, &v), LW_OFFLINE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_good_password_and_no_other),
		TEST(two_with_one_password_have_nothing_in_common),
		TEST(anothers_file_is_nobodys),
		TEST(a_damaged_file_is_removed_and_no_login),
		TEST(without_its_pepper_a_record_is_worth_nothing),
		TEST(it_counts_for_so_long_and_then_it_is_gone),
		TEST(a_clock_that_went_back_lets_nobody_in),
		TEST(what_a_wrong_clock_stored_is_removed),
		TEST(wrong_ones_cost_longer_and_longer),
		TEST(others_are_not_paused_and_online_ends_it),
		TEST(what_the_directory_refuses_is_removed),
		TEST(where_it_is_off_nothing_is_kept),
		TEST(what_is_removed_or_replaced_is_overwritten),
		TEST(where_nothing_can_be_written_nobody_is_let_in),
		TEST(it_is_counted_before_it_is_compared),
		TEST(killed_at_any_moment_it_is_one_or_the_other),
		TEST(no_kill_makes_an_attempt_free),
		TEST(a_drop_that_is_killed_never_leaves_half),
		TEST(only_one_at_a_time_and_only_in_a_directory_of_ours),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
