/*
 * test_daemon_login.c - a password goes to the worker once, its verdict to
 * PAM as it is, and a ticket to whoever asks first. The priv socket answers
 * uid 0.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ALICE "alice@lightwave.test"
#define BOB   "bob@lightwave.test"

static const struct lw_entry alice = USER("alice", "100-1025");

static const struct worker_line find_alice = { .op = LW_OP_FIND,
					       .key = "alice",
					       .kind = LW_KIND_USER,
					       .entry = { &alice } };
static const struct worker_line good = { .op = LW_OP_VERDICT,
					 .verdict = { 432000, LW_TICKET_OK, 0,
						      TEXT("a ticket") } };

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_start();
	worker_say(&find_alice);
	worker_say(&good);
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static void each_password_is_one_question(void **state)
{
	const struct worker_question *q;
	struct lw_auth_answer a;

	(void)state;
	daemon_start("");
	assert_int_equal(login_auth("LWAVE\\ALICE", "Passw0rd!", &a), LW_OK);
	assert_int_equal(a.expires_in, 432000);
	assert_int_equal(a.ticket, LW_TICKET_OK);
	assert_int_equal(a.skew, 0);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 1);
	q = worker_question(LW_OP_VERDICT, 0);
	assert_string_equal(q->key, DN_OF("alice"));
	assert_string_equal(q->upn, "alice@LIGHTWAVE.TEST");
	assert_string_equal(q->password, "Passw0rd!");
	assert_true(q->want_ticket);

	worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
					   .status = LW_DENIED });
	assert_int_equal(login_auth(ALICE, "wrong", NULL), LW_DENIED);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 2);
	assert_string_equal(worker_question(LW_OP_VERDICT, 1)->password,
			    "wrong");
}

static void equal_passwords_are_two_questions(void **state)
{
	static const struct worker_line hold = { .op = LW_OP_VERDICT,
						 .manner = WORKER_HOLD };
	lw_cleanup(lw_close) int one = -1, two = -1;

	(void)state;
	worker_say(&hold);
	daemon_start("");
	one = asker_open("priv");
	two = asker_open("priv");
	asker_send_login(one, LW_OP_AUTH, ALICE, "same");
	asker_send_login(two, LW_OP_AUTH, ALICE, "same");
	worker_await(LW_OP_VERDICT, NULL, 2);
	assert_int_equal(worker_release(&good), 2);
	assert_int_equal(asker_status(one), LW_OK);
	assert_int_equal(asker_status(two), LW_OK);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 2);
}

static void an_impossible_password_goes_nowhere(void **state)
{
	char password[LW_PASSWORD_MAX + 2] = { 0 };

	(void)state;
	daemon_start("");
	assert_int_equal(login_auth(ALICE, "", NULL), LW_DENIED);
	memset(password, 'x', LW_PASSWORD_MAX + 1);
	assert_int_equal(login_auth(ALICE, password, NULL), LW_DENIED);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 0);

	password[LW_PASSWORD_MAX] = '\0';
	assert_int_equal(login_auth(ALICE, password, NULL), LW_OK);
	assert_string_equal(worker_question(LW_OP_VERDICT, 0)->password,
			    password);
}

static void nor_does_one_for_who_is_none_of_ours(void **state)
{
	(void)state;
	daemon_start("");
	assert_int_equal(login_auth("root", "p", NULL), LW_NOTOURS);
	assert_int_equal(login_auth("alice@other.test", "p", NULL), LW_NOTOURS);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .status = LW_OFFLINE });
	assert_int_equal(login_auth("carol@lightwave.test", "p", NULL),
			 LW_OFFLINE);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 0);
}

static void no_verdict_is_no_yes_and_no_no(void **state)
{
	static const enum lw_err words[] = { LW_RANGE, LW_NOMEM };

	(void)state;
	daemon_start("");
	/* Nor do they say anything about the next password. */
	for (size_t i = 0; i < COUNT(words); i++) {
		worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
						   .status = words[i] });
		assert_int_equal(login_auth(ALICE, "p", NULL), LW_OFFLINE);
		assert_int_equal(worker_count(LW_OP_VERDICT, NULL), i + 1);
	}
	worker_say(&good);
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
}

static void verdicts_that_fail_leave_the_others_alone(void **state)
{
	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
					   .status = LW_OFFLINE });
	daemon_start("[access]\nallow = *\n");
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OFFLINE);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 1);
	/* Nobody waits for another one now ... */
	worker_say(&good);
	worker_tick();
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OFFLINE);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 1);
	/* ... while lookups and accounts are asked about. */
	assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
	assert_int_equal(worker_count(LW_OP_FIND, "bob"), 1);
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), 3);
}

static void lookups_that_fail_leave_logins_alone(void **state)
{
	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "bob", .status = LW_OFFLINE });
	daemon_start("");
	assert_int_equal(asker_passwd(BOB, NULL), LW_OFFLINE);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OFFLINE);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), 0);
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), 1);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 1);
}

