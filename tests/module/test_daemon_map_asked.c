/*
 * test_daemon_map_asked.c - what lightwaved was asked for, and does not follow,
 * is in the map as well, and has an end there.
 */
#include "asker.h"
#include "front.h"
#include "map_daemon_rig.h"

#include <string.h>

#define DEMAND "[cache]\nreplicate_max = 0\n"

static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins, &staff } },
	{ .op = LW_OP_MEMBERS, .entry = { &alice } },
};

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

/* Until then the front asks nobody. */
static void until_nobody(const char *name)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (asker_passwd(name, NULL) != LW_NOTFOUND) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 20);
	}
}

/* Nor do his groups, which nobody asks for any more. */
static void who_was_deleted_does_not_come_back_with_the_end_of_the_front(
	void **state)
{
	struct passwd pw;

	(void)state;
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	daemon_start(DEMAND "ttl = 1\n");
	until_published();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
	worker_forget();
	until_nobody(ALICE);
	all_are_gone();
	assert_int_not_equal(user(ALICE, &pw), NSS_STATUS_SUCCESS);
	assert_int_not_equal(uid(ID(1025), &pw), NSS_STATUS_SUCCESS);
	assert_int_equal(groups(ALICE), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_is_not_followed_has_an_end),
		TEST(that_nobody_has_a_name_is_known_too),
		TEST(what_was_asked_for_on_demand_is_known),
		TEST(who_was_deleted_does_not_come_back_with_the_end_of_the_front),
	};
	int failed;

	front_enter();
	nss_module_load(&nss);
	failed = cmocka_run_group_tests_name("daemon_map_asked", tests, NULL,
					     NULL);
	front_leave();
	return failed;
}
