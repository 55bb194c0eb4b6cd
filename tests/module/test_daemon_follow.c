/*
 * test_daemon_follow.c - following a directory: servers that change, and what
 * was kept of somebody meanwhile.
 */
#include "follow_rig.h"
#include "front.h"
#include "login.h"

#include <stdio.h>

static const struct lw_entry expired =
	USER_WITH("alice", "alice@LIGHTWAVE.TEST", "100-1025", 0x800000);
static const struct worker_line everything = { .op = LW_OP_SYNC,
					       .key = "everything",
					       .synced = whole,
					       .synced_n = COUNT(whole),
					       .end = LW_SYNCED_EVERYTHING,
					       .highest = 100 };

static void another_server_has_all_of_it_checked(void **state)
{
	static const struct worker_line dc2 = { .op = LW_OP_SYNC,
						.key = "changes",
						.end = LW_SYNCED_UNKNOWN,
						.server = "dc2",
						.highest = 7 };
	/* bob is not there. */
	static const struct worker_line all = { .op = LW_OP_SYNC,
						.key = "everything",
						.synced = whole,
						.synced_n = 2,
						.end = LW_SYNCED_EVERYTHING,
						.server = "dc2",
						.highest = 7 };
	static const struct worker_line more = { .op = LW_OP_SYNC,
						 .key = "changes",
						 .end = LW_SYNCED_CHANGES,
						 .server = "dc2",
						 .highest = 7 };

	(void)state;
	worker_say(&everything);
	worker_say(&no_changes);
	daemon_start(SOON ACCESS);
	daemon_says("known whole: 2 users, 1 groups", 1);
	assert_int_equal(login_account(BOB), LW_OK);
	assert_int_equal(asked(), 0);

	/* Meanwhile nothing that is kept decides about a login. */
	worker_say(&(struct worker_line) {
		.op = LW_OP_SYNC, .key = "everything", .manner = WORKER_HOLD });
	worker_say(&dc2);
	worker_await(LW_OP_SYNC, "everything", 2);
	assert_int_equal(login_account(BOB), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "bob"), 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), 0);

	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "bob", .entry = { NULL } });
	worker_say(&more);
	assert_int_equal(worker_release(&all), 1);
	daemon_says("known whole: 1 users, 1 groups", 1);
	assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
	worker_await(LW_OP_SYNC, "changes", 3);
}

/* Whoever is let in again is let in at once. */
static void nobody_is_refused_by_what_was_kept(void **state)
{
	static const struct worker_synced was[] = { { &disabled, { NULL } } };

	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = was,
					   .synced_n = 1,
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 100 });
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = &whole[1],
					   .synced_n = 1,
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	daemon_start(LATER ACCESS);
	daemon_says("known whole", 1);
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(worker_count(LW_OP_SYNC, "changes"), 1);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 1);
}

static void a_changed_password_is_not_due_again(void **state)
{
	static const struct worker_synced was[] = { { &expired, { NULL } } };

	unsigned int n;

	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = was,
					   .synced_n = 1,
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 100 });
	worker_say(&no_changes);
	worker_say(&(struct worker_line) { .op = LW_OP_CHANGE });
	daemon_start(LATER ACCESS);
	daemon_says("known whole", 1);
	assert_int_equal(login_change(ALICE, "o", "n"), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(login_auth(ALICE, "n", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	/* Until the followed server has it too, each login asks for it. */
	n = worker_count(LW_OP_FIND, "alice");
	assert_true(n > 0);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "sids",
					   .synced = whole,
					   .synced_n = COUNT(whole),
					   .end = LW_SYNCED_SIDS,
					   .highest = 100 });
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = &whole[1],
					   .synced_n = 1,
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	assert_int_equal(refresh(), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), n);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(another_server_has_all_of_it_checked),
		TEST(nobody_is_refused_by_what_was_kept),
		TEST(a_changed_password_is_not_due_again),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("follow", tests, NULL, NULL);
	front_leave();
	return failed;
}
