/*
 * test_vault_file.c - tests vault_keep.c, file.c and hash.c of
 * lightwaved-creds: whose a file is, that a damaged one is none, and that what
 * is removed is gone.
 */
#include "vault_rig.h"

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
		TEST(two_with_one_password_have_nothing_in_common),
		TEST(anothers_file_is_nobodys),
		TEST(a_damaged_file_is_removed_and_no_login),
		TEST(without_its_pepper_a_record_is_worth_nothing),
		TEST(what_is_removed_or_replaced_is_overwritten),
		TEST(only_one_at_a_time_and_only_in_a_directory_of_ours),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
