/*
 * test_pam_account.c - pam_acct_mgmt(3): asked for every login, whichever way
 * somebody proved who he is.
 */
#include "check.h"
#include "pam_rig.h"

#include <string.h>
#include <unistd.h>

/* What the front says of the account after it said yes. */
struct entry {
	uint8_t body[256];
	struct front_reply reply;
};

static struct front_reply *entry(struct entry *e, uint32_t uid,
				 const char *home)
{
	struct lw_passwd pw = { .uid = uid,
				.gid = 545,
				.name = LW_STR(RIG_USER),
				.gecos = LW_STR(""),
				.dir = lw_str(home),
				.shell = LW_STR("/bin/sh") };
	struct lw_wr w;

	lw_wr_init(&w, e->body, sizeof(e->body));
	lw_passwd_encode(&w, &pw);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	e->reply = (struct front_reply) { .op = LW_OP_PASSWD_BY_NAME,
					  .body = e->body,
					  .n = (size_t)(w.p - e->body) };
	return &e->reply;
}

static void every_verdict_has_its_code_and_text(void **state)
{
	static const struct {
		enum lw_err e;
		int code;
		const char *shown;
	} cases[] = {
		{ LW_OK, PAM_SUCCESS, "" },
		{ LW_NOTOURS, PAM_USER_UNKNOWN, "" },
		{ LW_NOTFOUND, PAM_PERM_DENIED, "" },
		{ LW_DENIED, PAM_PERM_DENIED, "" },
		{ LW_INVALID, PAM_PERM_DENIED, "" },
		{ LW_LOCKED, PAM_PERM_DENIED, "Your account is locked." },
		{ LW_FORBIDDEN, PAM_PERM_DENIED, "You may not log in" },
		{ LW_DISABLED, PAM_ACCT_EXPIRED, "Your account is disabled" },
		{ LW_EXPIRED, PAM_ACCT_EXPIRED, "Your password has expired." },
		{ LW_OFFLINE, PAM_AUTHINFO_UNAVAIL, "your account could not" },
		{ LW_RANGE, PAM_AUTHINFO_UNAVAIL, "your account could not" },
		{ LW_PROTO, PAM_AUTHINFO_UNAVAIL, "your account could not" },
		{ LW_NOMEM, PAM_AUTHINFO_UNAVAIL, "your account could not" },
		{ LW_PENDING, PAM_AUTHINFO_UNAVAIL, "your account could not" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct entry e;
		struct front_reply table[] = {
			{ .op = LW_OP_ACCOUNT, .status = cases[i].e },
			*entry(&e, 16778241, "./not-made-yet"),
		};
		struct rig r;

		rig_open(&r, "sshd", RIG_USER, "", table, COUNT(table));
		assert_int_equal(pam_acct_mgmt(r.pamh, 0), cases[i].code);
		if (*cases[i].shown)
			assert_non_null(strstr(r.shown, cases[i].shown));
		else
			assert_string_equal(r.shown, "");
		assert_int_equal(r.prompts, 0);
		rig_close(&r);
	}
}

static void the_front_is_told_all_but_the_password(void **state)
{
	static const uint8_t never[4] = { 0xFF, 0xFF, 0xFF, 0xFF };
	struct entry e;
	struct front_reply table[] = {
		{ .op = LW_OP_AUTH, .body = never, .n = 4 },
		{ .op = LW_OP_ACCOUNT },
		*entry(&e, 16778241, "./not-made-yet"),
	};
	const struct front_question *q;
	struct rig r;

	(void)state;
	rig_open(&r, "sshd", RIG_USER, "", table, COUNT(table));
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(r.pamh, 0), PAM_SUCCESS);
	q = front_question(&r.front, LW_OP_ACCOUNT, 0);
	assert_true(q->priv);
	assert_string_equal(q->name, RIG_USER);
	assert_string_equal(q->password, "");
	assert_string_equal(q->service, "sshd");
	assert_string_equal(q->rhost, "192.0.2.7");
	assert_int_equal(front_count(&r.front, LW_OP_ACCOUNT), 1);
	rig_close(&r);
}

/* Prepared by who had the name before: its files would run as this user. */
static void a_home_of_somebody_else_is_refused(void **state)
{
	const struct {
		uint32_t uid;
		const char *home;
		int code;
	} cases[] = {
		{ getuid() + 1, ".", PAM_PERM_DENIED },
		{ getuid(), "./passwd", PAM_PERM_DENIED }, /* a file */
		{ getuid(), ".", PAM_SUCCESS },
		{ getuid(), "./passwd/x", PAM_AUTHINFO_UNAVAIL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct entry e;
		struct front_reply table[] = {
			{ .op = LW_OP_ACCOUNT },
			*entry(&e, cases[i].uid, cases[i].home),
		};
		struct rig r;

		rig_open(&r, "sshd", RIG_USER, "", table, COUNT(table));
		assert_int_equal(pam_acct_mgmt(r.pamh, 0), cases[i].code);
		assert_true(front_question(&r.front, LW_OP_PASSWD_BY_NAME, 0)
				    ->priv);
		rig_close(&r);
	}
}

static void others_are_others_business(void **state)
{
	static const struct {
		const char *user, *options;
		enum lw_err ours;
		bool away;
		int code;
		unsigned int asked;
	} cases[] = {
		{ "root", "", LW_OK, false, PAM_USER_UNKNOWN, 0 },
		{ "root", "nullok", LW_OK, false, PAM_USER_UNKNOWN, 0 },
		{ "local", "", LW_OK, false, PAM_USER_UNKNOWN, 0 },
		{ "carl", "", LW_NOTOURS, false, PAM_USER_UNKNOWN, 1 },
		{ "carl", "", LW_OK, true, PAM_USER_UNKNOWN, 0 },
		{ RIG_USER, "", LW_OK, true, PAM_AUTHINFO_UNAVAIL, 0 },
		{ RIG_USER, "nullok", LW_OK, false, PAM_SERVICE_ERR, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct front_reply table[] = {
			{ .op = LW_OP_OURS, .status = cases[i].ours },
			{ .op = LW_OP_ACCOUNT },
		};
		struct rig r;

		rig_open(&r, "sshd", cases[i].user, cases[i].options, table,
			 COUNT(table));
		if (cases[i].away)
			front_stop(&r.front);
		assert_int_equal(pam_acct_mgmt(r.pamh, 0), cases[i].code);
		assert_int_equal(r.front.log->count, cases[i].asked);
		rig_close(&r);
	}
}

static void an_answer_with_too_much_in_it_is_none(void **state)
{
	static const struct front_reply reply = { .op = LW_OP_ACCOUNT,
						  .body = "",
						  .n = 1 };
	struct rig r;

	(void)state;
	rig_open(&r, "sshd", RIG_USER, "", &reply, 1);
	assert_int_equal(pam_acct_mgmt(r.pamh, 0), PAM_AUTHINFO_UNAVAIL);
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_has_its_code_and_text),
		cmocka_unit_test(the_front_is_told_all_but_the_password),
		cmocka_unit_test(a_home_of_somebody_else_is_refused),
		cmocka_unit_test(others_are_others_business),
		cmocka_unit_test(an_answer_with_too_much_in_it_is_none),
	};

	return rig_main(tests, COUNT(tests));
}
