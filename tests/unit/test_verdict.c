/* test_verdict.c - what a bind's result says about an account. */
#include "unit.h"

#include "verdict.h"

#include <ldap.h>

static const enum lw_ppolicy all[] = { LW_PP_NONE, LW_PP_EXPIRED, LW_PP_LOCKED,
				       LW_PP_RESET, LW_PP_OTHER };

static void vmdir_answers_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(lw_verdict_of(0, LW_PP_NONE), LW_OK);
	assert_int_equal(lw_verdict_of(49, LW_PP_NONE), LW_DENIED);
	assert_int_equal(lw_verdict_of(49, LW_PP_EXPIRED), LW_EXPIRED);
	assert_int_equal(lw_verdict_of(49, LW_PP_LOCKED), LW_LOCKED);
	assert_int_equal(lw_verdict_of(50, LW_PP_NONE), LW_DISABLED);
	assert_int_equal(lw_verdict_of(50, LW_PP_LOCKED), LW_LOCKED);
	assert_int_equal(lw_verdict_of(50, LW_PP_EXPIRED), LW_EXPIRED);
	assert_int_equal(lw_verdict_of(32, LW_PP_NONE), LW_NOTFOUND);
	assert_int_equal(lw_verdict_of(0, LW_PP_RESET), LW_EXPIRED);
}

/* The one way in: success without a word against it. */
static void only_plain_success_is_yes(void **state)
{
	(void)state;
	for (int result = -20; result <= 130; result++) {
		for (size_t i = 0; i < COUNT(all); i++) {
			bool yes = lw_verdict_of(result, all[i]) == LW_OK;

			assert_int_equal(yes,
					 result == 0 && all[i] == LW_PP_NONE);
		}
	}
}

/* Busy, unavailable, a referral, our own errors: nobody answered. */
static void what_is_no_answer_says_nothing(void **state)
{
	(void)state;
	for (int result = -20; result <= 130; result++) {
		if (result == LDAP_SUCCESS || result == LDAP_NO_SUCH_OBJECT ||
		    result == LDAP_INVALID_CREDENTIALS ||
		    result == LDAP_INSUFFICIENT_ACCESS)
			continue;
		for (size_t i = 0; i < COUNT(all); i++)
			assert_int_equal(lw_verdict_of(result, all[i]),
					 LW_OFFLINE);
	}
	assert_int_equal(lw_verdict_of(0, LW_PP_OTHER), LW_OFFLINE);
}

/* A control that is new to us must not turn a refusal into something else. */
static void a_refusal_stays_one(void **state)
{
	(void)state;
	assert_int_equal(lw_verdict_of(49, LW_PP_OTHER), LW_DENIED);
	assert_int_equal(lw_verdict_of(49, LW_PP_RESET), LW_DENIED);
	assert_int_equal(lw_verdict_of(50, LW_PP_OTHER), LW_DISABLED);
	assert_int_equal(lw_verdict_of(50, LW_PP_RESET), LW_DISABLED);
	for (size_t i = 0; i < COUNT(all); i++)
		assert_int_equal(lw_verdict_of(32, all[i]), LW_NOTFOUND);
}

static void the_control_is_read_by_number(void **state)
{
	(void)state;
	assert_int_equal(lw_ppolicy_of(65535), LW_PP_NONE);
	assert_int_equal(lw_ppolicy_of(0), LW_PP_EXPIRED);
	assert_int_equal(lw_ppolicy_of(1), LW_PP_LOCKED);
	assert_int_equal(lw_ppolicy_of(2), LW_PP_RESET);
	for (unsigned int n = 3; n < 65535; n++)
		assert_int_equal(lw_ppolicy_of(n), LW_PP_OTHER);
	assert_int_equal(lw_ppolicy_of(65536), LW_PP_OTHER);
	assert_int_equal(lw_ppolicy_of(~0u), LW_PP_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vmdir_answers_are_told_apart),
		cmocka_unit_test(only_plain_success_is_yes),
		cmocka_unit_test(what_is_no_answer_says_nothing),
		cmocka_unit_test(a_refusal_stays_one),
		cmocka_unit_test(the_control_is_read_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
