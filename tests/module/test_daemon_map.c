/*
 * test_daemon_map.c - what lightwaved puts into the map is read by the NSS
 * module whether any daemon lives or not, and what has changed is read
 * changed. The module is called in this process, the worker is scripted.
 */
#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "daemon.h"
#include "front.h"
#include "map_find.h"
#include "map_room.h"
#include "nss_module.h"
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ALICE  "alice@lightwave.test"
#define BOB    "bob@lightwave.test"
#define NOBODY "nobody@lightwave.test"
/* Changes are asked for every 0.5 to 0.8 s. */
#define SOON   "[cache]\nrevocation_max = 1\n"
#define DEMAND "[cache]\nreplicate_max = 0\n"

static struct nss_module nss;

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026"),
			     admins = GROUP("admins", "100-2001"),
			     staff = GROUP("staff", "100-2002");

static const struct worker_synced whole[] = {
	{ &admins, { DN_OF("staff") } },
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
	{ .op = LW_OP_MEMBERS, .entry = { &alice } },
};

static ino_t before; /* of the last test's map */

static ino_t map_now(void)
{
	struct stat st;

	return stat("map", &st) == 0 ? st.st_ino : 0;
}

static int begin(void **state)
{
	(void)state;
	before = map_now();
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

static void until_published(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (map_now() == before) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

/* Until that user's groups are told by the map alone, unasked. */
static void until_told(const char *name)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	struct lw_map_room room = { .path = "map" };
	enum lw_err e = LW_OFFLINE;

	while (e != LW_OK) {
		struct lw_map_view found;
		struct lw_map_door *door;
		uint32_t now = lw_map_now();
		const struct lw_map *m = lw_map_enter(&room, now, &door);

		if (m) {
			e = lw_map_by_name(m, LW_MAP_GROUPS_OF, name,
					   LW_MAP_FRESH, now, &found);
			lw_map_leave(door);
		}
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
	lw_map_close(&room);
}

static void start_whole(const char *conf)
{
	worker_say(&everything);
	worker_say(&no_changes);
	daemon_start(conf);
	until_published();
	until_told(ALICE);
}

static void all_are_gone(void)
{
	daemon_kill();
	worker_stop();
}

static enum nss_status user(const char *name, struct passwd *ret)
{
	static char buf[1024];
	int e;

	return nss.getpwnam(name, ret, buf, sizeof(buf), &e);
}

static enum nss_status uid(uid_t id, struct passwd *ret)
{
	static char buf[1024];
	int e;

	return nss.getpwuid(id, ret, buf, sizeof(buf), &e);
}

static enum nss_status gid(gid_t id, struct group *ret)
{
	static char buf[1024];
	int e;

	return nss.getgrgid(id, ret, buf, sizeof(buf), &e);
}

/* -1: none is told. */
static long groups(const char *name)
{
	long start = 0, size = 1;
	gid_t *v = malloc(sizeof(*v));
	enum nss_status s;
	int e;

	assert_non_null(v);
	s = nss.initgroups(name, (gid_t)-1, &start, &size, &v, -1, &e);
	free(v);
	return s == NSS_STATUS_SUCCESS ? start : -1;
}

static void all_are_known(void)
{
	struct passwd pw;
	struct group gr;

	assert_int_equal(user("LIGHTWAVE.TEST\\Alice", &pw),
			 NSS_STATUS_SUCCESS);
	assert_string_equal(pw.pw_name, ALICE);
	assert_string_equal(pw.pw_passwd, "x");
	assert_string_equal(pw.pw_gecos, "Al Ice");
	assert_string_equal(pw.pw_dir, "/home/lightwave.test/alice");
	assert_string_equal(pw.pw_shell, "/bin/bash");
	assert_int_equal(pw.pw_uid, ID(1025));
	assert_int_equal(uid(ID(1026), &pw), NSS_STATUS_SUCCESS);
	assert_string_equal(pw.pw_name, BOB);
	assert_int_equal(gid(ID(2001), &gr), NSS_STATUS_SUCCESS);
	assert_string_equal(gr.gr_name, "admins@lightwave.test");
	assert_null(gr.gr_mem[0]);
	assert_int_equal(groups(ALICE), 3); /* admins, staff, Users */
	assert_int_equal(groups(BOB), 1);
}

static void a_whole_domain_is_known_without_any_daemon(void **state)
{
	struct passwd pw;

	(void)state;
	start_whole(SOON);
	all_are_known();
	all_are_gone();
	all_are_known();
	/* And what is not known is not said to be nobody. */
	assert_int_equal(user(NOBODY, &pw), NSS_STATUS_UNAVAIL);
	assert_int_equal(user("nobody@example.org", &pw), NSS_STATUS_NOTFOUND);
	assert_int_equal(uid(1000, &pw), NSS_STATUS_NOTFOUND);
}

static void whoever_left_a_group_is_out_of_it(void **state)
{
	static const struct worker_synced news[] = { { &staff, { NULL } } };
	int64_t until = worker_now_ms() + PATIENCE_MS;
	long n;

	(void)state;
	start_whole(SOON);
	assert_int_equal(groups(ALICE), 3);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = news,
					   .synced_n = 1,
					   .end = LW_SYNCED_CHANGES,
					   .highest = 101 });
	worker_await(LW_OP_SYNC, "changes",
		     worker_count(LW_OP_SYNC, "changes") + 1);
	worker_say(&no_changes);
	while (groups(ALICE) != 1) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
	all_are_gone();
	/* He is doubted: until it is plain that no front is alive, nobody is
	 * told. */
	while ((n = groups(ALICE)) != 1) {
		assert_int_equal(n, -1);
		assert_true(worker_now_ms() < until + PATIENCE_MS);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

static uint32_t round_now(void)
{
	lw_cleanup(lw_close) int fd = open("map", O_RDONLY | O_CLOEXEC);
	struct lw_map_head head;

	assert_int_equal(pread(fd, &head, sizeof(head), 0), sizeof(head));
	return atomic_load(&head.round);
}

/* Each poll tells once more what came shortly before the last one. */
static void what_is_told_again_asks_for_nothing_again(void **state)
{
	uint32_t round;

	(void)state;
	worker_say(&everything);
	worker_say(&(struct worker_line) { .op = LW_OP_SYNC,
					   .key = "changes",
					   .synced = whole,
					   .synced_n = COUNT(whole),
					   .end = LW_SYNCED_CHANGES,
					   .highest = 100 });
	daemon_start(SOON);
	until_published();
	until_told(ALICE);
	round = round_now();
	worker_await(LW_OP_SYNC, "changes",
		     worker_count(LW_OP_SYNC, "changes") + 3);
	assert_int_equal(round_now(), round);
	assert_int_equal(groups(ALICE), 3);
}

/* Before anything is known at all. */
static void whose_names_are_ours_is_known_at_once(void **state)
{
	struct lw_map_room room = { .path = "map" };
	struct lw_map_view found;
	struct lw_map_door *door;
	const struct lw_map *m;

	(void)state;
	worker_stop();
	daemon_start(SOON);
	m = lw_map_enter(&room, lw_map_now(), &door);
	assert_non_null(m);
	assert_int_equal(lw_map_by_name(m, LW_MAP_USER, "root", LW_MAP_FRESH,
					lw_map_now(), &found),
			 LW_NOTOURS);
	assert_int_equal(lw_map_by_id(m, LW_MAP_USER, 1000, LW_MAP_FRESH,
				      lw_map_now(), &found),
			 LW_NOTOURS);
	assert_int_equal(lw_map_by_name(m, LW_MAP_USER, ALICE, LW_MAP_FRESH,
					lw_map_now(), &found),
			 LW_OFFLINE);
	lw_map_leave(door);
	lw_map_close(&room);
}

/* The end of a user's record; 0: there is none. */
static uint32_t end_of(const char *name)
{
	struct lw_map_room room = { .path = "map" };
	struct lw_map_view found;
	struct lw_map_door *door;
	uint32_t now = lw_map_now(), ret = 0;
	const struct lw_map *m = lw_map_enter(&room, now, &door);

	assert_non_null(m);
	if (lw_map_by_name(m, LW_MAP_USER, name, LW_MAP_FRESH, now, &found) ==
	    LW_OK)
		ret = atomic_load(&found.r->until);
	lw_map_leave(door);
	lw_map_close(&room);
	return ret;
}

/* Another controller knew of her: nobody will tell when she is gone. */
static void who_is_not_followed_has_an_end(void **state)
{
	static const struct lw_entry carol = USER("carol", "100-1027");

	(void)state;
	start_whole(SOON);
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "carol", .entry = { &carol } });
	assert_int_equal(asker_passwd("carol@lightwave.test", NULL), LW_OK);
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(end_of(ALICE), LW_MAP_FOLLOWED);
	assert_in_range(end_of("carol@lightwave.test"), lw_map_now() + 1,
			lw_map_now() + 3600);
}

