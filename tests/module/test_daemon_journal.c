/*
 * test_daemon_journal.c - one record for each decision, with its fields, and a
 * line in the log where no journal takes it. The priv socket answers uid 0.
 */
#include "front.h"
#include "login.h"
#include "member_rig.h"

#include "follow_rig.h"
#include "journal_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SID DOMAIN_SID "-100-"

static int end_with_journal(void **state)
{
	end(state);
	journal_closes();
	return 0;
}

static void start(const char *conf)
{
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "100-1025",
					   .kind = LW_KIND_USER,
					   .entry = { &alice } });
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "admins",
					   .kind = LW_KIND_GROUP,
					   .entry = { &admins } });
	daemon_journal();
	daemon_start(conf);
}

static void a_login_has_its_fields(void **state)
{
	char id[2][64];

	(void)state;
	journal_opens();
	start("[access]\nallow = %admins\ndeny = bob\n");
	assert_int_equal(login_auth("LWAVE\\Alice", "secret1", NULL), LW_OK);
	take_record();
	record_has("MESSAGE=auth: user LWAVE\\Alice (" ALICE
		   "), service sshd, from 192.0.2.7: allowed: no ticket: "
		   "no KDC answered");
	record_has("PRIORITY=6");
	record_has("SYSLOG_IDENTIFIER=lightwaved");
	record_has("LIGHTWAVE_EVENT=auth");
	record_has("LIGHTWAVE_USER=LWAVE\\Alice");
	record_has("LIGHTWAVE_ACCOUNT=" ALICE);
	record_has("LIGHTWAVE_UID=1677722625");
	record_has("LIGHTWAVE_SID=" SID "1025");
	record_has("LIGHTWAVE_SERVICE=sshd");
	record_has("LIGHTWAVE_RHOST=192.0.2.7");
	record_has("LIGHTWAVE_DIRECTORY=online");
	record_has("LIGHTWAVE_DECISION=allowed");
	record_has_not("secret1");
	assert_int_equal(sscanf(strstr(record, "\nMESSAGE_ID="),
				"\nMESSAGE_ID=%63s", id[0]),
			 1);
	assert_int_equal(strlen(id[0]), 32);

	assert_int_equal(login_account(ALICE), LW_OK);
	take_record();
	record_has("LIGHTWAVE_EVENT=account");
	record_has("LIGHTWAVE_RULE=allow = %admins");
	record_has("LIGHTWAVE_GROUP_SID=" SID "2001");
	record_has("LIGHTWAVE_DECISION=allowed");
	record_has("LIGHTWAVE_FACTS_AGE=0");
	assert_int_equal(sscanf(strstr(record, "\nMESSAGE_ID="),
				"\nMESSAGE_ID=%63s", id[1]),
			 1);
	assert_string_not_equal(id[0], id[1]);

	assert_int_equal(login_account(BOB), LW_FORBIDDEN);
	take_record();
	record_has("MESSAGE=account: user " BOB " (" BOB
		   "), service sshd: refused by [access]: deny = bob");
	record_has("PRIORITY=5");
	record_has("LIGHTWAVE_RULE=deny = bob");
	record_has("LIGHTWAVE_DECISION=denied");
	record_has("LIGHTWAVE_REASON=refused by [access]");
	/* One for each decision, and not in the log as well. */
	assert_false(journal_has());
	assert_int_equal(daemon_said("user " ALICE), 0);
}

