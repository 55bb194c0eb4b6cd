/*
 * test_daemon_lag.c - whoever answers on demand may be behind the server that
 * is followed, or have lost the right to see: what is followed becomes no
 * other by that. The priv socket answers uid 0.
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
#define ACCESS "[access]\nallow = %admins\n"
#define ALL    "[access]\nallow = *\n"
#define LATER  "[cache]\nrevocation_max = 3600\n"
#define DEMAND "replicate_max = 0\n"

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     carol = USER("carol", "100-1027"),
			     disabled =
				     USER_WITH("alice", "alice@LIGHTWAVE.TEST",
					       "100-1025", 2),
			     admins = GROUP("admins", "100-2001");

static const struct worker_synced whole[] = { { &admins, { DN_OF("bob") } },
					      { &alice, { NULL } },
					      { &bob, { NULL } } };
static const struct worker_line everything = { .op = LW_OP_SYNC,
					       .key = "everything",
					       .synced = whole,
					       .synced_n = COUNT(whole),
					       .end = LW_SYNCED_EVERYTHING,
					       .highest = 100 };

static int begin(void **state)
{
	(void)state;
	worker_forget();
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

static void syncs(const char *key, enum lw_synced kind,
		  const struct worker_synced *v, uint32_t n)
{
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = key,
					   .synced = v,
					   .synced_n = n,
					   .end = kind,
					   .highest = 100 });
}

static void changes(const struct worker_synced *v, uint32_t n)
{
	syncs("changes", LW_SYNCED_CHANGES, v, n);
}

static void start(const char *conf)
{
	worker_say(&everything);
	changes(NULL, 0);
	daemon_start(conf);
	daemon_says("the directory is known whole", 1);
}

static enum lw_err refresh(void)
{
	lw_cleanup(lw_close) int fd = asker_open("priv");

	asker_send_body(fd, LW_OP_REFRESH, "", 0);
	return asker_status(fd);
}

static void finds(const char *key, const struct lw_entry *e)
{
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = key, .entry = { e } });
}

static void who_was_disabled_stays_so(void **state)
{
	static const struct worker_synced was[] = { { &disabled, { NULL } } },
					  news[] = { { &alice, { NULL } } };

	(void)state;
	finds("alice", &alice);
	worker_say(&(struct worker_line) {
		.op = LW_OP_VERDICT,
		.verdict = { .expires_in = LW_NEVER,
			     .ticket = LW_TICKET_NO_KDC } });
	worker_say(&everything);
	syncs("everything", LW_SYNCED_EVERYTHING, was, 1);
	changes(NULL, 0);
	daemon_start(LATER ALL);
	daemon_says("the directory is known whole", 1);
	/* Where he binds and is asked about he is not disabled yet. */
	assert_int_equal(login_auth(ALICE, "p", NULL), LW_DISABLED);
	assert_int_equal(login_account(ALICE), LW_DISABLED);
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);

	changes(news, 1);
	assert_int_equal(login_account(ALICE), LW_OK);
}

static void who_left_a_group_stays_out(void **state)
{
	static const struct worker_synced news[] = {
		{ &admins, { DN_OF("alice"), DN_OF("bob") } }
	};
	struct asker_got got;

	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .entry = { &admins } });
	finds("alice", &alice);
	start(LATER ACCESS);
	assert_int_equal(login_account(BOB), LW_OK);
	assert_int_equal(worker_count(LW_OP_SYNC, "changes"), 0);
	assert_int_equal(login_account(ALICE), LW_FORBIDDEN);
	assert_int_equal(worker_count(LW_OP_SYNC, "changes"), 1);
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_int_equal(got.count, 1);
	assert_int_equal(worker_count(LW_OP_MEMBERSHIPS, NULL), 0);

	changes(news, 1);
	assert_int_equal(login_account(ALICE), LW_OK);
}

