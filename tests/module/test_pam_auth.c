/*
 * test_pam_auth.c - pam_authenticate(3): who is asked what, how often, and
 * what the answer becomes.
 */
#include "check.h"
#include "pam_rig.h"

#include <string.h>
#include <unistd.h>

/* AUTH answers e; expires goes with LW_OK. */
static struct front_reply verdict(enum lw_err e, const uint8_t expires[4])
{
	return (struct front_reply) { .op = LW_OP_AUTH,
				      .status = e,
				      .body = expires,
				      .n = e == LW_OK ? 4 : 0 };
}

static const uint8_t never[4] = { 0xFF, 0xFF, 0xFF, 0xFF };

#define EXPIRED                                                                \
	"Your password has expired. Ask an administrator of the directory "    \
	"to set a new one.\n"
#define LOCKED                                                                 \
	"Your account is locked. Try again later or ask an administrator.\n"
#define AWAY                                                                   \
	"The directory cannot be reached; your password could not be "         \
	"checked.\n"

static void every_verdict_has_its_code_and_text(void **state)
{
	static const struct {
		enum lw_err e;
		int code;
		const char *shown;
	} cases[] = {
		{ LW_OK, PAM_SUCCESS, "" },
		{ LW_NOTFOUND, PAM_AUTH_ERR, "" },
		{ LW_DENIED, PAM_AUTH_ERR, "" },
		{ LW_INVALID, PAM_AUTH_ERR, "" },
		{ LW_NOTOURS, PAM_USER_UNKNOWN, "" },
		{ LW_LOCKED, PAM_MAXTRIES, LOCKED },
		{ LW_DISABLED, PAM_PERM_DENIED, "Your account is disabled.\n" },
		{ LW_FORBIDDEN, PAM_PERM_DENIED,
		  "You may not log in to this host.\n" },
		{ LW_EXPIRED, PAM_CRED_EXPIRED, EXPIRED },
		{ LW_OFFLINE, PAM_AUTHINFO_UNAVAIL, AWAY },
		{ LW_RANGE, PAM_AUTHINFO_UNAVAIL, AWAY },
		{ LW_PROTO, PAM_AUTHINFO_UNAVAIL, AWAY },
		{ LW_NOMEM, PAM_AUTHINFO_UNAVAIL, AWAY },
		{ LW_PENDING, PAM_AUTHINFO_UNAVAIL, AWAY },
		{ LW_ERR_COUNT, PAM_AUTHINFO_UNAVAIL, AWAY },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct front_reply reply = verdict(cases[i].e, never);
		struct rig r;

		rig_open(&r, "sshd", RIG_USER, "", &reply, 1);
		assert_int_equal(pam_authenticate(r.pamh, 0), cases[i].code);
		assert_string_equal(r.shown, cases[i].shown);
		assert_int_equal(r.prompts, 1);
		assert_int_equal(front_count(&r.front, LW_OP_AUTH), 1);
		if (cases[i].e == LW_OK)
			assert_int_equal(r.delay, 0);
		else
			assert_in_range(r.delay, 1000000, 3000000);
		rig_close(&r);
	}
}

static void the_front_is_told_all_of_the_login_once(void **state)
{
	struct front_reply reply = verdict(LW_OK, never);
	const struct front_question *q;
	const void *user;
	struct rig r;

	(void)state;
	rig_open(&r, "sshd", "Alice@Lightwave.local", "", &reply, 1);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SUCCESS);
	assert_int_equal(r.front.log->count, 2);
	q = front_question(&r.front, LW_OP_OURS, 0);
	assert_string_equal(q->name, "Alice@Lightwave.local");
	assert_string_equal(q->password, "");
	q = front_question(&r.front, LW_OP_AUTH, 0);
	assert_true(q->priv);
	assert_string_equal(q->name, "Alice@Lightwave.local");
	assert_string_equal(q->password, "secret");
	assert_string_equal(q->service, "sshd");
	assert_string_equal(q->rhost, "192.0.2.7");
	/* Whatever spelling was typed, the module does not touch it. */
	pam_get_item(r.pamh, PAM_USER, &user);
	assert_string_equal(user, "Alice@Lightwave.local");
	assert_non_null(strstr(rig_log(), "accepted Alice@Lightwave.local for "
					  "service sshd: success"));
	assert_null(strstr(rig_log(), "secret"));
	rig_close(&r);
}

/* Nobody is asked for a password; count: how many questions the front saw. */
static void unasked(const char *user, const char *options, int code,
		    unsigned int count, const struct front_reply *reply)
{
	struct rig r;

	rig_open(&r, "login", user, options, reply, reply ? 1 : 0);
	assert_int_equal(pam_authenticate(r.pamh, 0), code);
	assert_int_equal(r.prompts, 0);
	assert_int_equal(r.front.log->count, count);
	rig_close(&r);
}

static void local_and_impossible_names_are_nobodys_business(void **state)
{
	struct front_reply notours = { .op = LW_OP_OURS, .status = LW_NOTOURS };
	struct front_reply invalid = { .op = LW_OP_OURS, .status = LW_INVALID };
	char name[300];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[0] = '@';
	name[256] = '\0';
	unasked("root", "", PAM_USER_UNKNOWN, 0, NULL);
	unasked("local", "", PAM_USER_UNKNOWN, 0, NULL);
	unasked("local@lightwave.local", "", PAM_USER_UNKNOWN, 0, NULL);
	unasked("", "", PAM_USER_UNKNOWN, 0, NULL);
	unasked(name, "", PAM_USER_UNKNOWN, 0, NULL);
	unasked("bob@elsewhere", "", PAM_USER_UNKNOWN, 1, &notours);
	unasked("..", "", PAM_USER_UNKNOWN, 1, &invalid);
}

