/*
 * test_daemon_creds.c - logging in while the directory is away: lightwaved and
 * lightwaved-creds together, between PAM's questions and a scripted worker.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "keeper.h"
#include "login.h"
#include "worker.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ALICE	  "alice@lightwave.test"
#define BOB	  "bob@lightwave.test"
#define ALICE_SID DOMAIN_SID "-100-1025"
#define BOB_SID	  DOMAIN_SID "-100-1026"
#define OPEN	  "[access]\nallow = *\n"
#define ON	  "[cache]\noffline_credentials = yes\nttl = 0\n"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     admins = GROUP("admins", "100-2001");

static void say_user(const struct lw_entry *e, const char *key)
{
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = key,
					   .kind = LW_KIND_USER,
					   .entry = { e } });
}

static void say_verdict(enum lw_err e)
{
	worker_say(&(struct worker_line) {
		.op = LW_OP_VERDICT,
		.status = e,
		.verdict = { LW_NEVER, LW_TICKET_OK, 0, TEXT("a ticket") } });
}

static void online(void)
{
	worker_forget();
	say_user(&alice, "alice");
	say_user(&bob, "bob");
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "admins",
					   .kind = LW_KIND_GROUP,
					   .entry = { &admins } });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .key = DN_OF("alice"),
					   .entry = { &admins } });
	say_verdict(LW_OK);
}

static void away(void)
{
	static const enum lw_op ops[] = { LW_OP_FIND, LW_OP_MEMBERSHIPS,
					  LW_OP_MEMBERS, LW_OP_VERDICT };

	worker_forget();
	for (size_t i = 0; i < COUNT(ops); i++)
		worker_say(&(struct worker_line) { .op = ops[i],
						   .status = LW_OFFLINE });
	worker_tick();
}

static int begin(void **state)
{
	(void)state;
	keeper_room();
	online();
	worker_start();
	daemon_conf(OPEN ON);
	keeper_start();
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	keeper_stop();
	keeper_leave();
	worker_stop();
	return 0;
}

/* Alice was here, and her password is kept. */
static void she_logged_in(const char *more)
{
	daemon_start(more);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	keeper_comes_to_have(ALICE_SID, true);
}

/* For a moment after the directory was away nobody is asked. */
static enum lw_err auth_online(const char *user, const char *password)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	unsigned int before = worker_count(LW_OP_VERDICT, NULL);
	enum lw_err e;

	do {
		assert_true(worker_now_ms() < until);
		worker_tick();
		e = login_auth(user, password, NULL);
	} while (worker_count(LW_OP_VERDICT, NULL) == before);
	return e;
}

static void the_last_password_opens_while_it_is_away(void **state)
{
	struct lw_auth_answer a;

	(void)state;
	she_logged_in(OPEN ON);
	keeper_clock(7200);
	away();
	assert_int_equal(login_auth(ALICE, "two", NULL), LW_DENIED);
	assert_int_equal(login_auth(ALICE, "one", &a), LW_OK);
	assert_int_equal(a.ticket, LW_TICKET_OFFLINE);
	assert_int_equal(a.expires_in, LW_NEVER);
	assert_true(a.age >= 7200 && a.age < 7260);
	assert_int_equal(login_account(ALICE), LW_OK);
	/* The one of before is not his who got in by another way. */
	assert_false(login_has_ticket(ALICE));
	daemon_says("allowed: offline, by the last known password", 1);
	/* By another spelling it is the same user. */
	assert_int_equal(login_auth("LWAVE\\Alice", "one", NULL), LW_OK);
	/* A password that is to be changed is the directory's to judge. */
	assert_int_equal(login_verify(ALICE, "one"), LW_OFFLINE);

	online();
	assert_int_equal(auth_online(ALICE, "one"), LW_OK);
	assert_true(login_has_ticket(ALICE));
}

/* Neither is told apart from a wrong password. */
static void who_has_none_here_is_denied(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
	assert_int_equal(asker_passwd("no@lightwave.test", NULL), LW_NOTFOUND);
	away();
	assert_int_equal(login_auth(BOB, "one", NULL), LW_DENIED);
	assert_int_equal(login_auth("no@lightwave.test", "one", NULL),
			 LW_DENIED);
	assert_int_equal(login_auth("new@lightwave.test", "one", NULL),
			 LW_DENIED);
	assert_int_equal(login_auth("root", "one", NULL), LW_NOTOURS);
	assert_int_equal(login_auth(ALICE, "", NULL), LW_DENIED);
}

static void where_it_is_not_asked_for_it_is_offline(void **state)
{
	(void)state;
	daemon_start(OPEN);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	away();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OFFLINE);
	assert_false(keeper_has(ALICE_SID));
}

static void turned_off_it_is_gone(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	daemon_reload(OPEN, "configuration read again");
	keeper_comes_to_have(ALICE_SID, false);
	away();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OFFLINE);
	daemon_reload(OPEN ON, "configuration read again");
	worker_tick();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_DENIED);
}

