/*
 * test_pam_password.c - pam_authenticate(3) and the conversation: every
 * password is presented once, some never, and the user is told what he may
 * know.
 */
#include "check.h"
#include "pam_rig.h"

#include <string.h>

static const uint8_t never[4] = { 0xFF, 0xFF, 0xFF, 0xFF };
static const struct front_reply yes = { .op = LW_OP_AUTH,
					.body = never,
					.n = 4 };
static const struct front_reply no = { .op = LW_OP_AUTH, .status = LW_DENIED };

static void empty_and_overlong_passwords_stay_here(void **state)
{
	char overlong[514];

	(void)state;
	memset(overlong, 'a', sizeof(overlong));
	overlong[513] = '\0';
	for (int i = 0; i < 4; i++) {
		int flags = i < 2 ? 0 : (int)PAM_DISALLOW_NULL_AUTHTOK;
		struct rig r;

		rig_open(&r, "sshd", RIG_USER, "", &yes, 1);
		r.answers[0] = i % 2 ? overlong : "";
		assert_int_equal(pam_authenticate(r.pamh, flags), PAM_AUTH_ERR);
		assert_int_equal(front_count(&r.front, LW_OP_AUTH), 0);
		assert_in_range(r.delay, 1000000, 3000000);
		assert_string_equal(r.shown, "");
		rig_close(&r);
	}
}

static void all_other_passwords_go_to_the_front_as_they_are(void **state)
{
	char longest[512];
	/* The second is what sshd sends for users it does not know. */
	const char *passwords[] = { " ", "\b\n\r\177INCORRECT", "p\303\244ss",
				    longest };

	(void)state;
	/* libpam's own conversation limit is 511 bytes and an end. */
	memset(longest, 'a', sizeof(longest));
	longest[511] = '\0';
	for (size_t i = 0; i < COUNT(passwords); i++) {
		struct rig r;

		rig_open(&r, "sshd", RIG_USER, "", &yes, 1);
		r.answers[0] = passwords[i];
		assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
		assert_string_equal(
			front_question(&r.front, LW_OP_AUTH, 0)->password,
			passwords[i]);
		rig_close(&r);
	}
}

static void each_prompt_presents_its_password_once(void **state)
{
	struct front_reply table[] = { no, no, yes };
	struct rig r;

	(void)state;
	table[0].once = table[1].once = true;
	rig_open(&r, "login", RIG_USER, "", table, COUNT(table));
	r.answers[0] = "first";
	r.answers[1] = "second";
	r.answers[2] = "third";
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_AUTH_ERR);
	assert_int_equal(front_count(&r.front, LW_OP_AUTH), 1);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_AUTH_ERR);
	assert_int_equal(front_count(&r.front, LW_OP_AUTH), 2);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
	assert_int_equal(front_count(&r.front, LW_OP_AUTH), 3);
	for (unsigned int i = 0; i < 3; i++)
		assert_string_equal(
			front_question(&r.front, LW_OP_AUTH, i)->password,
			r.answers[i]);
	rig_close(&r);
}

static void who_hangs_up_is_not_judged(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, "login", RIG_USER, "", &yes, 1);
	r.answers[0] = NULL;
	assert_int_not_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
	assert_int_equal(r.prompts, 1);
	assert_int_equal(front_count(&r.front, LW_OP_AUTH), 0);
	rig_close(&r);
}

static void use_first_pass_never_prompts(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, "login", RIG_USER, "use_first_pass", &yes, 1);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_AUTH_ERR);
	assert_int_equal(r.prompts, 0);
	assert_int_equal(front_count(&r.front, LW_OP_AUTH), 0);
	rig_close(&r);
}

/* A module before ours has asked for the password already. */
static void a_password_that_is_there_is_used(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, "login", RIG_USER,
		 "auth optional " PAM_MODULE "\n"
		 "auth required " PAM_MODULE " use_first_pass\n",
		 &yes, 1);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
	assert_int_equal(r.prompts, 1);
	assert_int_equal(front_count(&r.front, LW_OP_AUTH), 2);
	assert_string_equal(front_question(&r.front, LW_OP_AUTH, 1)->password,
			    "secret");
	rig_close(&r);
}

static void a_user_who_changes_on_the_way_is_refused(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, "login", RIG_USER, "", &yes, 1);
	r.becomes = "bob@lightwave.local";
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_AUTH_ERR);
	assert_string_equal(front_question(&r.front, LW_OP_AUTH, 0)->name,
			    RIG_USER);
	rig_close(&r);
}

static void the_expiry_is_announced_from_15_days_on(void **state)
{
	static const struct {
		uint32_t left;
		const char *shown;
	} cases[] = {
		{ 0, "Your password expires in 1 day.\n" },
		{ 86400, "Your password expires in 1 day.\n" },
		{ 86401, "Your password expires in 2 days.\n" },
		{ 431990, "Your password expires in 5 days.\n" },
		{ 15 * 86400 - 1, "Your password expires in 15 days.\n" },
		{ 15 * 86400, "" },
		{ UINT32_MAX, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t body[4];
		struct front_reply reply = yes;
		struct rig r;

		lw_put_u32(body, cases[i].left);
		reply.body = body;
		rig_open(&r, "login", RIG_USER, "", &reply, 1);
		assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
		assert_string_equal(r.shown, cases[i].shown);
		rig_close(&r);
	}
}

static void the_quiet_are_told_nothing(void **state)
{
	static const struct front_reply replies[] = {
		{ .op = LW_OP_AUTH, .status = LW_EXPIRED },
		{ .op = LW_OP_AUTH, .body = "\0\0\0", .n = 4 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(replies); i++) {
		bool silent = i % 2;
		struct rig r;

		rig_open(&r, "login", RIG_USER, silent ? "" : "quiet",
			 &replies[i / 2], 1);
		assert_int_equal(
			pam_authenticate(r.pamh, silent ? (int)PAM_SILENT : 0),
			i < 2 ? PAM_CRED_EXPIRED : PAM_SUCCESS);
		assert_string_equal(r.shown, "");
		rig_close(&r);
	}
}

static void a_name_that_comes_later_is_waited_for(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, "login", NULL, "", &yes, 1);
	r.answers[0] = rig_later;
	r.answers[1] = RIG_USER;
	r.answers[2] = "secret";
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_INCOMPLETE);
	assert_int_equal(r.front.log->count, 0);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
	assert_string_equal(front_question(&r.front, LW_OP_AUTH, 0)->name,
			    RIG_USER);
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_and_overlong_passwords_stay_here),
		cmocka_unit_test(
			all_other_passwords_go_to_the_front_as_they_are),
		cmocka_unit_test(each_prompt_presents_its_password_once),
		cmocka_unit_test(who_hangs_up_is_not_judged),
		cmocka_unit_test(use_first_pass_never_prompts),
		cmocka_unit_test(a_password_that_is_there_is_used),
		cmocka_unit_test(a_user_who_changes_on_the_way_is_refused),
		cmocka_unit_test(the_expiry_is_announced_from_15_days_on),
		cmocka_unit_test(the_quiet_are_told_nothing),
		cmocka_unit_test(a_name_that_comes_later_is_waited_for),
	};

	return rig_main(tests, COUNT(tests));
}
