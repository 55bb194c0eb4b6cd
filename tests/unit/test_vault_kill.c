/*
 * test_vault_kill.c - lightwaved-creds is killed at each of its writes, or can
 * write nothing: what is kept is whole, and no attempt is free.
 *
 * write, fsync, renameat2 and unlinkat come here first, so that a child can be
 * killed at each of them.
 */
#include "vault_rig.h"

#include <dirent.h>
#include <errno.h>
#include <sys/wait.h>

#define KILLED 77

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

static int end_unharmed(void **state)
{
	calls_left = -1;
	fail_fsync = 0;
	return end(state);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end_unharmed)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(where_nothing_can_be_written_nobody_is_let_in),
		TEST(it_is_counted_before_it_is_compared),
		TEST(killed_at_any_moment_it_is_one_or_the_other),
		TEST(no_kill_makes_an_attempt_free),
		TEST(a_drop_that_is_killed_never_leaves_half),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
