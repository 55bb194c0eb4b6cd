/*
 * test_daemon_offline.c - a worker that is not there, cannot say, is slow or
 * breaks the protocol: lightwaved never says "no such user" for it, serves
 * what it knows, and lets one bad question shut nobody else out.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "worker.h"

#define ALICE "alice@lightwave.test"
#define BOB   "bob@lightwave.test"
#define SLOW  "slow@lightwave.test"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     admins = GROUP("admins", "100-2001");

static const struct worker_line find_alice = { .op = LW_OP_FIND,
					       .key = "alice",
					       .entry = { &alice } };
static const struct worker_line find_bob = { .op = LW_OP_FIND,
					     .key = "bob",
					     .entry = { &bob } };
static const struct worker_line hold_slow = { .op = LW_OP_FIND,
					      .key = "slow",
					      .manner = WORKER_HOLD };
static const struct worker_line find_offline = { .op = LW_OP_FIND,
						 .status = LW_OFFLINE };
static const struct worker_line lists_offline = { .op = LW_OP_MEMBERSHIPS,
						  .status = LW_OFFLINE };

static void say_as_usual(void)
{
	worker_forget();
	worker_say(&find_alice);
	worker_say(&find_bob);
	worker_say(&hold_slow);
}

static int begin(void **state)
{
	(void)state;
	say_as_usual();
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

static void becomes_known(const char *name)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	enum lw_err e;

	while ((e = asker_passwd(name, NULL)) != LW_OK) {
		assert_int_equal(e, LW_OFFLINE);
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

/* For a while after a loss nobody is asked; then somebody is. */
static void alice_is_asked_for_again(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	unsigned int before = worker_count(LW_OP_FIND, "alice");

	while (worker_count(LW_OP_FIND, "alice") == before) {
		assert_true(worker_now_ms() < until);
		worker_tick();
		asker_passwd(ALICE, NULL);
	}
}

static void nothing_is_known(void)
{
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OFFLINE);
	assert_int_equal(asker_uid(ID(1025), NULL), LW_OFFLINE);
	assert_int_equal(asker_group("admins@lightwave.test", NULL),
			 LW_OFFLINE);
	assert_int_equal(asker_gid(ID(2001), NULL), LW_OFFLINE);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OFFLINE);
}

static void without_a_worker_it_is_offline(void **state)
{
	(void)state;
	worker_stop();
	daemon_start("");
	nothing_is_known();
	worker_start();
	becomes_known(ALICE);
}

static void when_the_worker_cannot_say_it_is_offline(void **state)
{
	(void)state;
	worker_say(&find_offline);
	daemon_start("");
	nothing_is_known();
	/* And nobody waits for what has just failed: once for lookups, and
	 * once for root's question about groups, on which rights hang. */
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 2);
	worker_say(&find_alice);
	becomes_known(ALICE);
}

static void when_the_worker_is_silent_it_is_offline(void **state)
{
	static const struct worker_line hold = { .op = LW_OP_FIND,
						 .manner = WORKER_HOLD };

	(void)state;
	worker_say(&hold);
	daemon_start("");
	nothing_is_known();
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 2);
	/* The answer that comes too late is used all the same. */
	assert_int_equal(worker_release(&(struct worker_line) {
				 .op = LW_OP_FIND, .entry = { &alice } }),
			 2);
	becomes_known(ALICE);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 2);
}

static void what_is_known_is_served_stale(void **state)
{
	struct asker_got got;

	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .entry = { &admins } });
	daemon_start("[cache]\nttl = 0\nnegative_ttl = 0\n");
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
	assert_int_equal(asker_passwd("no@lightwave.test", NULL), LW_NOTFOUND);

	worker_tick();
	worker_say(&find_offline);
	worker_say(&lists_offline);
	assert_int_equal(asker_passwd(ALICE, &got), LW_OK);
	assert_int_equal(got.uid, ID(1025));
	assert_int_equal(asker_uid(ID(1025), NULL), LW_OK);
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_true(asker_in_group(&got, ID(2001)));
	assert_int_equal(asker_passwd("no@lightwave.test", NULL), LW_NOTFOUND);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OFFLINE);
	daemon_says("the directory cannot be reached", 1);

	worker_stop();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OFFLINE);
}

/* Groups are all of them, or an error. */
static void an_unknown_membership_is_offline(void **state)
{
	(void)state;
	worker_say(&lists_offline);
	daemon_start("");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OFFLINE);
}

static void one_silent_question_shuts_nobody_out(void **state)
{
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	daemon_start("");
	fd = asker_open("nss");
	asker_send_name(fd, LW_OP_PASSWD_BY_NAME, SLOW);
	worker_await(LW_OP_FIND, "slow", 1);
	worker_tick();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_false(asker_has_answer(fd));
	assert_int_equal(asker_status(fd), LW_OFFLINE);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
}

static void nor_does_one_that_fails_late(void **state)
{
	static const struct worker_line late = { .op = LW_OP_FIND,
						 .key = "slow",
						 .status = LW_OFFLINE };
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	daemon_start("");
	fd = asker_open("nss");
	asker_send_name(fd, LW_OP_PASSWD_BY_NAME, SLOW);
	worker_await(LW_OP_FIND, "slow", 1);
	worker_tick();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(worker_release(&late), 1);
	assert_int_equal(asker_status(fd), LW_OFFLINE);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
}