/* A password is not presented for an entry that may be another by now. */
static void no_verdict_on_a_stale_entry(void **state)
{
	(void)state;
	daemon_start("");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .status = LW_OFFLINE });
	worker_tick();
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OFFLINE);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 0);
}

/* Its answer is for nobody then. */
static void who_goes_before_the_verdict_leaves_no_ticket(void **state)
{
	static const struct worker_line hold = { .op = LW_OP_VERDICT,
						 .manner = WORKER_HOLD };
	int fd;

	(void)state;
	worker_say(&hold);
	daemon_start("");
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_AUTH, ALICE, "p");
	worker_await(LW_OP_VERDICT, NULL, 1);
	close(fd);
	assert_int_equal(asker_ours(ALICE), LW_OK);
	assert_int_equal(worker_release(&good), 1);
	assert_false(login_has_ticket(ALICE));
	assert_true(daemon_runs());
}

/* Who gives it is no worker: it is dropped, and then there is none. */
static void a_broken_verdict_is_none(void **state)
{
	static const struct worker_line lines[] = {
		{ .op = LW_OP_VERDICT, .manner = WORKER_STATUS },
		{ .op = LW_OP_VERDICT, .manner = WORKER_LONG },
		{ .op = LW_OP_VERDICT, .manner = WORKER_CUT },
		{ .op = LW_OP_VERDICT, .manner = WORKER_CLOSE },
		/* Nobody says these to anybody else. */
		{ .op = LW_OP_VERDICT, .status = LW_PROTO },
		{ .op = LW_OP_VERDICT, .status = LW_PENDING },
		{ .op = LW_OP_VERDICT, .status = LW_NOFRONT },
		/* A ticket that is none. */
		{ .op = LW_OP_VERDICT, .verdict = { .expires_in = 1 } },
		{ .op = LW_OP_VERDICT,
		  .verdict = { 1, LW_TICKET_UNVERIFIED, 0, TEXT("forged") } },
		{ .op = LW_OP_VERDICT,
		  .verdict = { .ticket = LW_TICKET_COUNT } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		daemon_start("");
		worker_say(&lines[i]);
		assert_int_equal(login_auth(ALICE, "p", NULL), LW_NOWORKER);
		assert_false(login_has_ticket(ALICE));
		/* The password was not presented again to whoever came next. */
		assert_int_equal(worker_count(LW_OP_VERDICT, NULL), i + 1);
		daemon_stop();
	}
}

static void the_ticket_is_given_once(void **state)
{
	struct asker_got got;
	char text[100];

	(void)state;
	daemon_start("");
	assert_false(login_has_ticket(ALICE));
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
	assert_int_equal(login_ticket("LWAVE\\alice", &got, text), LW_OK);
	assert_string_equal(text, "a ticket");
	assert_int_equal(got.uid, ID(1025));
	assert_false(login_has_ticket(ALICE));
}

static void a_login_without_a_ticket_is_a_login(void **state)
{
	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_VERDICT,
		.verdict = { .expires_in = LW_NEVER,
			     .ticket = LW_TICKET_NO_KDC } });
	daemon_start("");
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
	assert_false(login_has_ticket(ALICE));
	daemon_says("no ticket: no KDC answered", 1);
}

static void priv_answers_lookups_too(void **state)
{
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	daemon_start("");
	fd = asker_open("priv");
	asker_send_name(fd, LW_OP_PASSWD_BY_NAME, ALICE);
	assert_int_equal(asker_status(fd), LW_OK);
	asker_send_name(fd, LW_OP_TICKET, ALICE);
	assert_int_equal(asker_status(fd), LW_NOTFOUND);
}

static void the_log_names_who_tried_and_no_password(void **state)
{
	(void)state;
	daemon_start("[access]\nallow = bob\n");
	assert_int_equal(login_auth(ALICE, "hunter2", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_FORBIDDEN);
	daemon_says("auth: user alice@lightwave.test (alice@lightwave.test), "
		    "service sshd, from 192.0.2.7: allowed",
		    1);
	daemon_says("account: user alice@lightwave.test", 1);
	daemon_says("no allow rule names the user", 1);
	assert_int_equal(daemon_said("hunter2"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_password_is_one_question),
		TEST(equal_passwords_are_two_questions),
		TEST(an_impossible_password_goes_nowhere),
		TEST(nor_does_one_for_who_is_none_of_ours),
		TEST(no_verdict_is_no_yes_and_no_no),
		TEST(verdicts_that_fail_leave_the_others_alone),
		TEST(lookups_that_fail_leave_logins_alone),
		TEST(no_verdict_on_a_stale_entry),
		TEST(who_goes_before_the_verdict_leaves_no_ticket),
		TEST(a_broken_verdict_is_none),
		TEST(the_ticket_is_given_once),
		TEST(a_login_without_a_ticket_is_a_login),
		TEST(priv_answers_lookups_too),
		TEST(the_log_names_who_tried_and_no_password),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("login", tests, NULL, NULL);
	front_leave();
	return failed;
}
