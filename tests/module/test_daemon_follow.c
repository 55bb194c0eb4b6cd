/*
 * test_daemon_follow.c - following a directory: servers that change, domains
 * that are too large for a replica, workers that are too old. The priv socket
 * answers uid 0.
 */
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <string.h>

#define ALICE  "alice@lightwave.test"
#define BOB    "bob@lightwave.test"
#define ACCESS "[access]\nallow = *\n"
#define SOON   "[cache]\nrevocation_max = 1\n"
#define LATER  "[cache]\nrevocation_max = 3600\n"
#define DEMAND "replicate_max = 0\n"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     disabled =
				     USER_WITH("alice", "alice@LIGHTWAVE.TEST",
					       "100-1025", 2),
			     expired =
				     USER_WITH("alice", "alice@LIGHTWAVE.TEST",
					       "100-1025", 0x800000),
			     admins = GROUP("admins", "100-2001");

static const struct worker_synced whole[] = { { &admins, { DN_OF("alice") } },
					      { &alice, { NULL } },
					      { &bob, { NULL } } };

static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "bob", .entry = { &bob } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins } },
	{ .op = LW_OP_VERDICT,
	  .verdict = { .expires_in = LW_NEVER, .ticket = LW_TICKET_NO_KDC } },
};

static const struct worker_line everything = { .op = LW_OP_SYNC,
					       .key = "everything",
					       .synced = whole,
					       .synced_n = COUNT(whole),
					       .end = LW_SYNCED_EVERYTHING,
					       .highest = 100 };
/* What a server says that was not asked before. */
static const struct worker_line first = { .op = LW_OP_SYNC,
					  .key = "changes",
					  .end = LW_SYNCED_UNKNOWN,
					  .highest = 100 };
static const struct worker_line no_changes = { .op = LW_OP_SYNC,
					       .key = "changes",
					       .end = LW_SYNCED_CHANGES,
					       .highest = 100 };

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

static enum lw_err refresh(void)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");

	asker_send_body(fd, LW_OP_REFRESH, "", 0);
	return asker_status(fd);
}

static unsigned int asked(void)
{
	return worker_count(LW_OP_FIND, NULL) +
	       worker_count(LW_OP_MEMBERS, NULL) +
	       worker_count(LW_OP_MEMBERSHIPS, NULL);
}

/* What was said in this very moment would still be fresh. */
static void time_passes(int64_t ms)
{
	worker_wait(-1, 0, worker_now_ms() + ms);
}

static void start_on_demand(const char *conf)
{
	worker_say(&first);
	daemon_start(conf);
	worker_await(LW_OP_SYNC, "changes", 1);
	worker_say(&no_changes);
	/* The answer was taken once this one is asked for. */
	assert_int_equal(refresh(), LW_OK);
	time_passes(2);
}

/*
 * With SOON: until what is said is followed, which takes a second, because
 * whoever says it may lag behind.
 */
static void until_followed(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	unsigned int before;

	do {
		assert_true(worker_now_ms() < until);
		before = asked();
		assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
		time_passes(2);
	} while (asked() > before);
}

