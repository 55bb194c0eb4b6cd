/*
 * test_daemon_replica.c - a directory that is known whole: nobody who exists
 * is asked about, memberships are worked out here, what changes arrives by
 * itself, and an outage changes nothing. The priv socket answers uid 0.
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
#define ADMINS "admins@lightwave.test"
#define ACCESS "[access]\nallow = %admins\n"
/* Changes are asked for every 0.5 to 0.8 s. */
#define SOON "[cache]\nrevocation_max = 1\n"
/* ... or not while the test runs. */
#define LATER "[cache]\nrevocation_max = 3600\n"

#define PINNED                                                                 \
	"the name bob belongs to " DOMAIN_SID                                  \
	"-100-1026, which had it first, and " DOMAIN_SID                       \
	"-100-1031 claims it now: that one is not served under it; if the "    \
	"account was deleted and made anew, say accept_sid = "                 \
	"bob@lightwave.test " DOMAIN_SID "-100-1031 in [users] of "            \
	"lightwave.conf"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     carol = USER("carol", "100-1027"),
			     admins = GROUP("admins", "100-2001"),
			     staff = GROUP("staff", "100-2002"),
			     ring = GROUP("ring", "100-2003");

/* admins > staff > ring > admins: a circle, with alice at its far end. */
static const struct worker_synced whole[] = {
	{ &admins, { DN_OF("staff"), DN_OF("gone") } },
	{ &alice, { NULL } },
	{ &bob, { NULL } },
	{ &staff, { DN_OF("ring"), "CN=Bob,cn=users,dc=Lightwave,dc=test" } },
	{ &ring, { DN_OF("alice"), DN_OF("admins") } },
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
static const struct worker_line all_sids = { .op = LW_OP_SYNC,
					     .key = "sids",
					     .synced = whole,
					     .synced_n = COUNT(whole),
					     .end = LW_SYNCED_SIDS,
					     .highest = 100 };

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_say(&everything);
	worker_say(&no_changes);
	worker_say(&all_sids);
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

static void start(const char *conf)
{
	daemon_start(conf);
	daemon_says("the directory is known whole: 2 users, 3 groups, 1 "
		    "members that are neither",
		    1);
}

static unsigned int asked(void)
{
	return worker_count(LW_OP_FIND, NULL) +
	       worker_count(LW_OP_MEMBERS, NULL) +
	       worker_count(LW_OP_MEMBERSHIPS, NULL);
}

static bool has(const char *name, uint32_t gid)
{
	struct asker_got got;

	return asker_initgroups(name, &got) == LW_OK &&
	       asker_in_group(&got, gid);
}

static enum lw_err refresh(void)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");

	asker_send_body(fd, LW_OP_REFRESH, "", 0);
	return asker_status(fd);
}

/* Changes of this kind from now on, and their number. */
static void changes(const struct worker_synced *v, uint32_t n, uint64_t highest)
{
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = v,
					   .synced_n = n,
					   .end = LW_SYNCED_CHANGES,
					   .highest = highest });
}

/* These are there, and nobody else. */
static void there_are(const struct worker_synced *v, uint32_t n)
{
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "sids",
					   .synced = v,
					   .synced_n = n,
					   .end = LW_SYNCED_SIDS,
					   .highest = 100 });
}

static void who_exists_is_asked_about_nowhere(void **state)
{
	struct asker_got got;

	(void)state;
	start(LATER);
	assert_int_equal(asker_passwd(ALICE, &got), LW_OK);
	assert_int_equal(got.uid, ID(1025));
	assert_string_equal(got.name, ALICE);
	assert_string_equal(got.gecos, "Al Ice");
	assert_int_equal(asker_uid(ID(1026), &got), LW_OK);
	assert_string_equal(got.name, BOB);
	assert_int_equal(asker_gid(ID(2003), &got), LW_OK);
	assert_string_equal(got.name, "ring@lightwave.test");
	assert_int_equal(asker_group("RING@lightwave.test", &got), LW_OK);
	assert_string_equal(got.members, ALICE " " BOB " ");
	assert_int_equal(asker_group(ADMINS, &got), LW_OK);
	assert_int_equal(got.count, 2);

	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_int_equal(got.count, 4); /* Users first */
	assert_int_equal(got.gids[0], 545);
	assert_true(asker_in_group(&got, ID(2001)));
	assert_true(asker_in_group(&got, ID(2002)));
	assert_true(asker_in_group(&got, ID(2003)));
	assert_true(has(BOB, ID(2001)));
	assert_int_equal(asked(), 0);

	/* Who is not in it may be new. */
	assert_int_equal(asker_passwd(CAROL, NULL), LW_NOTFOUND);
	assert_int_equal(asker_uid(ID(1027), NULL), LW_NOTFOUND);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 2);
	assert_int_equal(asker_passwd(CAROL, NULL), LW_NOTFOUND);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 2);
}