/* Without anybody's login: what an earlier configuration left. */
static void found_off_at_a_start_it_is_gone(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	daemon_stop();
	daemon_start(OPEN);
	keeper_comes_to_have(ALICE_SID, false);
}

static void a_verdict_that_ends_it_removes_it(void **state)
{
	static const enum lw_err words[] = { LW_DISABLED, LW_EXPIRED, LW_CHANGE,
					     LW_NOPASSWORD, LW_NOTFOUND };

	(void)state;
	daemon_start(OPEN ON);
	for (size_t i = 0; i < COUNT(words); i++) {
		online();
		assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
		keeper_comes_to_have(ALICE_SID, true);
		say_verdict(words[i]);
		login_auth(ALICE, "one", NULL);
		keeper_comes_to_have(ALICE_SID, false);
	}
	away();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_DENIED);
}

/* A typo is none; the one that is kept is. */
static void a_password_that_is_refused_is_no_longer_kept(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	say_verdict(LW_DENIED);
	assert_int_equal(login_auth(ALICE, "oen", NULL), LW_DENIED);
	/* It answers in order: that one is done with. */
	assert_int_equal(keeper_ask(LW_OP_CREDS_CHECK, ALICE_SID, "one", NULL),
			 LW_OK);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_DENIED);
	keeper_comes_to_have(ALICE_SID, false);
}

static void a_change_of_password_ends_the_old_one(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	worker_say(&(struct worker_line) { .op = LW_OP_CHANGE });
	assert_int_equal(login_change(ALICE, "one", "two"), LW_OK);
	keeper_comes_to_have(ALICE_SID, false);
	assert_int_equal(login_auth(ALICE, "two", NULL), LW_OK);
	keeper_comes_to_have(ALICE_SID, true);
	away();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_DENIED);
	assert_int_equal(login_auth(ALICE, "two", NULL), LW_OK);
}

static const struct lw_entry states[] = {
	USER_WITH("alice", "alice@LIGHTWAVE.TEST", "100-1025", LW_UAC_DISABLED),
	USER_WITH("alice", "alice@LIGHTWAVE.TEST", "100-1025", LW_UAC_EXPIRED),
	USER_WITH("alice", "alice@LIGHTWAVE.TEST", "100-1025", LW_UAC_LOCKED),
};

/* What is known of the account decides before any password is looked at. */
static void what_is_known_refuses_as_it_does_online(void **state)
{
	(void)state;
	daemon_start(OPEN ON);
	for (size_t i = 0; i < COUNT(states); i++) {
		online();
		auth_online(ALICE, "one");
		keeper_comes_to_have(ALICE_SID, true);
		say_user(&states[i], "alice");
		worker_tick();
		assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
		away();
		assert_int_equal(login_auth(ALICE, "one", NULL), LW_DENIED);
		/* Anybody can lock an account: that passes. */
		keeper_comes_to_have(ALICE_SID, states[i].uac == LW_UAC_LOCKED);
	}
}

static void nor_is_anything_stored_for_who_is_refused(void **state)
{
	(void)state;
	daemon_start("[access]\nallow = %admins\ndeny = bob\n" ON);
	assert_int_equal(login_auth(BOB, "one", NULL), LW_OK);
	assert_int_equal(login_account(BOB), LW_FORBIDDEN);
	say_user(&states[0], "alice");
	worker_tick();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_DISABLED);
	/* Asked in order, and answered: nothing else is on its way. */
	online();
	assert_int_equal(auth_online(ALICE, "one"), LW_OK);
	keeper_comes_to_have(ALICE_SID, true);
	assert_false(keeper_has(BOB_SID));
}

/* As [access] is now, and by the groups that are known. */
static void access_is_judged_offline_too(void **state)
{
	(void)state;
	she_logged_in("[access]\nallow = %admins\n" ON);
	daemon_reload("[access]\nallow = %admins\n[access:sshd]\n"
		      "deny = alice\n" ON,
		      "configuration read again");
	/* A reload forgets, and asks anew. */
	assert_int_equal(login_account_for("sudo", ALICE), LW_OK);
	away();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_DENIED);
	assert_true(keeper_has(ALICE_SID));
	/* A rule that cannot be resolved now denies. */
	online();
	daemon_reload("[access]\nallow = *\ndeny = %others\n" ON,
		      "configuration read again");
	worker_tick();
	assert_int_equal(auth_online(ALICE, "one"), LW_OK);
	away();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_DENIED);
}

/* What nobody could take away for three days is no right any more. */
static void what_is_known_counts_for_72_hours(void **state)
{
	(void)state;
	keeper_lends_clocks(true);
	she_logged_in(OPEN ON);
	keeper_lends_clocks(false);
	away();
	keeper_time(71 * 3600L);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
	keeper_time(73 * 3600L);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_DENIED);
	daemon_says("what is known of him is too old", 1);
	assert_true(keeper_has(ALICE_SID));
}

