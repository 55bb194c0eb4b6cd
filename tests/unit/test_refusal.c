/* test_refusal.c - what the answer to a change of password means. */
#include "unit.h"

#include "refusal.h"
#include "skew.h"

static void the_domains_rules_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(lw_refusal_of_modify(0, LW_PP_NONE), LW_OK);
	assert_int_equal(lw_refusal_of_modify(19, LW_PP_TOO_SHORT),
			 LW_TOOSHORT);
	assert_int_equal(lw_refusal_of_modify(19, LW_PP_QUALITY), LW_WEAK);
	assert_int_equal(lw_refusal_of_modify(19, LW_PP_TOO_LONG), LW_WEAK);
	assert_int_equal(lw_refusal_of_modify(19, LW_PP_IN_HISTORY),
			 LW_HISTORY);
	assert_int_equal(lw_refusal_of_modify(19, LW_PP_TOO_YOUNG), LW_TOOSOON);
	assert_int_equal(lw_refusal_of_modify(19, LW_PP_NOT_ALLOWED),
			 LW_NOTALLOWED);
	assert_int_equal(lw_refusal_of_modify(19, LW_PP_NEEDS_OLD),
			 LW_NOTALLOWED);
	assert_int_equal(lw_refusal_of_modify(19, LW_PP_NONE), LW_WEAK);
	assert_int_equal(lw_refusal_of_modify(19, LW_PP_OTHER), LW_WEAK);
}

/* vmdir 49, slapd 53; both put words for it into the text, or worse. */
static void a_wrong_old_password_and_a_ban_are_known(void **state)
{
	(void)state;
	assert_int_equal(lw_refusal_of_modify(49, LW_PP_NONE), LW_DENIED);
	assert_int_equal(lw_refusal_of_modify(50, LW_PP_NONE), LW_NOTALLOWED);
	assert_int_equal(lw_refusal_of_modify(50, LW_PP_NOT_ALLOWED),
			 LW_NOTALLOWED);
	assert_int_equal(lw_refusal_of_modify(53, LW_PP_NONE), LW_NOTALLOWED);
	assert_int_equal(lw_refusal_of_modify(53, LW_PP_NEEDS_OLD),
			 LW_NOTALLOWED);
	assert_int_equal(lw_refusal_of_modify(16, LW_PP_NONE), LW_NOTALLOWED);
	for (int result = 50; result <= 53; result += 3) {
		assert_int_equal(lw_refusal_of_modify(result, LW_PP_TOO_SHORT),
				 LW_TOOSHORT);
		assert_int_equal(lw_refusal_of_modify(result, LW_PP_QUALITY),
				 LW_WEAK);
		assert_int_equal(lw_refusal_of_modify(result, LW_PP_TOO_LONG),
				 LW_WEAK);
		assert_int_equal(lw_refusal_of_modify(result, LW_PP_IN_HISTORY),
				 LW_HISTORY);
		assert_int_equal(lw_refusal_of_modify(result, LW_PP_TOO_YOUNG),
				 LW_TOOSOON);
	}
}

/* Whatever the control says besides. */
static void only_success_is_a_change(void **state)
{
	(void)state;
	for (int result = -20; result <= 130; result++) {
		for (unsigned int n = 0; n < LW_PP_COUNT; n++) {
			enum lw_ppolicy pp = (enum lw_ppolicy)n;
			enum lw_err e = lw_refusal_of_modify(result, pp);

			assert_int_equal(e == LW_OK, result == 0);
			if (result != 0 && result != 16 && result != 19 &&
			    result != 49 && result != 50 && result != 53)
				assert_int_equal(e, LW_OFFLINE);
		}
	}
}

static void kpasswds_codes_have_a_meaning(void **state)
{
	static const enum lw_err means[] = { LW_OK,	    LW_OFFLINE,
					     LW_OFFLINE,    LW_DENIED,
					     LW_WEAK,	    LW_NOTALLOWED,
					     LW_NOTALLOWED, LW_NOTALLOWED };

	(void)state;
	for (int code = -1; code < 70000; code++) {
		enum lw_err e = code >= 0 && code < (int)COUNT(means)
					? means[code]
					: LW_OFFLINE;

		assert_int_equal(lw_refusal_of_kpasswd(code), e);
	}
}