static void a_login_asks_for_the_verdict_alone(void **state)
{
	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_VERDICT,
		.verdict = { .expires_in = LW_NEVER,
			     .ticket = LW_TICKET_NO_KDC } });
	start(LATER ACCESS);
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_OK);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(worker_count(LW_OP_VERDICT, DN_OF("alice")), 1);
	assert_int_equal(asked(), 0);
}

static void a_change_arrives_by_itself(void **state)
{
	static const struct lw_entry eve =
		USER_WITH("eve", "eve@LIGHTWAVE.TEST", "100-1025", 2);
	/* alice is eve now, disabled, and no longer in ring; carol came. */
	static const struct lw_entry renamed = {
		.kind = LW_KIND_USER,
		.dn = TEXT(DN_OF("alice")),
		.sid = TEXT(DOMAIN_SID "-100-1025"),
		.sam = TEXT("eve"),
		.upn = TEXT("eve@LIGHTWAVE.TEST"),
		.uac = 2,
	};
	static const struct worker_synced news[] = {
		{ &renamed, { NULL } },
		{ &ring, { DN_OF("carol") } },
		{ &carol, { NULL } },
	};
	int64_t until = worker_now_ms() + PATIENCE_MS;
	struct asker_got got;

	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "eve", .entry = { &eve } });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "100-1025", .entry = { &eve } });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { NULL } });
	start(SOON "negative_ttl = 3600\n" ACCESS);
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(asker_passwd(CAROL, NULL), LW_NOTFOUND);
	assert_int_equal(worker_count(LW_OP_FIND, "carol"), 1);

	changes(news, COUNT(news), 101);
	while (asker_passwd(CAROL, &got) != LW_OK)
		assert_true(worker_now_ms() < until);
	assert_int_equal(got.uid, ID(1027));
	assert_int_equal(worker_count(LW_OP_FIND, "carol"), 1);
	assert_true(has(CAROL, ID(2001)));
	assert_int_equal(asker_passwd(ALICE, NULL), LW_NOTFOUND);
	assert_int_equal(asker_uid(ID(1025), &got), LW_OK);
	assert_string_equal(got.name, "eve@lightwave.test");
	assert_false(has("eve@lightwave.test", ID(2001)));
	assert_int_equal(login_account("eve@lightwave.test"), LW_DISABLED);
	assert_int_equal(worker_question(LW_OP_SYNC, 1)->from, 100);
	assert_string_equal(worker_question(LW_OP_SYNC, 1)->upn, "dc1");
}

static void in_an_outage_everybody_is_known(void **state)
{
	(void)state;
	start(SOON "ttl = 0\nnegative_ttl = 0\n" ACCESS);
	worker_stop();
	daemon_says("the worker has gone", 1);
	for (int i = 0; i < 3; i++) {
		int64_t begun = worker_now_ms();

		/* Longer than what counts as fresh. */
		worker_wait(-1, 0, begun + 700);
		begun = worker_now_ms();
		assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
		assert_int_equal(asker_uid(ID(1026), NULL), LW_OK);
		assert_int_equal(asker_group(ADMINS, NULL), LW_OK);
		assert_true(has(ALICE, ID(2001)));
		assert_int_equal(login_account(BOB), LW_OK);
		assert_int_equal(asker_passwd(CAROL, NULL), LW_OFFLINE);
		/* Six questions, and not one of them waited out its time. */
		assert_true(worker_now_ms() - begun < LW_NSS_BUDGET_MS - 200);
	}
}

