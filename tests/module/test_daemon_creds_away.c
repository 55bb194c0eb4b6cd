/*
 * test_daemon_creds_away.c - what it takes for the directory to be away, where
 * the last known password would let in: lightwaved and lightwaved-creds between
 * PAM's questions and a scripted worker. The priv socket answers uid 0.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "keeper.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <unistd.h>

#define ALICE	  "alice@lightwave.test"
#define BOB	  "bob@lightwave.test"
#define ALICE_SID DOMAIN_SID "-100-1025"
#define BOB_SID	  DOMAIN_SID "-100-1026"
#define DEMAND                                                                 \
	"[access]\nallow = *\n[cache]\noffline_credentials = yes\nttl = 0\n"
#define FOLLOWED                                                               \
	"[access]\nallow = *\n[cache]\noffline_credentials = yes\n"            \
	"revocation_max = 3600\n"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     admins = GROUP("admins", "100-2001");
static const struct worker_synced whole[] = {
	{ &admins, { DN_OF("alice") } },
	{ &alice, { NULL } },
	{ &bob, { NULL } },
};
static const struct worker_line answers[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "bob", .entry = { &bob } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins } },
};

static void say(enum lw_op op, const char *key, enum lw_err status)
{
	worker_say(&(struct worker_line) {
		.op = op,
		.key = key,
		.status = status,
		.verdict = { LW_NEVER, LW_TICKET_OK, 0, TEXT("a ticket") } });
}

static void say_followed(void)
{
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = whole,
					   .synced_n = COUNT(whole),
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 100 });
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .end = LW_SYNCED_CHANGES,
					   .highest = 100 });
}

static int begin(void **state)
{
	(void)state;
	keeper_room();
	worker_forget();
	for (size_t i = 0; i < COUNT(answers); i++)
		worker_say(&answers[i]);
	say(LW_OP_VERDICT, NULL, LW_OK);
	worker_start();
	daemon_conf(DEMAND);
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

/* Both were here, and their passwords are kept. */
static void they_logged_in(void)
{
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_int_equal(login_auth(BOB, "one", NULL), LW_OK);
	keeper_comes_to_have(ALICE_SID, true);
	keeper_comes_to_have(BOB_SID, true);
	worker_tick();
}

static void start_followed(void)
{
	say_followed();
	daemon_start(FOLLOWED);
	daemon_says("the directory is known whole", 1);
	they_logged_in();
}

static void look_ups_fail(void)
{
	static const enum lw_op ops[] = { LW_OP_FIND, LW_OP_MEMBERSHIPS,
					  LW_OP_MEMBERS, LW_OP_SYNC };

	for (size_t i = 0; i < COUNT(ops); i++)
		say(ops[i], NULL, LW_OFFLINE);
}

static unsigned int binds(void)
{
	return worker_count(LW_OP_VERDICT, NULL);
}

/* One connection may be cut while the directory stands. */
static void a_bind_that_fails_is_no_outage(void **state)
{
	(void)state;
	daemon_start(DEMAND);
	they_logged_in();
	say(LW_OP_VERDICT, NULL, LW_OFFLINE);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OFFLINE);
	/* Nor where nothing has to be asked before it. */
	daemon_stop();
	say(LW_OP_VERDICT, NULL, LW_OK);
	start_followed();
	say(LW_OP_VERDICT, NULL, LW_OFFLINE);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OFFLINE);
}

/* Her password was changed, which this host does not know. */
static void nor_does_it_open_others(void **state)
{
	lw_cleanup(lw_close) int fd = -1;
	unsigned int before;

	(void)state;
	start_followed();
	say(LW_OP_VERDICT, DN_OF("alice"), LW_DENIED);
	say(LW_OP_VERDICT, DN_OF("bob"), LW_OFFLINE);
	before = binds();
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_AUTH, BOB, "one");
	worker_await(LW_OP_VERDICT, DN_OF("bob"), 2);
	worker_tick();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_DENIED);
	assert_int_equal(binds(), before + 2);
	assert_int_equal(login_take_auth(fd, NULL), LW_OFFLINE);
}

/* Once each, however lately another one's came to nothing. */
static void every_login_is_tried_there_first(void **state)
{
	unsigned int before;

	(void)state;
	start_followed();
	look_ups_fail();
	say(LW_OP_VERDICT, NULL, LW_OFFLINE);
	before = binds();
	for (unsigned int i = 1; i <= 5; i++) {
		assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
		assert_int_equal(binds(), before + i);
	}
	assert_int_equal(login_auth("no@lightwave.test", "one", NULL),
			 LW_DENIED);
	assert_int_equal(binds(), before + 6);
	/* It is back, and nobody has heard of it yet. */
	say(LW_OP_VERDICT, NULL, LW_DENIED);
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_DENIED);
	assert_int_equal(binds(), before + 7);
}

/* As where the machine's own account is no longer good. */
static void who_cannot_look_up_may_still_bind(void **state)
{
	unsigned int before;

	(void)state;
	daemon_start(DEMAND);
	they_logged_in();
	look_ups_fail();
	say(LW_OP_VERDICT, NULL, LW_DENIED);
	before = binds();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OFFLINE);
	assert_int_equal(binds(), before + 1);
	/* And when that fails too, it is away. */
	say(LW_OP_VERDICT, NULL, LW_OFFLINE);
	worker_tick();
	assert_int_equal(login_auth(ALICE, "one", NULL), LW_OK);
	assert_int_equal(binds(), before + 2);
}

/* Whoever else is answered meanwhile shows that it is there. */
static void another_answer_speaks_against_it(void **state)
{
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	start_followed();
	look_ups_fail();
	worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
					   .key = DN_OF("alice"),
					   .manner = WORKER_HOLD });
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_AUTH, ALICE, "one");
	worker_await(LW_OP_VERDICT, DN_OF("alice"), 2);
	worker_tick();
	assert_int_equal(login_auth(BOB, "one", NULL), LW_OK);
	assert_int_equal(worker_release(&(struct worker_line) {
				 .op = LW_OP_VERDICT, .status = LW_OFFLINE }),
			 1);
	assert_int_equal(login_take_auth(fd, NULL), LW_OFFLINE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bind_that_fails_is_no_outage),
		TEST(nor_does_it_open_others),
		TEST(every_login_is_tried_there_first),
		TEST(who_cannot_look_up_may_still_bind),
		TEST(another_answer_speaks_against_it),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("daemon_creds_away", tests, NULL,
					     NULL);
	front_leave();
	return failed;
}