static void sudo_is_told_why(void **state)
{
	struct member_got got;

	(void)state;
	journal_opens();
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = whole,
					   .synced_n = COUNT(whole),
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 100 });
	worker_say(&no_changes);
	start(LATER);
	daemon_says("the directory is known whole", 1);
	assert_int_equal(
		member_ask(LW_MEMBER_TELLS, ID(1025), ALICE, "admins", &got),
		LW_OK);
	assert_int_equal(
		member_ask(LW_MEMBER_DECIDES, ID(1025), ALICE, "Admins", &got),
		LW_OK);
	take_record();
	record_has("LIGHTWAVE_EVENT=sudo");
	record_has("LIGHTWAVE_SERVICE=sudo");
	record_has("LIGHTWAVE_USER=" ALICE);
	record_has("LIGHTWAVE_RULE=Admins");
	record_has("LIGHTWAVE_GROUP=admins@lightwave.test");
	record_has("LIGHTWAVE_GROUP_SID=" SID "2001");
	record_has("LIGHTWAVE_GROUP_PATH=admins@lightwave.test");
	record_has("LIGHTWAVE_DIRECTORY=online");
	record_has("LIGHTWAVE_DECISION=allowed");
	record_has("LIGHTWAVE_REASON=a member");
	/* A refusal that is looked at again is one decision. */
	assert_int_equal(member_decides(ID(1026), "admins"), LW_FORBIDDEN);
	take_record();
	record_has("LIGHTWAVE_DECISION=denied");
	record_has("LIGHTWAVE_REASON=not a member");
	assert_false(journal_has());
}

/* Whatever he calls himself is one value. */
static void a_name_makes_no_field(void **state)
{
	(void)state;
	journal_opens();
	start(ACCESS);
	assert_int_equal(
		login_account("a\nLIGHTWAVE_DECISION=allowed\n\x1b[31m\xff"),
		LW_NOTOURS);
	take_record();
	record_has(
		"LIGHTWAVE_USER=a\\x0ALIGHTWAVE_DECISION=allowed\\x0A\\x1B[31m"
		"\\xFF");
	record_has("LIGHTWAVE_DECISION=denied");
	record_has_not("\nLIGHTWAVE_DECISION=allowed");
}

static void while_it_is_away_that_is_told(void **state)
{
	(void)state;
	journal_opens();
	start(ACCESS);
	assert_int_equal(login_account(ALICE), LW_OK);
	take_record();
	worker_stop();
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_OK);
	take_record();
	record_has("LIGHTWAVE_DIRECTORY=away");
	record_has("LIGHTWAVE_DECISION=allowed");
	assert_int_equal(login_account("carol@lightwave.test"), LW_NOWORKER);
	take_record();
	record_has("LIGHTWAVE_DECISION=error");
	record_has("LIGHTWAVE_USER=carol@lightwave.test");
	record_has_not("LIGHTWAVE_ACCOUNT");
}

static void without_a_journal_it_is_a_line(void **state)
{
	(void)state;
	start(ACCESS);
	assert_int_equal(login_account(ALICE), LW_OK);
	daemon_says("account: user " ALICE " (" ALICE
		    "), service sshd: allowed: allow = *",
		    1);
	/* It comes, and goes, and comes. */
	for (int i = 0; i < 2; i++) {
		journal_opens();
		assert_int_equal(login_account(ALICE), LW_OK);
		take_record();
		journal_closes();
		assert_int_equal(login_account(ALICE), LW_OK);
		daemon_says("account: user " ALICE, 2 + (unsigned int)i);
	}
}

/* More than its socket holds: the rest is told otherwise, and nobody waits. */
static void a_journal_that_hangs_keeps_nobody_waiting(void **state)
{
	unsigned int sent = 0, taken = 0;

	(void)state;
	journal_opens();
	start(ACCESS);
	while (daemon_said("account: user " ALICE) == 0) {
		assert_true(sent++ < 10000);
		assert_int_equal(login_account(ALICE), LW_OK);
	}
	for (; journal_has(); taken++)
		take_record();
	assert_int_equal(taken + daemon_said("account: user " ALICE), sent);
	assert_int_equal(login_account(ALICE), LW_OK);
	take_record();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end_with_journal)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_login_has_its_fields),
		TEST(sudo_is_told_why),
		TEST(a_name_makes_no_field),
		TEST(while_it_is_away_that_is_told),
		TEST(without_a_journal_it_is_a_line),
		TEST(a_journal_that_hangs_keeps_nobody_waiting),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("journal", tests, NULL, NULL);
	front_leave();
	return failed;
}
