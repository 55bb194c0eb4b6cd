/*
 * test_daemon_demand.c - without a replica, because none is wanted, the domain
 * is too large or the worker too old: each is asked for, and followed where
 * that can be.
 */
#include "follow_rig.h"
#include "front.h"
#include "login.h"

#include <stdio.h>
#include <string.h>

#define DEMAND "replicate_max = 0\n"

static const struct worker_line everything = { .op = LW_OP_SYNC,
					       .key = "everything",
					       .synced = whole,
					       .synced_n = COUNT(whole),
					       .end = LW_SYNCED_EVERYTHING,
					       .highest = 100 };

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
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("demand", tests, NULL, NULL);
	front_leave();
	return failed;
}
