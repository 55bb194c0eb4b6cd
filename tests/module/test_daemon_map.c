/*
 * test_daemon_map.c - what lightwaved puts into the map is read by the NSS
 * module whether any daemon lives or not, and what has changed is read
 * changed. The worker is scripted.
 */
#include "cleanup.h"
#include "front.h"
#include "map_daemon_rig.h"

#include <fcntl.h>
#include <string.h>

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

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* The first, as long as there is no map. */
		TEST(whose_names_are_ours_is_known_at_once),
		TEST(a_whole_domain_is_known_without_any_daemon),
		TEST(whoever_left_a_group_is_out_of_it),
		TEST(what_is_told_again_asks_for_nothing_again),
		TEST(a_restart_leaves_no_moment_without_a_map),
	};
	int failed;

	front_enter();
	nss_module_load(&nss);
	failed = cmocka_run_group_tests_name("daemon_map", tests, NULL, NULL);
	front_leave();
	return failed;
}
