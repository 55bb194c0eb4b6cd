/*
 * test_daemon_password.c - a password is changed: which way it goes, what
 * comes back, and the rules that are told before. The priv socket answers
 * uid 0.
 */
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ALICE	"alice@lightwave.test"
#define ACCESS	"[access]\nallow = *\n"
#define KPASSWD ACCESS "[password]\nkpasswd = yes\n"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     closed = USER_WITH("alice", "alice@LIGHTWAVE.TEST",
						"100-1025", LW_UAC_DISABLED);

static const struct worker_line find_alice = { .op = LW_OP_FIND,
					       .key = "alice",
					       .entry = { &alice } };
static const struct worker_line changed = { .op = LW_OP_CHANGE };

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_start();
	worker_say(&find_alice);
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static void say(enum lw_op op, enum lw_err status)
{
	worker_say(&(struct worker_line) {
		.op = op,
		.status = status,
		.verdict = { .expires_in = LW_NEVER,
			     .ticket = LW_TICKET_NO_KDC } });
}

static void a_change_is_one_question(void **state)
{
	const struct worker_question *q;

	(void)state;
	worker_say(&changed);
	daemon_start(KPASSWD);
	assert_int_equal(
		login_change("LWAVE\\Alice", "Old-Secret", "New-Secret"),
		LW_OK);
	assert_int_equal(worker_count(LW_OP_CHANGE, NULL), 1);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 0);
	q = worker_question(LW_OP_CHANGE, 0);
	assert_string_equal(q->key, DN_OF("alice"));
	assert_string_equal(q->upn, "alice@LIGHTWAVE.TEST");
	assert_string_equal(q->password, "Old-Secret");
	assert_string_equal(q->new_password, "New-Secret");
	assert_false(q->kpasswd);
	daemon_says("password change: user LWAVE\\Alice "
		    "(alice@lightwave.test), service passwd: allowed",
		    1);
	assert_int_equal(daemon_said("Secret"), 0);
}

static void each_result_is_passed_on(void **state)
{
	static const enum lw_err results[] = {
		LW_OK,	    LW_DENIED,	 LW_LOCKED,	LW_DISABLED,
		LW_EXPIRED, LW_NOTFOUND, LW_TOOSHORT,	LW_WEAK,
		LW_HISTORY, LW_TOOSOON,	 LW_NOTALLOWED, LW_NOPASSWORD,
	};
	static const enum lw_err others[] = {
		LW_NOTOURS, LW_FORBIDDEN, LW_RANGE,    LW_INVALID,  LW_NOMEM,
		LW_CHANGE,  LW_SKEW,	  LW_NOTICKET, LW_NOWORKER,
	};

	(void)state;
	daemon_start(ACCESS);
	for (size_t i = 0; i < COUNT(results); i++) {
		say(LW_OP_CHANGE, results[i]);
		assert_int_equal(login_change(ALICE, "o", "n"), results[i]);
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		say(LW_OP_CHANGE, others[i]);
		assert_int_equal(login_change(ALICE, "o", "n"), LW_OFFLINE);
	}
	assert_int_equal(worker_count(LW_OP_CHANGE, NULL),
			 COUNT(results) + COUNT(others));
	/* Nobody waits for what has just failed. */
	worker_tick();
	say(LW_OP_CHANGE, LW_OFFLINE);
	assert_int_equal(login_change(ALICE, "o", "n"), LW_OFFLINE);
	worker_say(&changed);
	assert_int_equal(login_change(ALICE, "o", "n"), LW_OFFLINE);
	assert_int_equal(worker_count(LW_OP_CHANGE, NULL),
			 COUNT(results) + COUNT(others) + 1);
}

static void a_broken_answer_is_no_success(void **state)
{
	static const enum worker_manner manners[] = {
		WORKER_STATUS,
		WORKER_LONG,
		WORKER_CUT,
		WORKER_CLOSE,
	};

	(void)state;
	for (unsigned int i = 0; i < COUNT(manners); i++) {
		struct worker_line line = changed;

		line.manner = manners[i];
		worker_say(&line);
		daemon_start(ACCESS);
		assert_int_equal(login_change(ALICE, "o", "n"), LW_NOWORKER);
		assert_int_equal(worker_count(LW_OP_CHANGE, NULL), i + 1);
		daemon_stop();
	}
	worker_stop();
	daemon_start(ACCESS);
	assert_int_equal(login_change(ALICE, "o", "n"), LW_NOWORKER);
}