static void the_kdc_can_refuse_too(void **state)
{
	(void)state;
	assert_int_equal(lw_refusal_of_kdc(KRB5KDC_ERR_PREAUTH_FAILED),
			 LW_DENIED);
	assert_int_equal(lw_refusal_of_kdc(KRB5KRB_AP_ERR_BAD_INTEGRITY),
			 LW_DENIED);
	assert_int_equal(lw_refusal_of_kdc(KRB5KDC_ERR_CLIENT_REVOKED),
			 LW_LOCKED);
	assert_int_equal(lw_refusal_of_kdc(KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN),
			 LW_NOTALLOWED);
	assert_int_equal(lw_refusal_of_kdc(KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN),
			 LW_NOTALLOWED);
	assert_int_equal(lw_refusal_of_kdc(KRB5KDC_ERR_ETYPE_NOSUPP),
			 LW_NOTALLOWED);
	assert_int_equal(lw_refusal_of_kdc(KRB5KDC_ERR_POLICY), LW_NOTALLOWED);
	assert_int_equal(lw_refusal_of_kdc(KRB5_PARSE_MALFORMED),
			 LW_NOTALLOWED);
	assert_int_equal(lw_refusal_of_kdc(KRB5_KDC_UNREACH), LW_OFFLINE);
	assert_int_equal(lw_refusal_of_kdc(KRB5KRB_AP_ERR_SKEW), LW_OFFLINE);
	assert_int_equal(lw_refusal_of_kdc(0), LW_OFFLINE);
}

static void clocks_differ_in_both_directions(void **state)
{
	(void)state;
	assert_int_equal(lw_skew_of(1000, 1000), 0);
	assert_int_equal(lw_skew_of(1420, 1000), 420);
	assert_int_equal(lw_skew_of(1000, 1420), -420);
	/* Over the end of 2038's first January days. */
	assert_int_equal(lw_skew_of(INT32_MIN, INT32_MAX), 1);
	assert_int_equal(lw_skew_of(INT32_MAX, INT32_MIN), -1);
}

/* vmdir's KDC has one answer for a wrong password and for a wrong clock. */
static void a_wrong_clock_is_known_for_one(void **state)
{
	static const int32_t far[] = { 301,   -301,	 1800,
				       -1800, INT32_MAX, INT32_MIN };
	static const int32_t near[] = { 0, 1, -1, 120, 300, -300 };

	(void)state;
	for (size_t i = 0; i < COUNT(far); i++) {
		assert_true(lw_skew_is_why(KRB5KRB_AP_ERR_SKEW, far[i]));
		assert_true(lw_skew_is_why(KRB5KDC_ERR_PREAUTH_FAILED, far[i]));
		assert_true(lw_skew_is_why(KRB5KDC_ERR_NEVER_VALID, far[i]));
		assert_true(
			lw_skew_is_why(KRB5KDC_ERR_CANNOT_POSTDATE, far[i]));
		assert_true(lw_skew_is_why(KRB5KRB_AP_ERR_TKT_NYV, far[i]));
		assert_true(lw_skew_is_why(KRB5KRB_AP_ERR_TKT_EXPIRED, far[i]));
		assert_false(lw_skew_is_why(KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN,
					    far[i]));
		assert_false(lw_skew_is_why(KRB5_KDC_UNREACH, far[i]));
	}
	for (size_t i = 0; i < COUNT(near); i++) {
		/* The KDC's own word, whatever we make of its time. */
		assert_true(lw_skew_is_why(KRB5KRB_AP_ERR_SKEW, near[i]));
		assert_true(lw_skew_is_why(KRB5_KDCREP_SKEW, near[i]));
		assert_false(
			lw_skew_is_why(KRB5KDC_ERR_PREAUTH_FAILED, near[i]));
		assert_false(lw_skew_is_why(KRB5KDC_ERR_NEVER_VALID, near[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_domains_rules_are_told_apart),
		cmocka_unit_test(a_wrong_old_password_and_a_ban_are_known),
		cmocka_unit_test(only_success_is_a_change),
		cmocka_unit_test(kpasswds_codes_have_a_meaning),
		cmocka_unit_test(the_kdc_can_refuse_too),
		cmocka_unit_test(clocks_differ_in_both_directions),
		cmocka_unit_test(a_wrong_clock_is_known_for_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
