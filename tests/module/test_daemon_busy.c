/*
 * test_daemon_busy.c - who keeps the worker busy, or has what cannot be done
 * asked of the directory, changes nothing for the login of somebody else. The
 * priv socket answers uid 0.
 */
#include "check.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define ALICE	  "alice@lightwave.test"
#define BOB	  "bob@lightwave.test"
#define ACCESS	  "[access]\nallow = *\n"
#define LATER	  "[cache]\nrevocation_max = 3600\n"
#define IN_FLIGHT 1024 /* doc/PROTOCOL.md */
#define RESERVED  64
#define CROWD	  48

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     admins = GROUP("admins", "100-2001");

static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "bob", .entry = { &bob } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins } },
	{ .op = LW_OP_VERDICT,
	  .verdict = { .expires_in = LW_NEVER, .ticket = LW_TICKET_NO_KDC } },
};

static int begin(void **state)
{
	(void)state;
	worker_forget();
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	worker_start();
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

/* What was said in this very millisecond would still be fresh. */
static void time_passes(void)
{
	struct timespec ms = { 0, 2000000 };

	while (nanosleep(&ms, &ms) < 0)
		;
}

/* What was known a moment ago may be closed by now. */
static void a_busy_worker_lets_nobody_in_by_what_is_stale(void **state)
{
	static const enum lw_err busy[] = { LW_NOMEM, LW_RANGE };
	static const struct {
		enum lw_op op;
		const char *key;
	} asked[] = { { LW_OP_FIND, "alice" }, { LW_OP_MEMBERSHIPS, NULL } };

	(void)state;
	daemon_start(ACCESS);
	assert_int_equal(login_account(ALICE), LW_OK);
	for (size_t k = 0; k < COUNT(asked); k++) {
		for (size_t i = 0; i < COUNT(busy); i++) {
			worker_say(&(struct worker_line) { .op = asked[k].op,
							   .key = asked[k].key,
							   .status = busy[i] });
			time_passes();
			assert_int_equal(login_account(ALICE), LW_OFFLINE);
			/* Names may be stale, and are better than none. */
			assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
		}
		for (size_t i = 0; i < COUNT(facts); i++)
			worker_say(&facts[i]);
		assert_int_equal(login_account(ALICE), LW_OK);
	}
	worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
					   .status = LW_NOMEM });
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OFFLINE);
	/* Nor does it tell who there is. */
	assert_int_equal(login_auth("nobody", "p", NULL), LW_NOTOURS);
	assert_int_equal(login_auth("no@lightwave.test", "p", NULL),
			 LW_OFFLINE);
}

/* The directory that does not answer at all is another matter. */
static void an_absent_directory_lets_in_by_what_is_known(void **state)
{
	(void)state;
	daemon_start(ACCESS);
	assert_int_equal(login_account(ALICE), LW_OK);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .status = LW_OFFLINE });
	assert_int_equal(login_account(ALICE), LW_OK);
}

static void a_change_that_fails_is_nobody_elses_matter(void **state)
{
	struct lw_password_policy policy;

	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_CHANGE,
					   .status = LW_OFFLINE });
	worker_say(&(struct worker_line) { .op = LW_OP_RULES,
					   .status = LW_OFFLINE });
	daemon_start(ACCESS);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(login_policy(&policy), LW_OFFLINE);
		assert_int_equal(login_change(BOB, "o", "n"), LW_OFFLINE);
		assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
		assert_int_equal(login_account(ALICE), LW_OK);
	}
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 3);
	assert_int_equal(worker_count(LW_OP_RULES, NULL), 3);
}

/* So many clients ask, each about somebody else, and go. */
static void many_ask(const char *path, enum lw_op op, unsigned int n)
{
	unsigned int before = worker_count(LW_OP_FIND, NULL);
	int fds[CROWD];

	for (unsigned int i = 0; i < n; i += COUNT(fds)) {
		unsigned int crowd = n - i < CROWD ? n - i : CROWD;

		for (unsigned int k = 0; k < crowd; k++) {
			char name[64];

			snprintf(name, sizeof(name), "u%u@lightwave.test",
				 before + i + k);
			fds[k] = asker_open(path);
			if (op == LW_OP_ACCOUNT)
				asker_send_login(fds[k], op, name, "");
			else
				asker_send_name(fds[k], op, name);
		}
		worker_await(LW_OP_FIND, NULL, before + i + crowd);
		for (unsigned int k = 0; k < crowd; k++)
			close(fds[k]);
	}
}