static void an_unknown_option_refuses_all_but_local_users(void **state)
{
	struct rig r;

	(void)state;
	unasked("root", "nullok", PAM_USER_UNKNOWN, 0, NULL);
	unasked("local", "nullok", PAM_USER_UNKNOWN, 0, NULL);
	unasked(RIG_USER, "nullok", PAM_SERVICE_ERR, 0, NULL);

	rig_open(&r, "login", RIG_USER, "debug nullok use_aauthtok", NULL, 0);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SERVICE_ERR);
	assert_non_null(strstr(rig_log(), "unknown option: nullok\n"));
	assert_null(strstr(rig_log(), "use_aauthtok"));
	rig_close(&r);
}

static void without_etc_passwd_only_root_is_known(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, "login", RIG_USER, "", NULL, 0);
	assert_int_equal(unlink("passwd"), 0);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_SERVICE_ERR);
	assert_int_equal(pam_set_item(r.pamh, PAM_USER, "root"), PAM_SUCCESS);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_USER_UNKNOWN);
	assert_int_equal(r.prompts, 0);
	assert_int_equal(r.front.log->count, 0);
	rig_close(&r);
}

/* A front that hangs is as good as none, after a second. */
static void without_a_front_only_its_own_names_are_refused(void **state)
{
	static const struct {
		const char *user;
		int code;
	} cases[] = {
		{ "root", PAM_USER_UNKNOWN },
		{ "local", PAM_USER_UNKNOWN },
		{ "alice", PAM_USER_UNKNOWN },
		{ RIG_USER, PAM_AUTHINFO_UNAVAIL },
		{ "LIGHTWAVE\\alice", PAM_AUTHINFO_UNAVAIL },
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		bool hangs = i % 2;
		int64_t begin;
		struct rig r;

		rig_open(&r, "sshd", cases[i / 2].user, "", NULL, 0);
		if (hangs)
			front_freeze(&r.front);
		else
			front_stop(&r.front);
		begin = front_now_ms();
		assert_int_equal(pam_authenticate(r.pamh, 0),
				 cases[i / 2].code);
		assert_in_range(front_now_ms() - begin, 0,
				hangs && i / 2 > 1 ? 1500 : 50);
		assert_int_equal(r.prompts, 0);
		assert_string_equal(r.shown, i / 2 < 3 ? "" : AWAY);
		rig_close(&r);
	}
}

static void a_front_that_lies_lets_nobody_in(void **state)
{
	static const struct front_reply replies[] = {
		{ .op = LW_OP_AUTH }, /* no time in the body */
		{ .op = LW_OP_AUTH, .body = "\0\0\0\0\0", .n = 5 },
		{ .op = LW_OP_AUTH, .manner = FRONT_CLOSE },
		{ .op = LW_OP_AUTH,
		  .manner = FRONT_CUT,
		  .body = "\0\0\0",
		  .n = 4 },
		{ .op = LW_OP_AUTH,
		  .manner = FRONT_RAW,
		  .body = "\0\0\0\4\0\2\0\40\0\0\0\0\0\0\0",
		  .n = 16 },
		{ .op = LW_OP_OURS, .body = "", .n = 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(replies); i++) {
		struct rig r;

		rig_open(&r, "sshd", RIG_USER, "", &replies[i], 1);
		assert_int_equal(pam_authenticate(r.pamh, 0),
				 PAM_AUTHINFO_UNAVAIL);
		rig_close(&r);
	}
}

static void malformed_names_look_like_unknown_ones(void **state)
{
	struct front_reply table[] = {
		{ .op = LW_OP_OURS, .status = LW_INVALID },
		{ .op = LW_OP_AUTH, .status = LW_INVALID },
	};
	struct rig r;

	(void)state;
	rig_open(&r, "sshd", "*\n\033[2J\302\233@lightwave.local", "", table,
		 2);
	assert_int_equal(pam_authenticate(r.pamh, 0), PAM_AUTH_ERR);
	assert_int_equal(r.prompts, 1);
	assert_in_range(r.delay, 1000000, 3000000);
	assert_string_equal(r.shown, "");
	assert_non_null(
		strstr(rig_log(),
		       "refused *\\x0A\\x1B[2J\\xC2\\x9B@lightwave.local for"));
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_has_its_code_and_text),
		cmocka_unit_test(the_front_is_told_all_of_the_login_once),
		cmocka_unit_test(
			local_and_impossible_names_are_nobodys_business),
		cmocka_unit_test(an_unknown_option_refuses_all_but_local_users),
		cmocka_unit_test(without_etc_passwd_only_root_is_known),
		cmocka_unit_test(
			without_a_front_only_its_own_names_are_refused),
		cmocka_unit_test(a_front_that_lies_lets_nobody_in),
		cmocka_unit_test(malformed_names_look_like_unknown_ones),
	};

	return rig_main(tests, COUNT(tests));
}
