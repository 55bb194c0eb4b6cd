/*
 * test_daemon_creds.c - who logs in while the directory is away, by what is
 * known of him and by the last password that it took.
 */
#include "asker.h"
#include "front.h"
#include "offline_rig.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
