/* test_verdict.c - what a bind's result says about an account. */
#include "unit.h"

#include "proto.h"
#include "verdict.h"

static void vmdir_answers_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(lw_verdict_of(0, LW_PP_NONE), LW_OK);
	assert_int_equal(lw_verdict_of(49, LW_PP_NONE), LW_DENIED);
	assert_int_equal(lw_verdict_of(49, LW_PP_EXPIRED), LW_EXPIRED);
	assert_int_equal(lw_verdict_of(49, LW_PP_LOCKED), LW_LOCKED);
	assert_int_equal(lw_verdict_of(50, LW_PP_NONE), LW_DISABLED);
	assert_int_equal(lw_verdict_of(50, LW_PP_LOCKED), LW_LOCKED);
	assert_int_equal(lw_verdict_of(50, LW_PP_EXPIRED), LW_DISABLED);
	assert_int_equal(lw_verdict_of(32, LW_PP_NONE), LW_NOTFOUND);
}

static void a_server_may_say_that_there_is_no_password(void **state)
{
	(void)state;
	assert_int_equal(lw_verdict_of(48, LW_PP_NONE), LW_NOPASSWORD);
	assert_int_equal(lw_verdict_of(48, LW_PP_LOCKED), LW_LOCKED);
	assert_int_equal(lw_verdict_of(48, LW_PP_EXPIRED), LW_NOPASSWORD);
	assert_int_equal(lw_verdict_of(48, LW_PP_RESET), LW_NOPASSWORD);
	assert_int_equal(lw_verdict_of(48, LW_PP_GRACE), LW_NOPASSWORD);
	assert_int_equal(lw_verdict_of(48, LW_PP_OTHER), LW_NOPASSWORD);
}

static void success_may_ask_for_another_password(void **state)
{
	(void)state;
	assert_int_equal(lw_verdict_of(0, LW_PP_RESET), LW_CHANGE);
	assert_int_equal(lw_verdict_of(0, LW_PP_EXPIRED), LW_CHANGE);
	assert_int_equal(lw_verdict_of(0, LW_PP_GRACE), LW_CHANGE);
	/* Two words against each other: the careful one. */
	assert_int_equal(lw_verdict_of(0, LW_PP_LOCKED), LW_LOCKED);
	assert_int_equal(lw_verdict_of(0, LW_PP_OTHER), LW_NOMEM);
}

/* The one way in: success without a word against it. */
static void only_plain_success_is_yes(void **state)
{
	(void)state;
	for (int result = -20; result <= 130; result++) {
		for (unsigned int pp = 0; pp < LW_PP_COUNT; pp++) {
			enum lw_err e =
				lw_verdict_of(result, (enum lw_ppolicy)pp);

			assert_int_equal(e == LW_OK,
					 result == 0 && pp == LW_PP_NONE);
			assert_true(e != LW_CHANGE || result == 0);
		}
	}
}

/* Busy, unavailable, a referral: somebody did. Our own errors: nobody. */
static void what_is_no_answer_says_nothing(void **state)
{
	(void)state;
	for (int result = -20; result <= 130; result++) {
		if (result == LDAP_SUCCESS || result == LDAP_NO_SUCH_OBJECT ||
		    result == LDAP_INVALID_CREDENTIALS ||
		    result == LDAP_INAPPROPRIATE_AUTH ||
		    result == LDAP_INSUFFICIENT_ACCESS)
			continue;
		for (unsigned int pp = 0; pp < LW_PP_COUNT; pp++)
			assert_int_equal(
				lw_verdict_of(result, (enum lw_ppolicy)pp),
				result < 0 ? LW_OFFLINE : LW_NOMEM);
	}
}

/*
 * A control that is new to us, or that speaks of changes, must not turn a
 * refusal into something else.
 */
static void a_refusal_stays_one(void **state)
{
	(void)state;
	for (unsigned int n = LW_PP_RESET; n < LW_PP_COUNT; n++) {
		enum lw_ppolicy pp = (enum lw_ppolicy)n;

		assert_int_equal(lw_verdict_of(49, pp), LW_DENIED);
		assert_int_equal(lw_verdict_of(50, pp), LW_DISABLED);
		assert_int_equal(lw_verdict_of(48, pp), LW_NOPASSWORD);
	}
	for (unsigned int n = 0; n < LW_PP_COUNT; n++)
		assert_int_equal(lw_verdict_of(32, (enum lw_ppolicy)n),
				 LW_NOTFOUND);
}

