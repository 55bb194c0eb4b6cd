/*
 * test_daemon_store.c - what lightwaved knows outlives it: a restart without a
 * worker serves whom it served before, as far as the store is whole.
 */
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ALICE	"alice@lightwave.test"
#define BOB	"bob@lightwave.test"
#define CAROL	"carol@lightwave.test"
#define NEW_BOB DOMAIN_SID "-100-1031"
#define ACCESS	"[access]\nallow = %admins\n"
/* Changes are asked for every 0.5 to 0.8 s. */
#define SOON "[cache]\nrevocation_max = 1\n"
/* ... or not while the test runs. */
#define LATER  "[cache]\nrevocation_max = 3600\n"
#define DEMAND "[cache]\nreplicate_max = 0\nttl = 0\n"
#define MANY   10000
#define BEFORE "known from before: 2 users, 2 groups"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     carol = USER("carol", "100-1027"),
			     admins = GROUP("admins", "100-2001"),
			     staff = GROUP("staff", "100-2002");

static const struct worker_synced whole[] = {
	{ &admins, { DN_OF("staff"), DN_OF("gone") } },
	{ &staff, { DN_OF("alice") } },
	{ &alice, { NULL } },
	{ &bob, { NULL } },
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
static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins, &staff } },
	{ .op = LW_OP_FIND, .key = "staff", .entry = { &staff } },
	{ .op = LW_OP_MEMBERS, .entry = { &alice } },
};

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_say(&everything);
	worker_say(&no_changes);
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

static bool has(const char *name, uint32_t gid)
{
	struct asker_got got;

	return asker_initgroups(name, &got) == LW_OK &&
	       asker_in_group(&got, gid);
}

/* A daemon has known all of it, and has ended; and the worker has. */
static void known_once(const char *conf)
{
	daemon_start(conf);
	daemon_says("the directory is known whole", 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OK);
	daemon_stop();
	worker_stop();
}

static void again(const char *conf)
{
	daemon_keep();
	daemon_start(conf);
}

static void all_are_known(void)
{
	struct asker_got got;

	assert_int_equal(asker_passwd(ALICE, &got), LW_OK);
	assert_int_equal(got.uid, ID(1025));
	assert_string_equal(got.gecos, "Al Ice");
	assert_int_equal(asker_uid(ID(1026), &got), LW_OK);
	assert_string_equal(got.name, BOB);
	assert_int_equal(asker_group("admins@lightwave.test", &got), LW_OK);
	assert_string_equal(got.members, ALICE " ");
	assert_true(has(ALICE, ID(2001)));
	assert_true(has(ALICE, ID(2002)));
	assert_false(has(BOB, ID(2001)));
}

static void a_restart_without_a_worker_knows_everybody(void **state)
{
	(void)state;
	known_once(LATER);
	for (int i = 0; i < 3; i++) {
		again(LATER ACCESS);
		daemon_says(BEFORE, 1);
		all_are_known();
		assert_int_equal(login_account(ALICE), LW_OK);
		assert_int_equal(login_account(BOB), LW_FORBIDDEN);
		assert_int_equal(asker_passwd(CAROL, NULL), LW_OFFLINE);
		daemon_stop();
	}
}

static void and_follows_on_from_the_number_that_it_had(void **state)
{
	static const struct worker_synced news[] = { { &carol, { NULL } },
						     { &staff, { NULL } } };
	int64_t until = worker_now_ms() + PATIENCE_MS;

	(void)state;
	known_once(SOON);
	worker_forget();
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = news,
					   .synced_n = COUNT(news),
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	worker_start();
	again(SOON);
	while (asker_passwd(CAROL, NULL) != LW_OK)
		assert_true(worker_now_ms() < until);
	assert_false(has(ALICE, ID(2001)));
	assert_int_equal(worker_question(LW_OP_SYNC, 0)->from, 100);
	assert_string_equal(worker_question(LW_OP_SYNC, 0)->upn, "dc1");
	assert_int_equal(worker_count(LW_OP_SYNC, "everything"), 0);
	/* And that is what the next one begins with, killed or not. */
	daemon_stop();
	worker_stop();
	again(SOON);
	daemon_says("known from before: 3 users, 2 groups", 1);
	assert_int_equal(asker_passwd(CAROL, NULL), LW_OK);
	assert_false(has(ALICE, ID(2001)));
}

static void nobody_waits_for_the_directory_and_nobody_gets_rights(void **state)
{
	(void)state;
	known_once(LATER "ttl = 0\n");
	worker_forget();
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .status = LW_OFFLINE });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &alice } });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS });
	worker_start();
	again(LATER "ttl = 0\n" ACCESS);
	worker_await(LW_OP_SYNC, "changes", 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_uid(ID(1026), NULL), LW_OK);
	assert_int_equal(asker_gid(ID(2001), NULL), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
	/* The directory says that she is in no group any more. */
	assert_int_equal(login_account(ALICE), LW_FORBIDDEN);
	assert_true(worker_count(LW_OP_FIND, "alice") > 0);
}

static void another_server_is_read_whole(void **state)
{
	(void)state;
	known_once(SOON);
	worker_forget();
	worker_say(&everything);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .end = LW_SYNCED_UNKNOWN,
					   .server = "dc2",
					   .highest = 7 });
	worker_start();
	again(SOON);
	daemon_says("the directory is known whole", 1);
	assert_int_equal(worker_question(LW_OP_SYNC, 0)->from, 100);
	all_are_known();
}