static void that_nobody_has_a_name_is_known_too(void **state)
{
	struct passwd pw;

	(void)state;
	start_whole(SOON);
	assert_int_equal(asker_passwd(NOBODY, NULL), LW_NOTFOUND);
	assert_int_equal(asker_uid(ID(9), NULL), LW_NOTFOUND);
	all_are_gone();
	assert_int_equal(user("Nobody@LIGHTWAVE.test", &pw),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(uid(ID(9), &pw), NSS_STATUS_NOTFOUND);
	assert_int_equal(groups(NOBODY), -1);
}

static void what_was_asked_for_on_demand_is_known(void **state)
{
	struct passwd pw;

	(void)state;
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	daemon_start(DEMAND "membership_ttl = 60\n");
	until_published();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
	all_are_gone();
	assert_int_equal(user(ALICE, &pw), NSS_STATUS_SUCCESS);
	assert_int_equal(pw.pw_uid, ID(1025));
	assert_int_equal(groups(ALICE), 3);
	assert_int_equal(user(BOB, &pw), NSS_STATUS_UNAVAIL);
}

/* Until the next one is ready the map of the one before is read. */
static void a_restart_leaves_no_moment_without_a_map(void **state)
{
	(void)state;
	daemon_debug();
	start_whole(SOON);
	daemon_says("the store is written", 1);
	all_are_gone();
	all_are_known();
	daemon_keep();
	daemon_start(SOON); /* there is no worker */
	all_are_known();
	worker_start();
	daemon_says("the directory answers", 1);
	all_are_known();
	until_told(ALICE);
	all_are_gone();
	all_are_known();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* The first, as long as there is no map. */
		cmocka_unit_test_setup_teardown(
			whose_names_are_ours_is_known_at_once, begin, end),
		cmocka_unit_test_setup_teardown(
			a_whole_domain_is_known_without_any_daemon, begin, end),
		cmocka_unit_test_setup_teardown(
			whoever_left_a_group_is_out_of_it, begin, end),
		cmocka_unit_test_setup_teardown(
			what_is_told_again_asks_for_nothing_again, begin, end),
		cmocka_unit_test_setup_teardown(who_is_not_followed_has_an_end,
						begin, end),
		cmocka_unit_test_setup_teardown(
			that_nobody_has_a_name_is_known_too, begin, end),
		cmocka_unit_test_setup_teardown(
			what_was_asked_for_on_demand_is_known, begin, end),
		cmocka_unit_test_setup_teardown(
			a_restart_leaves_no_moment_without_a_map, begin, end),
	};
	int failed;

	front_enter();
	nss_module_load(&nss);
	failed = cmocka_run_group_tests_name("daemon_map", tests, NULL, NULL);
	front_leave();
	return failed;
}