/* The worker's word on this question alone, and not the directory's no. */
static void a_refused_question_fails_alone(void **state)
{
	static const enum lw_err words[] = { LW_RANGE, LW_NOMEM, LW_NOTFOUND,
					     LW_DENIED, LW_INVALID };

	(void)state;
	daemon_start("[cache]\nttl = 0\n");
	for (size_t i = 0; i < COUNT(words); i++) {
		worker_say(&(struct worker_line) {
			.op = LW_OP_FIND, .key = "slow", .status = words[i] });
		assert_int_equal(asker_passwd(SLOW, NULL), LW_OFFLINE);
		worker_tick();
		assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
		assert_int_equal(worker_count(LW_OP_FIND, "slow"), i + 1);
		assert_int_equal(worker_count(LW_OP_FIND, "alice"), i + 1);
	}
	/* What is known is served here too. */
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .status = LW_RANGE });
	worker_tick();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), COUNT(words) + 1);
}

static void a_worker_that_breaks_the_rules_is_dropped(void **state)
{
	static const enum worker_manner manners[] = {
		WORKER_STATUS,	WORKER_ID,	WORKER_OP,
		WORKER_VERSION, WORKER_HUGE,	WORKER_SHORT,
		WORKER_LONG,	WORKER_GARBAGE, WORKER_TWICE,
	};
	unsigned int dropped = 0;

	(void)state;
	daemon_start("[cache]\nttl = 0\nnegative_ttl = 0\n");
	for (size_t i = 0; i < COUNT(manners); i++) {
		enum lw_err want =
			manners[i] == WORKER_TWICE ? LW_OK : LW_OFFLINE;

		worker_say(&(struct worker_line) { .op = LW_OP_FIND,
						   .key = "bob",
						   .entry = { &bob },
						   .manner = manners[i] });
		assert_int_equal(asker_passwd(BOB, NULL), want);
		daemon_says("dropping the worker: protocol broken", ++dropped);
		alice_is_asked_for_again();
		assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	}
	assert_true(daemon_runs());
}

static void a_worker_that_dies_takes_nobody_along(void **state)
{
	static const enum worker_manner manners[] = { WORKER_CUT,
						      WORKER_CLOSE };

	(void)state;
	daemon_start("[cache]\nttl = 0\n");
	for (size_t i = 0; i < COUNT(manners); i++) {
		lw_cleanup(lw_close) int one = asker_open("nss"),
					 two = asker_open("nss");

		/* The second waits for an answer of its own. */
		asker_send_name(one, LW_OP_PASSWD_BY_NAME, SLOW);
		worker_await(LW_OP_FIND, "slow", 1);
		worker_say(&(struct worker_line) { .op = LW_OP_FIND,
						   .key = "bob",
						   .entry = { &bob },
						   .manner = manners[i] });
		asker_send_name(two, LW_OP_PASSWD_BY_NAME, BOB);
		assert_int_equal(asker_status(one), LW_OFFLINE);
		assert_int_equal(asker_status(two), LW_OFFLINE);
		daemon_says("the worker has gone", (unsigned int)i + 1);
		alice_is_asked_for_again();
		say_as_usual();
	}
	becomes_known(BOB);
	assert_true(daemon_runs());
}

static void another_domain_is_not_believed(void **state)
{
	static const struct lw_entry root = {
		.kind = LW_KIND_USER,
		.dn = TEXT(DN_OF("bob")),
		.sid = TEXT("S-1-7-21-9-9-9-9-100-1026"),
		.sam = TEXT("bob"),
		.upn = TEXT("bob@LIGHTWAVE.TEST"),
	};

	(void)state;
	daemon_start("");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "bob",
					   .entry = { &root },
					   .domain_sid = "S-1-7-21-9-9-9-9" });
	assert_int_equal(asker_passwd(BOB, NULL), LW_OFFLINE);
	daemon_says("its answers are not used", 1);
	/* A foreign SID in an answer of our domain has no id here. */
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "bob", .entry = { &root } });
	worker_tick();
	assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
	daemon_says("its SID gives no usable id", 1);
}

static void a_domain_without_a_sid_is_no_answer(void **state)
{
	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_FIND,
					   .key = "bob",
					   .entry = { &bob },
					   .domain_sid = "S-1-7-21-x" });
	daemon_start("");
	assert_int_equal(asker_passwd(BOB, NULL), LW_OFFLINE);
	daemon_says("dropping the worker", 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_worker_it_is_offline),
		TEST(when_the_worker_cannot_say_it_is_offline),
		TEST(when_the_worker_is_silent_it_is_offline),
		TEST(what_is_known_is_served_stale),
		TEST(an_unknown_membership_is_offline),
		TEST(one_silent_question_shuts_nobody_out),
		TEST(nor_does_one_that_fails_late),
		TEST(a_refused_question_fails_alone),
		TEST(a_worker_that_breaks_the_rules_is_dropped),
		TEST(a_worker_that_dies_takes_nobody_along),
		TEST(another_domain_is_not_believed),
		TEST(a_domain_without_a_sid_is_no_answer),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("offline", tests, NULL, NULL);
	front_leave();
	return failed;
}