/* Nor does it help him that a doubt has others asked. */
/* Nor by the same word, while he who says it may lag as well. */
static void a_doubt_ends_by_the_same_word_alone(void **state)
{
	static const struct worker_synced was[] = {
		{ &admins, { DN_OF("alice"), DN_OF("bob") } },
		{ &disabled, { NULL } },
		{ &bob, { NULL } }
	};
	static const struct worker_synced news[] = { { &admins, { NULL } } };
	int64_t until = worker_now_ms() + PATIENCE_MS;
	unsigned int before;

	(void)state;
	syncs("everything", LW_SYNCED_EVERYTHING, was, COUNT(was));
	changes(news, 1);
	finds("alice", &alice);
	finds("bob", &bob);
	daemon_start("[cache]\nrevocation_max = 1\n" ALL);
	daemon_says("the directory is known whole", 1);
	/* Who left the group may be deleted: both are doubted. */
	worker_await(LW_OP_SYNC, "changes", 1);
	changes(NULL, 0);
	assert_int_equal(login_account(ALICE), LW_DISABLED);
	assert_int_equal(login_account(BOB), LW_OK);
	worker_tick();
	assert_int_equal(login_account(BOB), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "bob"), 2);
	do {
		assert_true(worker_now_ms() < until);
		before = worker_count(LW_OP_FIND, "bob");
		daemon_listen();
		worker_tick();
		assert_int_equal(login_account(BOB), LW_OK);
	} while (worker_count(LW_OP_FIND, "bob") > before);
	before = worker_count(LW_OP_FIND, "alice");
	assert_int_equal(login_account(ALICE), LW_DISABLED);
	assert_true(worker_count(LW_OP_FIND, "alice") > before);
}

/* Its name is served to who asks, and no login rests on it afterwards. */
static void who_is_known_elsewhere_alone_is_asked_about_each_time(void **s)
{
	(void)s;
	finds("carol", &carol);
	start(LATER ALL);
	for (unsigned int i = 1; i < 4; i++) {
		assert_int_equal(login_account(CAROL), LW_OK);
		assert_int_equal(worker_count(LW_OP_FIND, "carol"), i);
		worker_tick();
	}
	finds("carol", NULL);
	assert_int_equal(login_account(CAROL), LW_NOTFOUND);
}

static void a_directory_without_users_is_not_believed(void **state)
{
	struct asker_got got;

	(void)state;
	finds("bob", &bob);
	start(LATER ALL);
	syncs("sids", LW_SYNCED_SIDS, whole, 1);
	syncs("everything", LW_SYNCED_EVERYTHING, whole, 1);
	assert_int_equal(refresh(), LW_OFFLINE);
	daemon_says("the directory shows 0 users, after 2", 1);
	assert_int_equal(daemon_said("are gone from the directory"), 0);
	/* What is known is kept, and decides about no login. */
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_group("admins@lightwave.test", &got), LW_OK);
	assert_string_equal(got.members, BOB " ");
	assert_int_equal(worker_count(LW_OP_FIND, NULL), 0);
	assert_int_equal(login_account(BOB), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "bob"), 1);
	assert_int_equal(refresh(), LW_OFFLINE);
	assert_int_equal(daemon_said("the directory shows"), 1);

	worker_say(&everything);
	assert_int_equal(refresh(), LW_OK);
	daemon_says("the directory is known whole", 2);
}

#define CROWD 40

static void nor_is_one_that_nearly_all_have_left(void **state)
{
	static char text[CROWD][2][64];
	static struct lw_entry e[CROWD];
	static struct worker_synced all[CROWD];

	(void)state;
	for (size_t i = 0; i < CROWD; i++) {
		snprintf(text[i][0], 64, "cn=u%zu,dc=lightwave,dc=test", i);
		snprintf(text[i][1], 64, DOMAIN_SID "-100-%zu", 3000 + i);
		e[i] = (struct lw_entry) { .kind = LW_KIND_USER,
					   .dn = lw_str(text[i][0]),
					   .sid = lw_str(text[i][1]) };
		all[i].e = &e[i];
	}
	syncs("everything", LW_SYNCED_EVERYTHING, all, CROWD);
	changes(NULL, 0);
	daemon_start(LATER);
	daemon_says("known whole: 40 users", 1);
	/* A tenth is left: it may be so. */
	syncs("sids", LW_SYNCED_SIDS, all, CROWD / 10);
	assert_int_equal(refresh(), LW_OK);
	daemon_says("36 entries are gone from the directory", 1);

	syncs("everything", LW_SYNCED_EVERYTHING, all, CROWD);
	syncs("changes", LW_SYNCED_UNKNOWN, NULL, 0);
	assert_int_equal(refresh(), LW_OK);
	changes(NULL, 0);
	daemon_says("known whole: 40 users", 2);
	syncs("everything", LW_SYNCED_EVERYTHING, all, CROWD / 10 - 1);
	syncs("sids", LW_SYNCED_SIDS, all, CROWD / 10 - 1);
	assert_int_equal(refresh(), LW_OFFLINE);
	daemon_says("the directory shows 3 users, after 40", 1);
}