static void an_older_worker_is_asked_on_demand(void **state)
{
	(void)state;
	daemon_start(ACCESS);
	daemon_says("this lightwaved-worker cannot tell what changed", 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	for (unsigned int i = 1; i < 4; i++) {
		time_passes(2);
		assert_int_equal(login_account(ALICE), LW_OK);
		assert_int_equal(worker_count(LW_OP_MEMBERSHIPS, NULL), i);
	}
	assert_int_equal(refresh(), LW_OFFLINE);
	assert_int_equal(worker_count(LW_OP_SYNC, NULL), 1);
	assert_int_equal(daemon_said("dropping the worker"), 0);
}

static void what_pam_waits_for_says_so(void **state)
{
	(void)state;
	daemon_start(ACCESS);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	for (unsigned int i = 0; i < 2; i++) {
		const struct worker_question *q =
			worker_question(LW_OP_FIND, i);

		assert_int_equal((q->raw_op & LW_OP_LOGIN) != 0,
				 !strcmp(q->key, "alice"));
	}
}

/* Without a replica what is known stays good as long as nothing changes it. */
static void on_demand_each_is_asked_about_once(void **state)
{
	static const struct worker_synced news[] = { { &disabled, { NULL } } };

	unsigned int before;

	(void)state;
	start_on_demand(SOON DEMAND "ttl = 0\n" ACCESS);
	until_followed();
	before = asked();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(login_account(ALICE), LW_OK);
		assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
		assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
		time_passes(2);
	}
	assert_true(before > 2);
	assert_int_equal(asked(), before);
	assert_int_equal(worker_count(LW_OP_SYNC, "everything"), 0);

	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &disabled } });
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = news,
					   .synced_n = COUNT(news),
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	assert_int_equal(refresh(), LW_OK);
	time_passes(2);
	assert_int_equal(login_account(ALICE), LW_DISABLED);
}

static void a_groups_change_has_groups_asked_for_again(void **state)
{
	static const struct worker_synced news[] = { { &admins, { NULL } } };
	int64_t until = worker_now_ms() + PATIENCE_MS;
	struct asker_got got;

	(void)state;
	start_on_demand(SOON DEMAND);
	until_followed();
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_int_equal(got.count, 2);
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS });
	time_passes(2);
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_int_equal(got.count, 2);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = news,
					   .synced_n = COUNT(news),
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	while (asker_initgroups(ALICE, &got) == LW_OK && got.count > 1)
		assert_true(worker_now_ms() < until);
	assert_int_equal(got.count, 1);
}

/* The directory's answer is older than a change that overtook it. */
static void an_overtaken_answer_is_asked_for_again(void **state)
{
	static const struct worker_synced news[] = { { &disabled, { NULL } } };
	static const struct worker_line hold = { .op = LW_OP_FIND,
						 .key = "alice",
						 .manner = WORKER_HOLD };
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	start_on_demand(LATER DEMAND ACCESS);
	worker_say(&hold);
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_ACCOUNT, ALICE, "");
	worker_await(LW_OP_FIND, "alice", 1);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = news,
					   .synced_n = COUNT(news),
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	assert_int_equal(refresh(), LW_OK);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &disabled } });
	assert_int_equal(worker_release(&facts[0]), 1);
	assert_int_equal(asker_status(fd), LW_DISABLED);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), 2);
}

static void too_many_are_asked_for_on_demand(void **state)
{
	(void)state;
	worker_say(&first);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = whole,
					   .synced_n = COUNT(whole),
					   .end = LW_SYNCED_TOO_MANY });
	daemon_start(SOON "replicate_max = 7\n");
	daemon_says("more than replicate_max = 7 entries", 1);
	worker_await(LW_OP_SYNC, "changes", 1);
	worker_say(&no_changes);
	worker_await(LW_OP_SYNC, "changes", 4);
	assert_int_equal(worker_count(LW_OP_SYNC, "everything"), 1);
	assert_int_equal(daemon_said("more than replicate_max"), 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), 1);
}

/* The bound is ours as well. */
static void a_worker_that_sends_more_is_not_believed(void **state)
{
	(void)state;
	worker_say(&first);
	worker_say(&everything);
	daemon_start(SOON "replicate_max = 2\n");
	daemon_says("more than replicate_max = 2 entries", 1);
	assert_int_equal(daemon_said("known whole"), 0);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), 1);
}

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
		TEST(an_older_worker_is_asked_on_demand),
		TEST(what_pam_waits_for_says_so),
		TEST(on_demand_each_is_asked_about_once),
		TEST(a_groups_change_has_groups_asked_for_again),
		TEST(an_overtaken_answer_is_asked_for_again),
		TEST(too_many_are_asked_for_on_demand),
		TEST(a_worker_that_sends_more_is_not_believed),
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