/* The directory is there, whatever became of this one question. */
static void one_question_that_fails_is_no_outage(void **state)
{
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	she_logged_in(OPEN ON);
	worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
					   .manner = WORKER_HOLD });
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_AUTH, ALICE, "one");
	worker_await(LW_OP_VERDICT, NULL, 2);
	worker_tick();
	say_verdict(LW_OK);
	assert_int_equal(login_auth(BOB, "one", NULL), LW_OK);
	assert_int_equal(worker_release(&(struct worker_line) {
				 .op = LW_OP_VERDICT, .status = LW_OFFLINE }),
			 1);
	assert_int_equal(login_take_auth(fd, NULL), LW_OFFLINE);
	/* Nor is a worker with too much to do. */
	worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
					   .status = LW_NOMEM });
	worker_tick();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OFFLINE);
}

/* Nobody can stop it to be let in by what is old. */
static void nor_is_a_worker_that_is_gone(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	worker_stop();
	worker_tick();
	assert_int_not_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_NOWORKER);
}

static void without_a_keeper_it_is_offline(void **state)
{
	(void)state;
	she_logged_in(OPEN ON);
	keeper_kill();
	away();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OFFLINE);
	daemon_says("no lightwaved-creds answers at ./creds", 1);
	keeper_start();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
}

/* Nobody else waits for it; who does, not for ever. */
static void a_keeper_that_hangs_is_given_up(void **state)
{
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	she_logged_in(OPEN ON);
	away();
	assert_int_equal(kill(keeper_pid(), SIGSTOP), 0);
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_AUTH, ALICE, "one");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_false(asker_has_answer(fd));
	daemon_says("dropping lightwaved-creds: it does not answer", 1);
	assert_int_equal(login_take_auth(fd, NULL), LW_OFFLINE);
	assert_int_equal(kill(keeper_pid(), SIGCONT), 0);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
}

/* Beyond what it can take in time the answer comes at once. */
static void too_many_at_once_are_told_so(void **state)
{
	unsigned int allowed = 0, offline = 0;
	int fd[40];

	(void)state;
	she_logged_in(OPEN ON);
	away();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_int_equal(kill(keeper_pid(), SIGSTOP), 0);
	for (size_t i = 0; i < COUNT(fd); i++) {
		fd[i] = asker_open("priv");
		asker_send_login(fd[i], LW_OP_AUTH, ALICE, "one");
	}
	/* In the order of arrival: the first ones wait, the last does not. */
	assert_int_equal(login_take_auth(fd[COUNT(fd) - 1], NULL), LW_OFFLINE);
	assert_int_equal(kill(keeper_pid(), SIGCONT), 0);
	for (size_t i = 0; i + 1 < COUNT(fd); i++) {
		enum lw_err e = login_take_auth(fd[i], NULL);

		allowed += e == LW_OK;
		offline += e == LW_OFFLINE;
	}
	/* Where hashes take long the last of these are too late. */
	assert_in_range(allowed, 1, 16);
	assert_int_equal(allowed + offline, COUNT(fd) - 1);
	for (size_t i = 0; i < COUNT(fd); i++)
		close(fd[i]);
}

/* Who hangs up is not missed. */
static void a_client_that_goes_takes_nobody_along(void **state)
{
	int fd;

	(void)state;
	she_logged_in(OPEN ON);
	away();
	for (int i = 0; i < 4; i++) {
		fd = asker_open("priv");
		asker_send_login(fd, LW_OP_AUTH, ALICE, "one");
		close(fd);
	}
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_true(daemon_runs());
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_password_opens_while_it_is_away),
		TEST(who_has_none_here_is_denied),
		TEST(where_it_is_not_asked_for_it_is_offline),
		TEST(turned_off_it_is_gone),
		TEST(found_off_at_a_start_it_is_gone),
		TEST(a_verdict_that_ends_it_removes_it),
		TEST(a_password_that_is_refused_is_no_longer_kept),
		TEST(a_change_of_password_ends_the_old_one),
		TEST(what_is_known_refuses_as_it_does_online),
		TEST(nor_is_anything_stored_for_who_is_refused),
		TEST(access_is_judged_offline_too),
		TEST(what_is_known_counts_for_72_hours),
		TEST(one_question_that_fails_is_no_outage),
		TEST(nor_is_a_worker_that_is_gone),
		TEST(without_a_keeper_it_is_offline),
		TEST(a_keeper_that_hangs_is_given_up),
		TEST(too_many_at_once_are_told_so),
		TEST(a_client_that_goes_takes_nobody_along),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("daemon_creds", tests, NULL, NULL);
	front_leave();
	return failed;
}
