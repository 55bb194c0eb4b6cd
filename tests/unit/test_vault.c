/*
 * test_vault.c - tests vault.c and vault_keep.c of lightwaved-creds: what a
 * password that is kept is worth, how long, and how often.
 */
#include "vault_rig.h"

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

/* As a time service makes them. */
static void a_small_step_back_is_waited_for(void **state)
{
	(void)state;
	store(BOB, "one", NOW + 100);
	store(ALICE, "one", NOW + 41);
	assert_true(there(B));
	assert_int_equal(check(ALICE, "one", NOW + 99), LW_DENIED);
	assert_int_equal(check(ALICE, "one", NOW + 100), LW_OK);
	assert_int_equal(check(BOB, "one", NOW + 100), LW_OK);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_good_password_and_no_other),
		TEST(it_counts_for_so_long_and_then_it_is_gone),
		TEST(a_clock_that_went_back_lets_nobody_in),
		TEST(what_a_wrong_clock_stored_is_removed),
		TEST(a_small_step_back_is_waited_for),
		TEST(wrong_ones_cost_longer_and_longer),
		TEST(others_are_not_paused_and_online_ends_it),
		TEST(what_the_directory_refuses_is_removed),
		TEST(where_it_is_off_nothing_is_kept),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