/* The answer may be older than the number from which changes are told. */
static void what_was_asked_before_following_began_is_asked_again(void **state)
{
	lw_cleanup(lw_close) int fd = -1;

	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_SYNC, .key = "changes", .manner = WORKER_HOLD });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .manner = WORKER_HOLD });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS });
	daemon_start(LATER DEMAND ALL);
	fd = asker_open("priv");
	asker_send_login(fd, LW_OP_ACCOUNT, ALICE, "");
	worker_await(LW_OP_FIND, "alice", 1);
	worker_await(LW_OP_SYNC, "changes", 1);
	assert_int_equal(
		worker_release(&(struct worker_line) { .op = LW_OP_SYNC,
						       .end = LW_SYNCED_UNKNOWN,
						       .highest = 100 }),
		1);
	finds("alice", &disabled);
	assert_int_equal(worker_release(&(struct worker_line) {
				 .op = LW_OP_FIND, .entry = { &alice } }),
			 1);
	assert_int_equal(asker_status(fd), LW_DISABLED);
}

/* Without a replica nobody else's word is kept for long either. */
static void who_has_changed_is_asked_about_for_a_while(void **state)
{
	static const struct worker_synced news[] = { { &disabled, { NULL } } };

	(void)state;
	finds("alice", &alice);
	syncs("changes", LW_SYNCED_UNKNOWN, NULL, 0);
	daemon_start(LATER DEMAND ALL);
	worker_await(LW_OP_SYNC, "changes", 1);
	changes(news, 1);
	assert_int_equal(refresh(), LW_OK);
	for (unsigned int i = 1; i < 4; i++) {
		worker_tick();
		assert_int_equal(login_account(ALICE), LW_OK);
		assert_int_equal(worker_count(LW_OP_FIND, "alice"), i);
	}
	finds("alice", &disabled);
	worker_tick();
	assert_int_equal(login_account(ALICE), LW_DISABLED);
}

#define FAT	40
#define DN_SIZE 4000

/* The bound on memory holds for what comes later, too. */
static void a_replica_that_grows_too_large_is_given_up(void **state)
{
	static char text[FAT][2][64], dn[FAT][8][DN_SIZE];
	static struct lw_entry e[FAT];
	static struct worker_synced fat[FAT];

	(void)state;
	for (size_t i = 0; i < FAT; i++) {
		snprintf(text[i][0], 64, "cn=g%zu,dc=lightwave,dc=test", i);
		snprintf(text[i][1], 64, DOMAIN_SID "-100-%zu", 3000 + i);
		e[i] = (struct lw_entry) { .kind = LW_KIND_GROUP,
					   .dn = lw_str(text[i][0]),
					   .sid = lw_str(text[i][1]) };
		fat[i].e = &e[i];
		for (size_t k = 0; k < 8; k++) {
			memset(dn[i][k], 'x', DN_SIZE - 1);
			snprintf(dn[i][k], 32, "cn=m%zu-%zu", i, k);
			dn[i][k][strlen(dn[i][k])] = 'x';
			fat[i].member[k] = dn[i][k];
		}
	}
	finds("alice", &alice);
	start(LATER "replicate_max = 50\n");
	changes(fat, FAT);
	assert_int_equal(refresh(), LW_OK);
	daemon_says("more memory than replicate_max = 50 entries may", 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), 1);
}

/* A refresh has no use of that, and a reload of the same configuration has. */
static void what_was_given_up_is_tried_again_upon_a_reload(void **state)
{
	(void)state;
	finds("alice", &alice);
	syncs("changes", LW_SYNCED_UNKNOWN, NULL, 0);
	syncs("everything", LW_SYNCED_UNTOLD, whole, 1);
	daemon_start(LATER);
	daemon_says("a group that cannot be told whole", 1);
	worker_await(LW_OP_SYNC, "changes", 1);
	changes(NULL, 0);
	assert_int_equal(refresh(), LW_OK);
	assert_int_equal(worker_count(LW_OP_SYNC, "everything"), 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	daemon_reload(LATER, "configuration read again");
	daemon_says("a group that cannot be told whole", 2);
	worker_say(&everything);
	daemon_reload(LATER, "configuration read again");
	daemon_says("the directory is known whole", 1);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(worker_count(LW_OP_FIND, "alice"), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_was_disabled_stays_so),
		TEST(who_left_a_group_stays_out),
		TEST(a_doubt_ends_by_the_same_word_alone),
		TEST(who_is_known_elsewhere_alone_is_asked_about_each_time),
		TEST(a_directory_without_users_is_not_believed),
		TEST(nor_is_one_that_nearly_all_have_left),
		TEST(what_was_asked_before_following_began_is_asked_again),
		TEST(who_has_changed_is_asked_about_for_a_while),
		TEST(a_replica_that_grows_too_large_is_given_up),
		TEST(what_was_given_up_is_tried_again_upon_a_reload),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("lag", tests, NULL, NULL);
	front_leave();
	return failed;
}