static void who_takes_anothers_name_neither_has_it_nor_takes_it_away(void **s)
{
	static const struct lw_entry thief = {
		.kind = LW_KIND_USER,
		.dn = TEXT(DN_OF("thief")),
		.sid = TEXT(DOMAIN_SID "-100-1028"),
		.sam = TEXT("ALICE"),
		.upn = TEXT("thief@LIGHTWAVE.TEST"),
	};
	static const struct lw_entry one = { .kind = LW_KIND_USER,
					     .dn = TEXT(DN_OF("one")),
					     .sid = TEXT(DOMAIN_SID
							 "-100-1029"),
					     .sam = TEXT("both") },
				     two = { .kind = LW_KIND_USER,
					     .dn = TEXT(DN_OF("two")),
					     .sid = TEXT(DOMAIN_SID
							 "-100-1030"),
					     .sam = TEXT("both") };
	static const struct worker_synced news[] = { { &thief, { NULL } },
						     { &one, { NULL } },
						     { &two, { NULL } },
						     { &alice, { NULL } } };
	struct asker_got got;

	(void)s;
	start(LATER);
	changes(news, 3, 101);
	there_are(news, COUNT(news));
	assert_int_equal(refresh(), LW_OK);
	assert_int_equal(asker_passwd(ALICE, &got), LW_OK);
	assert_int_equal(got.uid, ID(1025));
	assert_int_equal(asker_uid(ID(1028), &got), LW_OK);
	assert_string_equal(got.name, "thief@lightwave.test");
	assert_int_equal(asker_passwd("both@lightwave.test", NULL),
			 LW_NOTFOUND);
	daemon_says("2 entries claim the name both: it is served to nobody", 1);
	assert_int_equal(asked(), 0);
}

static void a_pin_holds_here_too(void **state)
{
	static const struct lw_entry was = {
		.kind = LW_KIND_USER,
		.dn = TEXT(DN_OF("bob")),
		.sid = TEXT(DOMAIN_SID "-100-1026"),
		.sam = TEXT("robert"),
		.upn = TEXT("robert@LIGHTWAVE.TEST"),
	};
	static const struct lw_entry taker = {
		.kind = LW_KIND_USER,
		.dn = TEXT(DN_OF("taker")),
		.sid = TEXT(DOMAIN_SID "-100-1031"),
		.sam = TEXT("bob"),
		.upn = TEXT("bob@LIGHTWAVE.TEST"),
	};
	static const struct worker_synced news[] = { { &was, { NULL } },
						     { &taker, { NULL } } };

	(void)state;
	start(LATER);
	assert_int_equal(asker_uid(ID(1026), NULL), LW_OK);
	changes(news, COUNT(news), 101);
	there_are(news, COUNT(news));
	assert_int_equal(refresh(), LW_OK);
	/* Once bob, it is nobody else's; and bob himself goes by robert. */
	assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
	assert_int_equal(asker_passwd("robert@lightwave.test", NULL), LW_OK);
	/* One entry, by both its names; and the log says what to do. */
	assert_int_equal(daemon_said("entries claim the name"), 0);
	daemon_says(PINNED, 1);
	assert_int_equal(asker_uid(ID(1031), NULL), LW_NOTFOUND);
	assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
	daemon_says("not serving " DN_OF("taker") ": another entry claims its "
						  "name or had it first",
		    1);
	assert_int_equal(daemon_said(PINNED), 1);
}

static void what_is_deleted_is_found_by_a_sweep(void **state)
{
	struct asker_got got;

	(void)state;
	start(LATER);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
	there_are(whole, 2);
	assert_int_equal(refresh(), LW_OK);
	daemon_says("3 entries are gone from the directory", 1);
	assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
	assert_int_equal(worker_count(LW_OP_FIND, "bob"), 1);
	assert_int_equal(asker_group(ADMINS, &got), LW_OK);
	assert_int_equal(got.count, 0);
}

/* A deleted user's DN is gone from his groups: he is asked about. */
static void or_by_a_groups_change(void **state)
{
	static const struct worker_synced news[] = { { &staff,
						       { DN_OF("ring") } } };
	int64_t until = worker_now_ms() + PATIENCE_MS;

	(void)state;
	start(SOON "negative_ttl = 3600\n");
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
	changes(news, COUNT(news), 101);
	while (asker_passwd(BOB, NULL) == LW_OK)
		assert_true(worker_now_ms() < until);
	assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 1);
	assert_int_equal(worker_count(LW_OP_SYNC, "sids"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_exists_is_asked_about_nowhere),
		TEST(a_login_asks_for_the_verdict_alone),
		TEST(a_change_arrives_by_itself),
		TEST(in_an_outage_everybody_is_known),
		TEST(who_takes_anothers_name_neither_has_it_nor_takes_it_away),
		TEST(a_pin_holds_here_too),
		TEST(what_is_deleted_is_found_by_a_sweep),
		TEST(or_by_a_groups_change),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("replica", tests, NULL, NULL);
	front_leave();
	return failed;
}