static void what_was_asked_for_is_known_too(void **state)
{
	struct asker_got got;

	(void)state;
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	daemon_start(DEMAND);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
	assert_int_equal(asker_group("staff@lightwave.test", NULL), LW_OK);
	daemon_stop();
	worker_stop();
	again(DEMAND ACCESS);
	assert_int_equal(asker_passwd(ALICE, &got), LW_OK);
	assert_string_equal(got.gecos, "Al Ice");
	assert_int_equal(got.uid, ID(1025));
	assert_true(has(ALICE, ID(2001)));
	assert_int_equal(asker_group("staff@lightwave.test", &got), LW_OK);
	assert_string_equal(got.members, ALICE " ");
	assert_int_equal(login_account(ALICE), LW_OK);
	assert_int_equal(asker_passwd(BOB, NULL), LW_OFFLINE);
}

/* What an id in a list meant, it means no more. */
static void other_ids_have_no_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	daemon_start(DEMAND);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
	daemon_stop();
	worker_stop();
	again(DEMAND "[domain]\nlegacy_sids = yes\n");
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OFFLINE);
}

/* bob is deleted, and somebody else is bob. */
static void another_bob(void)
{
	static const struct lw_entry taker = {
		.kind = LW_KIND_USER,
		.dn = TEXT(DN_OF("bob")),
		.sid = TEXT(NEW_BOB),
		.sam = TEXT("bob"),
		.upn = TEXT("bob@LIGHTWAVE.TEST"),
	};
	static const struct worker_synced now[] = { { &taker, { NULL } },
						    { &alice, { NULL } } };

	worker_forget();
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .synced = now,
					   .synced_n = COUNT(now),
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 200 });
	worker_say(&(struct worker_line) {
		.op = LW_OP_SYNC, .key = "changes", .end = LW_SYNCED_UNKNOWN });
	worker_start();
}

static void a_name_stays_with_its_sid(void **state)
{
	struct asker_got got;

	(void)state;
	known_once(SOON);
	another_bob();
	again(SOON);
	daemon_says("the directory is known whole", 1);
	assert_int_equal(asker_passwd(BOB, NULL), LW_NOTFOUND);
	daemon_says("say accept_sid = bob@lightwave.test " NEW_BOB
		    " in [users] of lightwave.conf",
		    1);
	/* Until that is said. */
	daemon_reload(SOON "[users]\naccept_sid = LWAVE\\Bob " NEW_BOB "\n",
		      "configuration read again");
	assert_int_equal(asker_passwd(BOB, &got), LW_OK);
	assert_int_equal(got.uid, ID(1031));
	/* ... once: the name is his from then on. */
	daemon_stop();
	again(SOON);
	daemon_says("the directory is known whole", 1);
	assert_int_equal(asker_passwd(BOB, &got), LW_OK);
	assert_int_equal(got.uid, ID(1031));
}

static struct person {
	char dn[80], sid[64], sam[16], upn[48];
	struct lw_entry e;
} people[MANY];
static struct worker_synced many[MANY];

static struct lw_str numbered(char *p, size_t size, const char *before, int i,
			      const char *after)
{
	int n = snprintf(p, size, "%s%d%s", before, i, after);

	assert_true(n > 0 && (size_t)n < size);
	return (struct lw_str) { p, (size_t)n };
}

static void say_many(void)
{
	for (int i = 0; i < MANY; i++) {
		struct person *p = &people[i];

		p->e = alice;
		p->e.dn = numbered(p->dn, sizeof(p->dn), "cn=user", i,
				   ",cn=Users,dc=lightwave,dc=test");
		p->e.sid = numbered(p->sid, sizeof(p->sid), DOMAIN_SID "-100-",
				    2000 + i, "");
		p->e.sam = numbered(p->sam, sizeof(p->sam), "user", i, "");
		p->e.upn = numbered(p->upn, sizeof(p->upn), "user", i,
				    "@LIGHTWAVE.TEST");
		many[i].e = &p->e;
	}
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "everything",
					   .synced = many,
					   .synced_n = MANY,
					   .end = LW_SYNCED_EVERYTHING,
					   .highest = 100 });
}

/* What the daemon has had of a processor. */
static long cpu_ms(void)
{
	char path[64], text[64] = "";
	lw_cleanup(lw_fclose) FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)daemon_pid());
	f = fopen(path, "re");
	if (!f || !fgets(text, sizeof(text), f))
		return -1;
	return strtol(text, NULL, 10) / 1000000;
}

/* The figures are told, and no bound is set to them: machines are busy. */
static void ten_thousand_users_are_there_at_once(void **state)
{
	struct asker_got got;
	int64_t begun;
	struct stat st;

	(void)state;
	say_many();
	daemon_start(LATER);
	daemon_says("the directory is known whole: 10000 users", 1);
	daemon_stop();
	worker_stop();
	assert_int_equal(stat("cache/store", &st), 0);
	begun = worker_now_ms();
	again(LATER);
	assert_int_equal(asker_uid(ID(2000 + MANY - 1), &got), LW_OK);
	print_message("%d users: the store has %ld bytes a user; first answer "
		      "after %lld ms, %ld ms of them the front's CPU\n",
		      MANY, (long)(st.st_size / MANY),
		      (long long)(worker_now_ms() - begun), cpu_ms());
	assert_string_equal(got.name, "user9999@lightwave.test");
	daemon_says("known from before: 10000 users", 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_restart_without_a_worker_knows_everybody),
		TEST(and_follows_on_from_the_number_that_it_had),
		TEST(nobody_waits_for_the_directory_and_nobody_gets_rights),
		TEST(another_server_is_read_whole),
		TEST(what_was_asked_for_is_known_too),
		TEST(other_ids_have_no_lists),
		TEST(a_name_stays_with_its_sid),
		TEST(ten_thousand_users_are_there_at_once),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("store", tests, NULL, NULL);
	front_leave();
	return failed;
}
