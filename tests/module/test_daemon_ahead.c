/*
 * test_daemon_ahead.c - what was asked for on demand is asked for again before
 * it ends, by whoever still wants it, who does not wait for that; and what
 * nobody wants is not asked for.
 */
#include "asker.h"
#include "check.h"
#include "daemon.h"
#include "front.h"
#include "worker.h"

#include <stdio.h>
#include <string.h>

#define ALICE	"alice@lightwave.test"
#define BOB	"bob@lightwave.test"
#define LIFE_MS 8000
/* Nothing is followed: the worker is of an older version. */
#define CONF "[cache]\nreplicate_max = 0\nttl = 8\nmembership_ttl = 8\n"
#define MANY 12 /* more than may be asked for at a time: 8 */

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     admins = GROUP("admins", "100-2001");
static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "100-1025", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "bob", .entry = { &bob } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins } },
};
static const struct worker_line held = { .op = LW_OP_FIND,
					 .manner = WORKER_HOLD };

static struct person {
	char account[16], name[64], upn[64], dn[64], sid[64];
	struct lw_entry entry;
} many[MANY];

static int begin(void **state)
{
	(void)state;
	worker_forget();
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	worker_start();
	daemon_start(CONF);
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

/*
 * Asks until the worker was asked n times, and is told the old answer each
 * time. Whether what is known since `since` cannot have ended meanwhile.
 */
static bool until_asked(void (*ask)(void), const struct worker_line *line,
			unsigned int n, int64_t since)
{
	int64_t until = worker_now_ms() + LIFE_MS + PATIENCE_MS;

	while (worker_count(line->op, line->key) < n) {
		assert_true(worker_now_ms() < until);
		ask();
		worker_wait(-1, 0, worker_now_ms() + 20);
	}
	ask();
	return worker_now_ms() < since + LIFE_MS;
}

/* Once, on a machine that was not too busy to see it. */
static void is_asked_ahead(void (*ask)(void), const struct worker_line *line)
{
	struct worker_line hold = *line;
	unsigned int n, answered;
	int64_t since = 0;
	bool in_time;
	int tries = 0;

	hold.manner = WORKER_HOLD;
	do {
		assert_true(tries++ < 3);
		worker_say(line);
		n = worker_count(line->op, line->key);
		while (worker_count(line->op, line->key) == n) {
			since = worker_now_ms();
			ask();
		}
		worker_say(&hold);
		in_time = until_asked(ask, line, n + 2, since);
		answered = worker_release(line);
	} while (!in_time);
	assert_int_equal(answered, 1);
	assert_true(worker_now_ms() - since > LIFE_MS / 2);
	/* The new answer has a life of its own. */
	worker_tick();
	ask();
	assert_int_equal(worker_count(line->op, line->key), n + 2);
}

static void ask_alice(void)
{
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
}

static void ask_uid(void)
{
	assert_int_equal(asker_uid(ID(1025), NULL), LW_OK);
}

static void ask_groups(void)
{
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
}

static void who_asks_often_never_waits(void **state)
{
	(void)state;
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
	is_asked_ahead(ask_alice, &facts[0]);
	/* And nobody asked for Bob again. */
	assert_int_equal(worker_count(LW_OP_FIND, "bob"), 1);
}

static void nor_who_asks_by_uid(void **state)
{
	(void)state;
	is_asked_ahead(ask_uid, &facts[1]);
}

static void nor_who_asks_for_groups(void **state)
{
	(void)state;
	is_asked_ahead(ask_groups, &facts[3]);
}

static void fill_in(struct person *p, unsigned int i)
{
	snprintf(p->account, sizeof(p->account), "user%u", i);
	snprintf(p->name, sizeof(p->name), "user%u@lightwave.test", i);
	snprintf(p->upn, sizeof(p->upn), "user%u@LIGHTWAVE.TEST", i);
	snprintf(p->dn, sizeof(p->dn), "cn=user%u,dc=lightwave,dc=test", i);
	snprintf(p->sid, sizeof(p->sid), DOMAIN_SID "-100-%u", 3000 + i);
	p->entry = (struct lw_entry) {
		.kind = LW_KIND_USER,
		.dn = lw_str(p->dn),
		.sid = lw_str(p->sid),
		.sam = lw_str(p->account),
		.upn = lw_str(p->upn),
	};
}

static void ask_many(void)
{
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(asker_passwd(many[i].name, NULL), LW_OK);
}

static void no_more_than_eight_are_asked_for_at_a_time(void **state)
{
	int64_t since = worker_now_ms();

	(void)state;
	for (unsigned int i = 0; i < MANY; i++) {
		fill_in(&many[i], i);
		worker_say(
			&(struct worker_line) { .op = LW_OP_FIND,
						.key = many[i].account,
						.entry = { &many[i].entry } });
	}
	ask_many();
	assert_int_equal(worker_count(LW_OP_FIND, NULL), MANY);
	worker_say(&held);
	/* Too late for any of them to be ahead of anything? */
	if (!until_asked(ask_many, &held, MANY + 8, since))
		skip();
	assert_int_equal(worker_count(LW_OP_FIND, NULL), MANY + 8);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_asks_often_never_waits),
		TEST(nor_who_asks_by_uid),
		TEST(nor_who_asks_for_groups),
		TEST(no_more_than_eight_are_asked_for_at_a_time),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("ahead", tests, NULL, NULL);
	front_leave();
	return failed;
}
