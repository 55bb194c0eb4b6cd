/*
 * test_pam_codes.c - what no table of single cases says: of all there is to
 * answer, one answer alone lets somebody in.
 */
#include "check.h"
#include "pam_rig.h"

#include <string.h>

static const uint8_t never[9] = { 0xFF, 0xFF, 0xFF, 0xFF };

/* All questions are answered by e, but the one about whose the name is. */
static void open_rig(struct rig *r, enum lw_err e)
{
	const struct front_reply table[] = {
		{ .op = LW_OP_OURS },
		{ .op = LW_OP_AUTH, .status = e, .body = never, .n = 9 },
		{ .op = LW_OP_VERIFY, .status = e },
		{ .op = LW_OP_ACCOUNT, .status = e },
		{ .op = LW_OP_PASSWORD, .status = e },
	};

	rig_open(r, "sshd", RIG_USER, "", table, COUNT(table));
	for (size_t i = 0; i < COUNT(r->answers); i++)
		r->answers[i] = "secret";
}

/*
 * A stack ignores PAM_USER_UNKNOWN and PAM_IGNORE, and asks pam_unix instead:
 * they are for who is not ours.
 */
static void refused(enum lw_err e, int code)
{
	assert_int_not_equal(code, PAM_SUCCESS);
	assert_int_not_equal(code, PAM_IGNORE);
	if (e == LW_NOTOURS)
		assert_int_equal(code, PAM_USER_UNKNOWN);
	else
		assert_int_not_equal(code, PAM_USER_UNKNOWN);
}

static void nothing_but_yes_is_yes(void **state)
{
	(void)state;
	for (int e = LW_OK + 1; e <= LW_ERR_COUNT + 1; e++) {
		struct rig r;

		open_rig(&r, (enum lw_err)e);
		refused((enum lw_err)e, pam_authenticate(r.pamh, 0));
		refused((enum lw_err)e, pam_acct_mgmt(r.pamh, 0));
		refused((enum lw_err)e, pam_chauthtok(r.pamh, 0));
		assert_int_equal(front_count(&r.front, LW_OP_AUTH), 1);
		assert_int_equal(front_count(&r.front, LW_OP_PASSWORD), 0);
		rig_close(&r);
	}
}

static void nothing_but_yes_changes_a_password(void **state)
{
	(void)state;
	for (int e = LW_OK; e <= LW_ERR_COUNT + 1; e++) {
		const struct front_reply table[] = {
			{ .op = LW_OP_VERIFY },
			{ .op = LW_OP_PASSWORD, .status = (enum lw_err)e },
		};
		struct rig r;
		int code;

		rig_open(&r, "passwd", RIG_USER, "", table, COUNT(table));
		for (size_t i = 1; i < COUNT(r.answers); i++)
			r.answers[i] = "another";
		code = pam_chauthtok(r.pamh, 0);
		if (e == LW_OK)
			assert_int_equal(code, PAM_SUCCESS);
		else
			refused((enum lw_err)e, code);
		assert_string_equal(front_question(&r.front, LW_OP_PASSWORD, 0)
					    ->new_password,
				    "another");
		rig_close(&r);
	}
}

/* An application that is asked again and again asks the same questions. */
static void the_same_answer_gives_the_same_code(void **state)
{
	(void)state;
	for (int e = LW_OK + 1; e < LW_ERR_COUNT; e++) {
		struct rig r;
		int code;

		open_rig(&r, (enum lw_err)e);
		code = pam_acct_mgmt(r.pamh, 0);
		assert_int_equal(pam_acct_mgmt(r.pamh, 0), code);
		assert_int_equal(front_count(&r.front, LW_OP_ACCOUNT), 2);
		assert_int_equal(front_count(&r.front, LW_OP_OURS), 1);
		rig_close(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_but_yes_is_yes),
		cmocka_unit_test(nothing_but_yes_changes_a_password),
		cmocka_unit_test(the_same_answer_gives_the_same_code),
	};

	return rig_main(tests, COUNT(tests));
}
