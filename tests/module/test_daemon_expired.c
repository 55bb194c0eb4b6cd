/*
 * test_daemon_expired.c - a password that must be changed: who is let in to
 * change it, which way the change goes, and that nothing else opens before.
 * The priv socket answers uid 0.
 */
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ALICE	"alice@lightwave.test"
#define ACCESS	"[access]\nallow = *\n"
#define KPASSWD ACCESS "[password]\nkpasswd = yes\n"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     expired =
				     USER_WITH("alice", "alice@LIGHTWAVE.TEST",
					       "100-1025", LW_UAC_EXPIRED),
			     closed = USER_WITH("alice", "alice@LIGHTWAVE.TEST",
						"100-1025", LW_UAC_DISABLED);

static const struct worker_line find_alice = { .op = LW_OP_FIND,
					       .key = "alice",
					       .entry = { &alice } };
static const struct worker_line find_expired = { .op = LW_OP_FIND,
						 .key = "alice",
						 .entry = { &expired } };
static const struct worker_line changed = { .op = LW_OP_CHANGE };
static const struct worker_line hold = { .op = LW_OP_CHANGE,
					 .manner = WORKER_HOLD };

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_start();
	worker_say(&find_alice);
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static void say(enum lw_op op, enum lw_err status)
{
	worker_say(&(struct worker_line) {
		.op = op,
		.status = status,
		.verdict = { .expires_in = LW_NEVER,
			     .ticket = LW_TICKET_NO_KDC } });
}

/* The nth question about a change, from 1, and by which way it goes. */
static void goes_by(unsigned int nth, bool kpasswd)
{
	worker_await(LW_OP_CHANGE, NULL, nth);
	assert_int_equal(worker_count(LW_OP_CHANGE, NULL), nth);
	assert_int_equal(worker_question(LW_OP_CHANGE, nth - 1)->kpasswd,
			 kpasswd);
}

static int send_change(void)
{
	static const struct lw_password_change c = {
		.login = { .user = TEXT(ALICE), .password = TEXT("o") },
		.new_password = TEXT("n"),
	};
	int fd = asker_open("priv");
	uint8_t body[256];
	struct lw_wr w;

	lw_wr_init(&w, body, sizeof(body));
	lw_password_change_encode(&w, &c);
	asker_send_body(fd, LW_OP_PASSWORD, body, (size_t)(w.p - body));
	return fd;
}

/* It had expired, which only the directory knew. */
static void an_expired_one_goes_the_other_way_then(void **state)
{
	static const enum lw_err ends[] = { LW_OK, LW_EXPIRED, LW_WEAK,
					    LW_DENIED };

	(void)state;
	worker_say(&hold);
	daemon_start(KPASSWD);
	for (unsigned int i = 0; i < COUNT(ends); i++) {
		lw_cleanup(lw_close) int fd = send_change();

		goes_by(2 * i + 1, false);
		assert_int_equal(
			worker_release(&(struct worker_line) {
				.op = LW_OP_CHANGE, .status = LW_EXPIRED }),
			1);
		goes_by(2 * i + 2, true);
		assert_string_equal(
			worker_question(LW_OP_CHANGE, 2 * i + 1)->new_password,
			"n");
		assert_int_equal(
			worker_release(&(struct worker_line) {
				.op = LW_OP_CHANGE, .status = ends[i] }),
			1);
		assert_int_equal(asker_status(fd), ends[i]);
	}
	assert_int_equal(worker_count(LW_OP_CHANGE, NULL), 2 * COUNT(ends));
}

static void where_there_is_another_way(void **state)
{
	(void)state;
	say(LW_OP_CHANGE, LW_EXPIRED);
	daemon_start(ACCESS);
	assert_int_equal(login_change(ALICE, "o", "n"), LW_EXPIRED);
	goes_by(1, false);
}

