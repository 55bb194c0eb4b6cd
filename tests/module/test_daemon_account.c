/*
 * test_daemon_account.c - what one question of a login leaves for the next:
 * facts for the account phase, and whether to tell a user that his password
 * will expire. The priv socket answers uid 0.
 */
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALICE "alice@lightwave.test"
#define BOB   "bob@lightwave.test"
#define CAROL "carol@lightwave.test"
#define DAY   86400

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     carol = USER("carol", "100-1027"),
			     closed = USER_WITH("alice", "alice@LIGHTWAVE.TEST",
						"100-1025", LW_UAC_DISABLED),
			     admins = GROUP("admins", "100-2001");

static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "bob", .entry = { &bob } },
	{ .op = LW_OP_FIND, .key = "carol", .entry = { &carol } },
	{ .op = LW_OP_FIND, .key = "admins", .entry = { &admins } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins } },
	{ .op = LW_OP_VERDICT,
	  .verdict = { .expires_in = LW_NEVER, .ticket = LW_TICKET_NO_KDC } },
};
static const struct worker_line hold_groups = { .op = LW_OP_MEMBERSHIPS,
						.manner = WORKER_HOLD };

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

static void were_asked(unsigned int finds, unsigned int memberships)
{
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), finds);
	assert_int_equal(worker_count(LW_OP_MEMBERSHIPS, DN_OF("alice")),
			 memberships);
}

static void a_login_asks_for_each_fact_once(void **state)
{
	(void)state;
	daemon_start("[access]\nallow = %admins\n");
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_OK);
	were_asked(1, 1);
	/* The next one is another login. */
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_OK);
	were_asked(2, 2);
}

static enum lw_err passed(const char *socket, const char *name)
{
	lw_cleanup(lw_close) int fd = asker_open(socket);

	asker_send_name(fd, LW_OP_PASSED, name);
	return asker_status(fd);
}

static enum lw_err passed_elsewhere(const char *name)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit((int)passed("nss", name));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (enum lw_err)WEXITSTATUS(status);
}

static void who_was_let_in_has_passed_in_that_process_alone(void **state)
{
	(void)state;
	daemon_start("[access]\nallow = alice\n");
	assert_int_equal(passed("nss", ALICE), LW_NOTFOUND);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(passed("nss", ALICE), LW_OK);
	assert_int_equal(passed("nss", "LIGHTWAVE.TEST\\Alice"), LW_OK);
	assert_int_equal(passed("priv", ALICE), LW_OK);
	assert_int_equal(passed_elsewhere(ALICE), LW_NOTFOUND);
	/* Known, and refused. */
	assert_int_equal(login_account(BOB), LW_FORBIDDEN);
	assert_int_equal(passed("nss", BOB), LW_NOTFOUND);
	assert_int_equal(passed("nss", "root"), LW_NOTFOUND);
}

/* What was known before the password was typed is not enough. */
static void facts_from_before_it_do_not_count(void **state)
{
	(void)state;
	daemon_start("[access]\nallow = %admins\n");
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
	were_asked(1, 1);
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS });
	worker_tick();
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
	were_asked(2, 2);
	assert_int_equal(login_account(ALICE), LW_FORBIDDEN);
	were_asked(2, 2);
}

/* Each is another login than the one whose password was asked about. */
static void no_other_login_uses_them(void **state)
{
	static const struct {
		const char *service, *user;
	} cases[] = {
		{ "sudo", ALICE },
		{ "sshd2", ALICE },
		{ "", ALICE },
		{ "sshd", "LWAVE\\alice" },
		{ "sshd", "Alice@lightwave.test" },
	};

	(void)state;
	daemon_start("[access]\nallow = *\n");
	for (unsigned int i = 0; i < COUNT(cases); i++) {
		worker_tick();
		assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
		worker_tick();
		assert_int_equal(
			login_account_for(cases[i].service, cases[i].user),
			LW_OK);
		were_asked(2 * i + 2, 2 * i + 2);
		/* Nor has it used them up. */
		assert_int_equal(login_account(ALICE), LW_OK);
		were_asked(2 * i + 2, 2 * i + 2);
	}
	assert_int_equal(login_account(BOB), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "bob"), 1);
}

static void nor_one_whose_password_was_wrong(void **state)
{
	static const struct worker_line no[] = {
		{ .op = LW_OP_VERDICT, .status = LW_DENIED },
		{ .op = LW_OP_VERDICT, .status = LW_EXPIRED },
		{ .op = LW_OP_VERDICT, .status = LW_RANGE },
	};

	(void)state;
	daemon_start("[access]\nallow = *\n");
	for (unsigned int i = 0; i < COUNT(no); i++) {
		worker_say(&no[i]);
		worker_tick();
		assert_int_not_equal(login_auth(ALICE, "p", NULL), LW_OK);
		were_asked(2 * i + 1, 2 * i + 1);
		worker_tick();
		assert_int_equal(login_account(ALICE), LW_OK);
		were_asked(2 * i + 2, 2 * i + 2);
	}
}

static void the_second_login_sees_what_changed(void **state)
{
	(void)state;
	daemon_start("[access]\nallow = *\n");
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &closed } });
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_DISABLED);
}