/* Beyond what may be in flight nobody waits, and logins have some to spare. */
static void too_many_questions_are_refused_at_once(void **state)
{
	static const struct worker_line hold = { .op = LW_OP_FIND,
						 .manner = WORKER_HOLD };
	static const struct worker_line none = { .op = LW_OP_FIND };
	static const struct worker_synced whole[] = { { &alice, { NULL } } };
	static const struct worker_line everything = {
		.op = LW_OP_SYNC,
		.key = "everything",
		.synced = whole,
		.synced_n = 1,
		.end = LW_SYNCED_EVERYTHING,
		.highest = 100
	};
	int64_t begun;

	(void)state;
	worker_say(&hold);
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	worker_say(&everything);
	daemon_start(LATER ACCESS);
	daemon_says("the directory is known whole", 1);
	many_ask("nss", LW_OP_PASSWD_BY_NAME, IN_FLIGHT - RESERVED);
	begun = worker_now_ms();
	assert_int_equal(asker_passwd(BOB, NULL), LW_OFFLINE);
	assert_true(worker_now_ms() - begun < 500);
	assert_int_equal(worker_count(LW_OP_FIND, "bob"), 0);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);

	many_ask("priv", LW_OP_ACCOUNT, RESERVED);
	assert_int_equal(login_account(BOB), LW_OFFLINE);
	assert_int_equal(worker_count(LW_OP_FIND, "bob"), 0);
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OFFLINE);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 1);
	assert_int_equal(worker_release(&none), IN_FLIGHT);
	assert_int_equal(login_account(BOB), LW_OK);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
}

/* sudo(8) asks for groups before it asks PAM. */
static void many_lookups_do_not_make_group_lists_stale(void **state)
{
	static const struct worker_line hold = { .op = LW_OP_FIND,
						 .manner = WORKER_HOLD };
	struct asker_got got;

	(void)state;
	worker_say(&hold);
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	daemon_start(ACCESS);
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_true(asker_in_group(&got, ID(2001)));
	many_ask("nss", LW_OP_PASSWD_BY_NAME, IN_FLIGHT - RESERVED);
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS });
	time_passes();
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_false(asker_in_group(&got, ID(2001)));
	/* Where it cannot be asked nothing is said, rather than what was. */
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .status = LW_NOMEM });
	time_passes();
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OFFLINE);
}

static void many_lookups_do_not_keep_changes_from_being_heard(void **state)
{
	static const struct worker_line hold = { .op = LW_OP_FIND,
						 .manner = WORKER_HOLD };
	static const struct worker_synced whole[] = { { &alice, { NULL } } };
	static const struct worker_line everything = {
		.op = LW_OP_SYNC,
		.key = "everything",
		.synced = whole,
		.synced_n = 1,
		.end = LW_SYNCED_EVERYTHING,
		.highest = 100
	};
	static const struct worker_line no_changes = { .op = LW_OP_SYNC,
						       .key = "changes",
						       .end = LW_SYNCED_CHANGES,
						       .highest = 100 };
	unsigned int n;

	(void)state;
	worker_say(&hold);
	worker_say(&everything);
	worker_say(&no_changes);
	daemon_start("[cache]\nrevocation_max = 1\n");
	daemon_says("the directory is known whole", 1);
	many_ask("nss", LW_OP_PASSWD_BY_NAME, IN_FLIGHT - RESERVED);
	n = worker_count(LW_OP_SYNC, "changes");
	worker_await(LW_OP_SYNC, "changes", n + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_busy_worker_lets_nobody_in_by_what_is_stale, begin,
			end),
		cmocka_unit_test_setup_teardown(
			an_absent_directory_lets_in_by_what_is_known, begin,
			end),
		cmocka_unit_test_setup_teardown(
			a_change_that_fails_is_nobody_elses_matter, begin, end),
		cmocka_unit_test_setup_teardown(
			too_many_questions_are_refused_at_once, begin, end),
		cmocka_unit_test_setup_teardown(
			many_lookups_do_not_make_group_lists_stale, begin, end),
		cmocka_unit_test_setup_teardown(
			many_lookups_do_not_keep_changes_from_being_heard,
			begin, end),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("daemon_busy", tests, NULL, NULL);
	front_leave();
	return failed;
}