static void what_is_known_to_have_expired_goes_that_way_at_once(void **state)
{
	(void)state;
	worker_say(&changed);
	say(LW_OP_VERDICT, LW_EXPIRED);
	daemon_start(KPASSWD);
	/* By the bind ... */
	assert_int_equal(login_auth(ALICE, "o", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_CHANGE);
	assert_int_equal(login_account_for("cron", ALICE), LW_CHANGE);
	assert_int_equal(login_verify(ALICE, "o"), LW_OK);
	assert_int_equal(login_change(ALICE, "o", "n"), LW_OK);
	goes_by(1, true);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(login_change(ALICE, "o", "n"), LW_OK);
	goes_by(2, false);
	/* ... of passwd alone ... */
	assert_int_equal(login_verify(ALICE, "o"), LW_OK);
	assert_int_equal(login_change(ALICE, "o", "n"), LW_OK);
	goes_by(3, true);
	/* ... or by the entry. */
	worker_say(&find_expired);
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_CHANGE);
	assert_int_equal(login_change(ALICE, "o", "n"), LW_OK);
	goes_by(4, true);
}

static void without_another_way_it_ends_there(void **state)
{
	(void)state;
	say(LW_OP_VERDICT, LW_EXPIRED);
	daemon_start(ACCESS);
	assert_int_equal(login_auth(ALICE, "o", NULL), LW_EXPIRED);
	assert_int_equal(login_verify(ALICE, "o"), LW_EXPIRED);
	assert_int_equal(login_account(ALICE), LW_OK); /* with a key */
	worker_say(&find_expired);
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_EXPIRED);
}

/* The bind lets him in for that alone, whatever the entry says of it. */
static void what_must_be_changed_goes_the_usual_way(void **state)
{
	(void)state;
	daemon_start(ACCESS);
	for (unsigned int i = 0; i < 2; i++) {
		worker_say(i ? &find_expired : &find_alice);
		say(LW_OP_VERDICT, LW_CHANGE);
		worker_say(&changed);
		worker_tick();
		assert_int_equal(login_auth(ALICE, "o", NULL), LW_OK);
		for (int k = 0; k < 2; k++)
			assert_int_equal(login_account(ALICE), LW_CHANGE);
		say(LW_OP_CHANGE, LW_WEAK);
		assert_int_equal(login_change(ALICE, "o", "n"), LW_WEAK);
		assert_int_equal(login_account(ALICE), LW_CHANGE);
		worker_say(&changed);
		assert_int_equal(login_change(ALICE, "o", "n"), LW_OK);
		goes_by(2 * i + 2, false);
		worker_say(&find_alice);
		worker_tick();
		assert_int_equal(login_account(ALICE), LW_OK);
	}
	/* An administrator who has set another one ends it too. */
	say(LW_OP_VERDICT, LW_CHANGE);
	assert_int_equal(login_auth(ALICE, "o", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_CHANGE);
	say(LW_OP_VERDICT, LW_OK);
	assert_int_equal(login_auth(ALICE, "n", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
}

static void although_there_is_another(void **state)
{
	(void)state;
	say(LW_OP_VERDICT, LW_CHANGE);
	worker_say(&changed);
	daemon_start(KPASSWD);
	assert_int_equal(login_auth(ALICE, "o", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_CHANGE);
	assert_int_equal(login_change(ALICE, "o", "n"), LW_OK);
	goes_by(1, false);
}

static void rules_come_first(void **state)
{
	(void)state;
	say(LW_OP_VERDICT, LW_CHANGE);
	daemon_start("[access]\nallow = nobody\n");
	assert_int_equal(login_auth(ALICE, "o", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_FORBIDDEN);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &closed } });
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_DISABLED);
}

static void who_goes_meanwhile_does_no_harm(void **state)
{
	int fd;

	(void)state;
	worker_say(&hold);
	daemon_start(KPASSWD);
	fd = send_change();
	worker_await(LW_OP_CHANGE, NULL, 1);
	close(fd);
	assert_int_equal(asker_ours(ALICE), LW_OK);
	assert_int_equal(worker_release(&(struct worker_line) {
				 .op = LW_OP_CHANGE, .status = LW_EXPIRED }),
			 1);
	assert_int_equal(asker_ours(ALICE), LW_OK);
	assert_true(daemon_runs());
	assert_int_equal(worker_count(LW_OP_CHANGE, NULL), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_expired_one_goes_the_other_way_then),
		TEST(where_there_is_another_way),
		TEST(what_is_known_to_have_expired_goes_that_way_at_once),
		TEST(without_another_way_it_ends_there),
		TEST(what_must_be_changed_goes_the_usual_way),
		TEST(although_there_is_another),
		TEST(rules_come_first),
		TEST(who_goes_meanwhile_does_no_harm),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("expired", tests, NULL, NULL);
	front_leave();
	return failed;
}