static void the_control_is_read_by_number(void **state)
{
	static const enum lw_ppolicy known[] = {
		LW_PP_EXPIRED,	   LW_PP_LOCKED,    LW_PP_RESET,
		LW_PP_NOT_ALLOWED, LW_PP_NEEDS_OLD, LW_PP_QUALITY,
		LW_PP_TOO_SHORT,   LW_PP_TOO_YOUNG, LW_PP_IN_HISTORY,
		LW_PP_TOO_LONG
	};

	(void)state;
	assert_int_equal(lw_ppolicy_of(65535, -1), LW_PP_NONE);
	assert_int_equal(lw_ppolicy_of(65535, 0), LW_PP_GRACE);
	assert_int_equal(lw_ppolicy_of(65535, 3), LW_PP_GRACE);
	for (unsigned int n = 0; n < 65535; n++)
		assert_int_equal(lw_ppolicy_of(n, -1),
				 n < COUNT(known) ? known[n] : LW_PP_OTHER);
	assert_int_equal(lw_ppolicy_of(65536, -1), LW_PP_OTHER);
	assert_int_equal(lw_ppolicy_of(~0u, -1), LW_PP_OTHER);
	/* What it says of grace takes nothing of an error back. */
	assert_int_equal(lw_ppolicy_of(1, 3), LW_PP_LOCKED);
}

static struct lw_ppolicy_answer read_control(const char *oid, void *value,
					     size_t n)
{
	LDAPControl ctrl = { .ldctl_oid = (char *)(uintptr_t)oid,
			     .ldctl_value = { n, value } };
	LDAPControl *ctrls[] = { &ctrl, NULL };
	struct lw_ppolicy_answer a;
	LDAP *ld = NULL;

	assert_int_equal(ldap_initialize(&ld, NULL), LDAP_SUCCESS);
	a = lw_ppolicy_read(ld, ctrls);
	ldap_unbind_ext(ld, NULL, NULL);
	return a;
}

static void the_control_is_read_from_its_bytes(void **state)
{
	uint8_t days[] = { 0x30, 7, 0xA0, 5, 0x80, 3, 0x06, 0x97, 0x80 };
	uint8_t grace[] = { 0x30, 5, 0xA0, 3, 0x81, 1, 2 };
	uint8_t reset[] = { 0x30, 3, 0x81, 1, 2 };
	uint8_t junk[] = { 0x30, 6, 0xA0, 1, 0x80, 0x81, 1, 2 };
	uint8_t after[] = { 0x30, 3, 0x81, 1, 2, 0 };
	uint8_t cut[] = { 0x30, 9, 0x81, 1, 2 };
	struct lw_ppolicy_answer a;

	(void)state;
	a = read_control(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, days,
			 sizeof(days));
	assert_int_equal(a.pp, LW_PP_NONE);
	assert_int_equal(a.expires_in, 432000);
	a = read_control(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, grace,
			 sizeof(grace));
	assert_int_equal(a.pp, LW_PP_GRACE);
	assert_int_equal(a.expires_in, LW_NEVER);
	a = read_control(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, reset,
			 sizeof(reset));
	assert_int_equal(a.pp, LW_PP_RESET);
	a = read_control(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, cut, sizeof(cut));
	assert_int_equal(a.pp, LW_PP_OTHER);
	/* An error behind what cannot be read is not passed over. */
	a = read_control(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, junk,
			 sizeof(junk));
	assert_int_equal(a.pp, LW_PP_OTHER);
	a = read_control(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, after,
			 sizeof(after));
	assert_int_equal(a.pp, LW_PP_OTHER);
	a = read_control("1.2.3.4", reset, sizeof(reset));
	assert_int_equal(a.pp, LW_PP_NONE);
	assert_int_equal(lw_ppolicy_read(NULL, NULL).pp, LW_PP_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vmdir_answers_are_told_apart),
		cmocka_unit_test(a_server_may_say_that_there_is_no_password),
		cmocka_unit_test(success_may_ask_for_another_password),
		cmocka_unit_test(only_plain_success_is_yes),
		cmocka_unit_test(what_is_no_answer_says_nothing),
		cmocka_unit_test(a_refusal_stays_one),
		cmocka_unit_test(the_control_is_read_by_number),
		cmocka_unit_test(the_control_is_read_from_its_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
