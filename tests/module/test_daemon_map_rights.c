/*
 * test_daemon_map_rights.c - lists of groups and of members give rights: what
 * the map says of them is the follower's word, or has an end. The priv socket
 * answers uid 0.
 */
#include "asker.h"
#include "ctl.h"
#include "front.h"
#include "map_daemon_rig.h"
#include "name.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Nobody asks for changes but at the start. */
#define LATER "[cache]\nrevocation_max = 3600\n"
#define SHORT "[cache]\nrevocation_max = 1\nttl = 1\nmembership_ttl = 1\n"
#define LIMIT 200 /* the longest account name */

/* The end of what the map tells, unasked; 0: nothing. */
static uint32_t end_of(enum lw_map_kind kind, const char *name)
{
	struct lw_map_room room = { .path = "map" };
	struct lw_map_view found;
	struct lw_map_door *door;
	uint32_t now = lw_map_now(), ret = 0;
	const struct lw_map *m = lw_map_enter(&room, now, &door);

	assert_non_null(m);
	if (lw_map_by_name(m, kind, name, LW_MAP_FRESH, now, &found) == LW_OK)
		ret = atomic_load(&found.r->until);
	lw_map_leave(door);
	lw_map_close(&room);
	return ret;
}

static bool in_admins(const char *name)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	struct asker_got got;
	enum lw_err e;

	/* A machine at work may keep the worker from it for a moment. */
	while ((e = asker_initgroups(name, &got)) == LW_OFFLINE &&
	       worker_now_ms() < until)
		worker_wait(-1, 0, worker_now_ms() + 20);
	assert_int_equal(e, LW_OK);
	return asker_in_group(&got, ID(2001));
}

/* By the map, or by the socket where that has no word. */
static bool in_admins_by_module(const char *name)
{
	long start = 0, size = 1;
	gid_t *v = malloc(sizeof(*v));
	bool ret = false;
	int e;

	assert_non_null(v);
	assert_int_equal(
		nss.initgroups(name, (gid_t)-1, &start, &size, &v, -1, &e),
		NSS_STATUS_SUCCESS);
	for (long i = 0; i < start; i++)
		ret |= v[i] == ID(2001);
	free(v);
	return ret;
}

/* Whoever can have one lookup take too long revives nothing of before. */
static void lookups_that_fail_make_no_list_fresh(void **state)
{
	int64_t until;

	(void)state;
	start_whole(LATER);
	daemon_stop();
	worker_stop();
	worker_forget();
	worker_start();
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .manner = WORKER_HOLD });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "slow", .manner = WORKER_HOLD });
	before = map_now();
	daemon_keep();
	daemon_start(LATER);
	until_published();
	assert_int_equal(end_of(LW_MAP_USER, ALICE), 0);
	until = worker_now_ms() + PATIENCE_MS;
	while (end_of(LW_MAP_USER, ALICE) != LW_MAP_FOLLOWED) {
		assert_true(worker_now_ms() < until);
		assert_int_equal(asker_passwd("slow@lightwave.test", NULL),
				 LW_OFFLINE);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
	assert_int_equal(end_of(LW_MAP_GROUPS_OF, ALICE), 0);
	/* They were there all the time, for who follows to say so. */
	assert_int_equal(worker_release(&no_changes), 1);
	until_told(ALICE);
	assert_int_equal(end_of(LW_MAP_GROUPS_OF, ALICE), LW_MAP_FOLLOWED);
}

/* Asked for anew, of a controller that lags behind the one that is followed. */
static void a_list_that_is_doubted_has_an_end(void **state)
{
	static const char *const drop[] = { "cache", "drop", BOB, NULL };
	int64_t until;
	char text[4096];

	(void)state;
	start_whole(SHORT);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "bob", .entry = { &bob } });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .key = DN_OF("bob"),
					   .entry = { &admins } });
	assert_false(in_admins(BOB));
	assert_int_equal(ctl_run(drop, text, sizeof(text)), 0);
	assert_true(in_admins(BOB));
	assert_int_not_equal(end_of(LW_MAP_GROUPS_OF, BOB), LW_MAP_FOLLOWED);
	/* It has caught up, and nothing has changed where it is followed. */
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .key = DN_OF("bob") });
	until = worker_now_ms() + PATIENCE_MS;
	while (in_admins_by_module(BOB)) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
	assert_false(in_admins(BOB));
}

static char account[5][LIMIT + 1], upn[5][LW_NAME_MAX], dn[5][LW_NAME_MAX];

static struct lw_entry long_one(int i, enum lw_kind kind)
{
	static const char *const sids[] = {
		DOMAIN_SID "-100-3000", DOMAIN_SID "-100-3001",
		DOMAIN_SID "-100-3002", DOMAIN_SID "-100-3003",
		DOMAIN_SID "-100-3004",
	};

	memset(account[i], 'a' + i, LIMIT);
	snprintf(upn[i], sizeof(upn[i]), "%s@LIGHTWAVE.TEST", account[i]);
	snprintf(dn[i], sizeof(dn[i]), "cn=%d,dc=lightwave,dc=test", i);
	return (struct lw_entry) { .kind = kind,
				   .dn = lw_str(dn[i]),
				   .sid = lw_str(sids[i]),
				   .sam = lw_str(account[i]),
				   .upn = lw_str(kind == LW_KIND_USER ? upn[i]
								      : "") };
}

/* A long answer is given again: its list is no younger for that. */
static void what_is_given_again_lasts_no_longer(void **state)
{
	struct lw_entry group = long_one(0, LW_KIND_GROUP), user[4];
	struct worker_line members = { .op = LW_OP_MEMBERS };
	char name[LW_NAME_MAX];
	uint32_t end, asked;

	(void)state;
	for (int i = 0; i < 4; i++) {
		user[i] = long_one(i + 1, LW_KIND_USER);
		members.entry[i] = &user[i];
	}
	worker_say(&members);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &alice } });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = account[0], .entry = { &group } });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .entry = { &group } });
	daemon_start("[cache]\nreplicate_max = 0\nttl = 3600\n");
	until_published();
	snprintf(name, sizeof(name), "%s@lightwave.test", account[0]);
	assert_int_equal(asker_group(name, NULL), LW_OK);
	asked = lw_map_now();
	end = end_of(LW_MAP_MEMBERS, name);
	assert_in_range(end, lw_map_now() + 1, lw_map_now() + 3600);
	/* Ends are told in seconds: the next fact's is a later one. */
	while (lw_map_now() < asked + 2)
		worker_wait(-1, 0, worker_now_ms() + 5);
	/* The group itself is told anew, and its members are not. */
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(asker_group(name, NULL), LW_OK);
		assert_int_equal(end_of(LW_MAP_MEMBERS, name), end);
	}
	assert_int_equal(worker_count(LW_OP_MEMBERS, NULL), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lookups_that_fail_make_no_list_fresh),
		TEST(a_list_that_is_doubted_has_an_end),
		TEST(what_is_given_again_lasts_no_longer),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	nss_module_load(&nss);
	failed = cmocka_run_group_tests_name("daemon_map_rights", tests, NULL,
					     NULL);
	front_leave();
	return failed;
}