static void slow_groups_do_not_keep_the_password_waiting(void **state)
{
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	worker_say(&hold_groups);
	daemon_start("[access]\nallow = %admins\n");
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
	worker_await(LW_OP_MEMBERSHIPS, DN_OF("alice"), 1);
	/* Who needs them waits for the question that is on its way. */
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_ACCOUNT, ALICE, "");
	assert_int_equal(asker_ours(ALICE), LW_OK);
	assert_false(asker_has_answer(fd));
	assert_int_equal(worker_release(&facts[4]), 1);
	assert_int_equal(asker_status(fd), LW_OK);
	were_asked(1, 1);
}

/* Nor is anything lost if nobody asks for them in the end. */
static void groups_that_come_for_nobody_are_kept(void **state)
{
	lw_cleanup(lw_close) int fd = -1;
	struct asker_got got;

	(void)state;
	worker_say(&hold_groups);
	daemon_start("[cache]\nmembership_ttl = 3600\n");
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_AUTH, ALICE, "p");
	worker_await(LW_OP_MEMBERSHIPS, NULL, 1);
	close(lw_take_fd(&fd));
	assert_int_equal(asker_ours(ALICE), LW_OK);
	assert_int_equal(worker_release(&facts[4]), 1);
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_true(asker_in_group(&got, ID(2001)));
	were_asked(1, 1);
}

static void groups_that_fail_do_not_fail_the_password(void **state)
{
	static const struct {
		enum lw_err groups, account;
	} cases[] = {
		{ LW_RANGE, LW_OFFLINE },
		{ LW_NOMEM, LW_OFFLINE },
		{ LW_NOTFOUND, LW_OFFLINE }, /* found each time, and gone */
		{ LW_OFFLINE, LW_OFFLINE },
	};

	(void)state;
	for (unsigned int i = 0; i < COUNT(cases); i++) {
		worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
						   .status = cases[i].groups });
		daemon_start("[access]\nallow = %admins\n");
		assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
		assert_int_equal(login_account(ALICE), cases[i].account);
		assert_int_equal(worker_count(LW_OP_VERDICT, NULL), i + 1);
		daemon_stop();
	}
}

/* The answer of an AUTH with a password that expires in so many seconds. */
static uint32_t told(const char *user, uint32_t expires_in)
{
	struct lw_auth_answer a;

	worker_say(&(struct worker_line) {
		.op = LW_OP_VERDICT,
		.verdict = { .expires_in = expires_in,
			     .ticket = LW_TICKET_NO_KDC } });
	assert_int_equal(login_auth(user, "p", &a), LW_OK);
	return a.expires_in;
}

static void a_user_is_warned_once_a_day(void **state)
{
	(void)state;
	daemon_start("");
	/* Too early: that does not count as having told him. */
	assert_int_equal(told(ALICE, LW_NEVER), LW_NEVER);
	assert_int_equal(told(ALICE, 14 * DAY), LW_NEVER);
	assert_int_equal(told(ALICE, 14 * DAY - 1), 14 * DAY - 1);
	assert_int_equal(told(ALICE, 14 * DAY - 2), LW_NEVER);
	assert_int_equal(told("LWAVE\\ALICE", 60), LW_NEVER);
	daemon_reload("[password]\nwarn_days = 20\n",
		      "configuration read again");
	assert_int_equal(told(ALICE, 60), LW_NEVER);
	/* Another one has not been told. */
	assert_int_equal(told(BOB, 0), 0);
	assert_int_equal(told(BOB, 0), LW_NEVER);
	assert_int_equal(told(CAROL, 20 * DAY - 1), 20 * DAY - 1);
}

static void within_the_days_that_the_configuration_says(void **state)
{
	static const struct {
		const char *setting;
		uint32_t expires_in, told;
	} cases[] = {
		{ "[password]\nwarn_days = 0\n", 0, LW_NEVER },
		{ "[password]\nwarn_days = 0\n", DAY, LW_NEVER },
		{ "[password]\nwarn_days = 1\n", DAY, LW_NEVER },
		{ "[password]\nwarn_days = 1\n", DAY - 1, DAY - 1 },
		{ "[password]\nwarn_days = 365\n", 365 * DAY, LW_NEVER },
		{ "[password]\nwarn_days = 365\n", 364 * DAY, 364 * DAY },
		{ "[password]\nwarn_days = 365\n", LW_NEVER, LW_NEVER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		daemon_start(cases[i].setting);
		assert_int_equal(told(ALICE, cases[i].expires_in),
				 cases[i].told);
		daemon_stop();
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_login_asks_for_each_fact_once),
		TEST(who_was_let_in_has_passed_in_that_process_alone),
		TEST(facts_from_before_it_do_not_count),
		TEST(no_other_login_uses_them),
		TEST(nor_one_whose_password_was_wrong),
		TEST(the_second_login_sees_what_changed),
		TEST(slow_groups_do_not_keep_the_password_waiting),
		TEST(groups_that_come_for_nobody_are_kept),
		TEST(groups_that_fail_do_not_fail_the_password),
		TEST(a_user_is_warned_once_a_day),
		TEST(within_the_days_that_the_configuration_says),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("account", tests, NULL, NULL);
	front_leave();
	return failed;
}