static void impossible_passwords_go_nowhere(void **state)
{
	char most[LW_PASSWORD_MAX + 1] = { 0 },
				    more[LW_PASSWORD_MAX + 2] = { 0 };

	(void)state;
	memset(most, 'x', LW_PASSWORD_MAX);
	memset(more, 'x', LW_PASSWORD_MAX + 1);
	worker_say(&changed);
	daemon_start(ACCESS);
	assert_int_equal(login_change(ALICE, "", "n"), LW_DENIED);
	assert_int_equal(login_change(ALICE, more, "n"), LW_DENIED);
	assert_int_equal(login_change(ALICE, "", ""), LW_DENIED);
	assert_int_equal(login_change(ALICE, "o", ""), LW_TOOSHORT);
	assert_int_equal(login_change(ALICE, "o", more), LW_WEAK);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
	assert_int_equal(login_change(ALICE, most, most), LW_OK);
	assert_int_equal(worker_count(LW_OP_CHANGE, NULL), 1);
}

static void who_has_none_to_change_is_not_asked_about(void **state)
{
	(void)state;
	worker_say(&changed);
	daemon_start(ACCESS);
	assert_int_equal(login_change("bob@lightwave.test", "o", "n"),
			 LW_NOTFOUND);
	assert_int_equal(login_change("root", "o", "n"), LW_NOTOURS);
	assert_int_equal(login_change("alice@other.test", "o", "n"),
			 LW_NOTOURS);
	assert_int_equal(login_change("a*@lightwave.test", "o", "n"),
			 LW_INVALID);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &closed } });
	assert_int_equal(login_change(ALICE, "o", "n"), LW_DISABLED);
	assert_int_equal(worker_count(LW_OP_CHANGE, NULL), 0);
}

static void the_rules_are_told_as_they_are(void **state)
{
	static const struct lw_password_policy policies[] = {
		{ 8, 20, 2, 1, 1, 1, 1, 3, 5 },
		{ LW_NEVER, LW_NEVER, LW_NEVER, LW_NEVER, LW_NEVER, LW_NEVER,
		  LW_NEVER, LW_NEVER, LW_NEVER },
	};

	(void)state;
	daemon_start("");
	for (unsigned int i = 0; i < COUNT(policies); i++) {
		struct lw_password_policy got;

		worker_say(&(struct worker_line) { .op = LW_OP_RULES,
						   .policy = policies[i] });
		assert_int_equal(login_policy(&got), LW_OK);
		assert_memory_equal(&got, &policies[i], sizeof(got));
		assert_int_equal(worker_count(LW_OP_RULES, NULL), i + 1);
	}
}

static void unknown_rules_are_not_made_up(void **state)
{
	static const struct {
		enum worker_manner manner;
		enum lw_err said, e;
	} cases[] = {
		{ WORKER_ANSWER, LW_OFFLINE, LW_OFFLINE },
		{ WORKER_ANSWER, LW_NOTFOUND, LW_OFFLINE },
		{ WORKER_ANSWER, LW_DENIED, LW_OFFLINE },
		{ WORKER_ANSWER, LW_NOMEM, LW_OFFLINE },
		{ WORKER_SHORT, LW_OK, LW_NOWORKER },
		{ WORKER_LONG, LW_OK, LW_NOWORKER },
		{ WORKER_STATUS, LW_OK, LW_NOWORKER },
		{ WORKER_CLOSE, LW_OK, LW_NOWORKER },
	};
	struct lw_password_policy got;
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		worker_say(&(struct worker_line) { .op = LW_OP_RULES,
						   .manner = cases[i].manner,
						   .status = cases[i].said });
		daemon_start("");
		assert_int_equal(login_policy(&got), cases[i].e);
		daemon_stop();
	}
	daemon_start("");
	fd = asker_open("priv");
	asker_send_body(fd, LW_OP_POLICY, "", 1);
	assert_int_equal(asker_status(fd), LW_PROTO);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_is_one_question),
		TEST(each_result_is_passed_on),
		TEST(a_broken_answer_is_no_success),
		TEST(impossible_passwords_go_nowhere),
		TEST(who_has_none_to_change_is_not_asked_about),
		TEST(the_rules_are_told_as_they_are),
		TEST(unknown_rules_are_not_made_up),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("password", tests, NULL, NULL);
	front_leave();
	return failed;
}
