/*
 * test_daemon_away.c - a worker that hangs, a directory that is slow or away,
 * and how soon that is over; and who asks for what is true now. The priv socket
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
#define CAROL  "carol@lightwave.test"
#define ACCESS "[access]\nallow = *\n"
#define SOON   "[cache]\nrevocation_max = 1\n"
#define LATER  "[cache]\nrevocation_max = 3600\n"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     carol = USER("carol", "100-1027"),
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

/* What was said in this very moment would still be fresh. */
static void time_passes(int64_t ms)
{
	worker_wait(-1, 0, worker_now_ms() + ms);
}

/* One that began before the question tells nothing of what was then. */
static void a_refresh_waits_for_a_later_question(void **state)
{
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	worker_say(&everything);
	worker_say(&(struct worker_line) {
		.op = LW_OP_SYNC, .key = "changes", .manner = WORKER_HOLD });
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "sids",
					   .synced = whole,
					   .synced_n = COUNT(whole),
					   .end = LW_SYNCED_SIDS,
					   .highest = 100 });
	daemon_start(SOON);
	worker_await(LW_OP_SYNC, "changes", 1);
	fd = asker_open("priv");
	asker_send_body(fd, LW_OP_REFRESH, "", 0);
	/* Its question is taken once a later one is answered. */
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(worker_release(&no_changes), 1);
	worker_await(LW_OP_SYNC, "changes", 2);
	assert_false(asker_has_answer(fd));
	assert_int_equal(worker_release(&no_changes), 1);
	assert_int_equal(asker_status(fd), LW_OK);
	assert_int_equal(worker_count(LW_OP_SYNC, "sids"), 1);
}

static void a_refresh_in_vain_says_so(void **state)
{
	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .status = LW_OFFLINE });
	daemon_start(LATER);
	assert_int_equal(refresh(), LW_OFFLINE);
	worker_stop();
	daemon_says("the worker has gone", 1);
	assert_int_equal(refresh(), LW_NOWORKER);
}

/* It is given up by who waits, within about five seconds. */
static void a_hung_worker_is_found_out(void **state)
{
	static const struct worker_line hold[] = {
		{ .op = LW_OP_FIND, .manner = WORKER_HOLD },
		{ .op = LW_OP_OURS, .manner = WORKER_HOLD },
	};
	int64_t begun;

	(void)state;
	for (size_t i = 0; i < COUNT(hold); i++)
		worker_say(&hold[i]);
	daemon_start(ACCESS);
	begun = worker_now_ms();
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_NOWORKER);
	assert_true(worker_now_ms() - begun < 6500);
	daemon_says("dropping the worker: it hangs", 1);
	assert_int_equal(worker_count(LW_OP_VERDICT, NULL), 0);
}

/* A directory that is slow is another matter: its worker says so. */
static void a_slow_directory_is_waited_for(void **state)
{
	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "alice",
					   .after_ms = 5500,
					   .entry = { &alice } });
	daemon_start(ACCESS);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(daemon_said("dropping the worker"), 0);
	assert_true(worker_count(LW_OP_OURS, NULL) > 0);
}

/* The worker knows first when it is over; nothing is added to that. */
static void the_directory_is_back_at_once(void **state)
{
	static const struct worker_line off = { .op = LW_OP_FIND,
						.status = LW_OFFLINE };

	(void)state;
	daemon_start("[cache]\nttl = 0\n");
	for (int i = 0; i < 3; i++) {
		int64_t until = worker_now_ms() + 1500, back;

		worker_say(&off);
		while (worker_now_ms() < until) {
			time_passes(2);
			asker_passwd(ALICE, NULL);
		}
		assert_true(worker_count(LW_OP_FIND, NULL) > 3);
		worker_forget();
		worker_say(&facts[0]);
		back = worker_now_ms();
		while (worker_count(LW_OP_FIND, "alice") == 0) {
			time_passes(2);
			asker_passwd(ALICE, NULL);
		}
		/* A back-off of the front's own begins with a second. */
		assert_true(worker_now_ms() - back < 900);
		assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	}
}

static void a_broken_stream_changes_nothing(void **state)
{
	static const struct worker_synced news[] = { { &carol, { NULL } } };

	(void)state;
	worker_forget();
	worker_say(&everything);
	daemon_start(LATER);
	daemon_says("known whole: 2 users, 1 groups", 1);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = news,
					   .synced_n = 1,
					   .status = LW_OFFLINE });
	assert_int_equal(refresh(), LW_OFFLINE);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = news,
					   .synced_n = 1,
					   .missing = 1,
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	assert_int_equal(refresh(), LW_OFFLINE);
	/* Nothing at all is what who may not read is told. */
	worker_say(&no_changes);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "sids",
					   .end = LW_SYNCED_SIDS,
					   .highest = 100 });
	assert_int_equal(refresh(), LW_OFFLINE);
	daemon_says("the directory shows 0 users, after 2", 1);
	worker_forget();
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .status = LW_OFFLINE });
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
	assert_int_equal(asker_passwd(CAROL, NULL), LW_OFFLINE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_refresh_waits_for_a_later_question),
		TEST(a_refresh_in_vain_says_so),
		TEST(a_broken_stream_changes_nothing),
		TEST(a_hung_worker_is_found_out),
		TEST(a_slow_directory_is_waited_for),
		TEST(the_directory_is_back_at_once),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("away", tests, NULL, NULL);
	front_leave();
	return failed;
}
