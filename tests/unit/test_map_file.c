/*
 * test_map_file.c - the map's file as it grows, as /run is full, and as another
 * takes its place.
 */
#include "map_rig.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

static void a_map_that_grows_is_followed_by_its_readers(void **state)
{
	struct lw_map_file *f = make(false);
	uint32_t size = lw_map_file_stats(f).size;
	struct lw_map_door *door;
	const struct lw_map *old;
	struct lw_map_view found = { 0 };
	char a[64];

	(void)state;
	put_user(f, "user0", FIRST, "0", LW_MAP_FOLLOWED);
	lw_map_file_miss(f, LW_MAP_USER, LW_STR("nobody"), false, 60);
	old = lw_map_enter(&room, 50, &door);
	assert_non_null(old);
	for (uint32_t i = 1; i < 20000; i++) {
		snprintf(a, sizeof(a), "user%u", i);
		assert_int_equal(put_user(f, a, FIRST + i, a, LW_MAP_FOLLOWED),
				 LW_OK);
	}
	assert_true(lw_map_file_stats(f).size > size);
	assert_true(lw_map_retired(old));
	/* Who is still reading reads on. */
	assert_int_equal(lw_map_by_name(old, LW_MAP_USER,
					"user0@lightwave.test", LW_MAP_FRESH,
					50, &found),
			 LW_OK);
	for (uint32_t i = 0; i < 20000; i++) {
		snprintf(a, sizeof(a), "user%u@lightwave.test", i);
		assert_int_equal(user(a).id, FIRST + i);
		assert_int_equal(by_id(LW_MAP_USER, FIRST + i, 50).id,
				 FIRST + i);
	}
	assert_int_equal(found.r->id, FIRST);
	lw_map_leave(door);
	assert_int_equal(user("nobody@lightwave.test").e, LW_NOTFOUND);
	lw_map_file_free(f);
}

static enum lw_err put_members(struct lw_map_file *f)
{
	static const struct lw_str members[] = { { "alice@lightwave.test", 20 },
						 { "bob@lightwave.test", 18 } };
	struct lw_map_entry e = {
		.kind = LW_MAP_MEMBERS,
		.account = LW_STR("admins"),
		.id = FIRST + 7,
		.until = LW_MAP_FOLLOWED,
		.text = { LW_STR("admins@lightwave.test"), LW_STR("x") },
		.texts = 2,
		.count = 2,
		.members = members,
	};

	return lw_map_file_put(f, &e);
}

/* Who asks for large groups after each change fills no memory. */
static void the_same_members_need_no_room_in_another_round(void **state)
{
	static const char admins[] = "admins@lightwave.test";
	struct lw_map_file *f = make(false);
	uint32_t used;

	(void)state;
	assert_int_equal(put_members(f), LW_OK);
	used = lw_map_file_stats(f).used;
	for (int i = 0; i < 5; i++) {
		lw_map_file_new_round(f);
		lw_map_file_end_round(f);
		assert_int_equal(
			by_name(LW_MAP_MEMBERS, admins, LW_MAP_FRESH, 50).e,
			LW_OFFLINE);
		assert_int_equal(
			by_name(LW_MAP_MEMBERS, admins, LW_MAP_STALE, 3000).e,
			LW_OFFLINE);
		assert_int_equal(put_members(f), LW_OK);
		assert_int_equal(
			by_name(LW_MAP_MEMBERS, admins, LW_MAP_FRESH, 50).count,
			2);
	}
	assert_int_equal(lw_map_file_stats(f).used, used);
	lw_map_file_free(f);
}

/* By whichever of its names that was learnt. */
static void nothing_is_said_of_who_is_gone(void **state)
{
	const struct lw_str members[] = { LW_STR("alice@lightwave.test") };
	const struct lw_map_entry by_gid = { .kind = LW_MAP_GROUP,
					     .id = FIRST + 9,
					     .until = LW_MAP_FOLLOWED,
					     .text = { LW_STR("admins"),
						       LW_STR("x") },
					     .texts = 2 },
				  by_account = { .kind = LW_MAP_MEMBERS,
						 .account = LW_STR("admins"),
						 .id = FIRST + 9,
						 .until = LW_MAP_FOLLOWED,
						 .text = { LW_STR("admins"),
							   LW_STR("x") },
						 .texts = 2,
						 .members = members,
						 .count = 1 };
	const uint32_t gid = FIRST + 9;
	struct lw_map_file *f = make(false);

	(void)state;
	for (int by_id = 0; by_id < 2; by_id++) {
		put_user(f, "bob", FIRST + 1, "", LW_MAP_FOLLOWED);
		put_user(f, "alice", FIRST, "", LW_MAP_FOLLOWED);
		put_groups(f, "alice", &gid, 1);
		assert_int_equal(lw_map_file_put(f, &by_gid), LW_OK);
		assert_int_equal(lw_map_file_put(f, &by_account), LW_OK);
		assert_int_equal(lw_map_file_stats(f).records, 5);
		if (by_id) {
			lw_map_file_gone_id(f, LW_MAP_USER, FIRST);
			lw_map_file_gone_id(f, LW_MAP_GROUP, gid);
		} else {
			lw_map_file_gone(f, LW_MAP_USER, LW_STR("Alice"));
			lw_map_file_gone(f, LW_MAP_MEMBERS, LW_STR("ADMINS"));
		}
		assert_int_equal(lw_map_file_stats(f).records, 1);
		assert_int_equal(user("bob@lightwave.test").e, LW_OK);
	}
	lw_map_file_free(f);
}

/* The same ones, changed again and again, do not make it grow for ever. */
static void what_is_dead_is_left_behind(void **state)
{
	struct lw_map_file *f = make(false);
	char text[32];

	(void)state;
	for (uint32_t i = 0; i < 50000; i++) {
		snprintf(text, sizeof(text), "%u", i);
		assert_int_equal(
			put_user(f, "alice", FIRST, text, LW_MAP_FOLLOWED),
			LW_OK);
	}
	assert_string_equal(user("alice@lightwave.test").gecos, "49999");
	assert_in_range(lw_map_file_stats(f).size, 1, 1 << 20);
	lw_map_file_free(f);
}

static void a_full_disk_leaves_what_was_published(void **state)
{
	struct lw_map_file *f = make(false);
	struct rlimit old, none;
	enum lw_err e = LW_OK;
	uint32_t i = 0;
	char a[32];

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = (struct rlimit) { 4096, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	while (e == LW_OK && i < 100000) {
		snprintf(a, sizeof(a), "user%u", ++i);
		e = put_user(f, a, FIRST + i, "", LW_MAP_FOLLOWED);
	}
	/* What does not change needs no space, and goes on. */
	for (uint32_t k = 1; k < i; k++) {
		snprintf(a, sizeof(a), "user%u", k);
		assert_int_equal(put_user(f, a, FIRST + k, "", LW_MAP_FOLLOWED),
				 LW_OK);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(e, LW_NOMEM);
	assert_int_equal(user("user1@lightwave.test").id, FIRST + 1);
	snprintf(a, sizeof(a), "user%u", i);
	assert_int_equal(put_user(f, a, FIRST + i, "", LW_MAP_FOLLOWED),
			 LW_NOMEM);
	/* There is space again. */
	lw_map_file_times(f, 100, 100, 1000, 500, 2000);
	assert_int_equal(put_user(f, a, FIRST + i, "", LW_MAP_FOLLOWED), LW_OK);
	assert_int_equal(by_id(LW_MAP_USER, FIRST + i, 50).id, FIRST + i);
	lw_map_file_free(f);
}

/* One that has no name yet loses none. */
static void a_full_disk_before_there_is_a_name(void **state)
{
	struct lw_map_setup s = setup();
	struct lw_map_file *f;
	struct rlimit old, none;
	enum lw_err e = LW_OK;
	char a[32];

	(void)state;
	assert_int_equal(lw_map_file_new(&s, 10, &f), LW_OK);
	lw_map_file_times(f, 100, 100, 1000, 500, 2000);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = (struct rlimit) { 4096, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	for (uint32_t i = 1; e == LW_OK && i < 100000; i++) {
		snprintf(a, sizeof(a), "user%u", i);
		e = put_user(f, a, FIRST + i, "", LW_MAP_FOLLOWED);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(e, LW_NOMEM);
	assert_int_equal(lw_map_file_publish(f), LW_OK);
	assert_int_equal(user("user1@lightwave.test").id, FIRST + 1);
	lw_map_file_free(f);
}

static void a_new_writer_s_map_is_seen_once_it_has_the_name(void **state)
{
	struct lw_map_file *f = make(false), *g;
	struct lw_map_setup s = setup();
	struct found found;

	(void)state;
	put_user(f, "alice", FIRST, "old", LW_MAP_FOLLOWED);
	assert_string_equal(user("alice@lightwave.test").gecos, "old");
	lw_map_file_free(f); /* killed: nobody says that it is over */
	assert_string_equal(user("alice@lightwave.test").gecos, "old");
	/* From now on somebody can tell. */
	assert_int_equal(lw_map_file_new(&s, 10, &g), LW_OK);
	lw_map_file_times(g, 100, 100, 1000, 500, 2000);
	put_user(g, "alice", FIRST, "new", LW_MAP_FOLLOWED);
	assert_int_equal(user("alice@lightwave.test").e, LW_OFFLINE);
	found = by_name(LW_MAP_USER, "alice@lightwave.test", LW_MAP_STALE, 50);
	assert_string_equal(found.gecos, "old");
	assert_int_equal(lw_map_file_publish(g), LW_OK);
	assert_string_equal(user("alice@lightwave.test").gecos, "new");
	lw_map_file_free(g);
}

static void a_map_of_another_domain_counts_no_more(void **state)
{
	struct lw_map_file *f = make(false), *g;
	struct lw_map_setup s = setup();
	struct found found;

	(void)state;
	put_user(f, "alice", FIRST, "old", LW_MAP_FOLLOWED);
	assert_string_equal(user("alice@lightwave.test").gecos, "old");
	lw_map_file_free(f);
	s.domain = "elsewhere.test";
	assert_int_equal(lw_map_file_new(&s, 10, &g), LW_OK);
	found = by_name(LW_MAP_USER, "alice@lightwave.test", LW_MAP_STALE, 50);
	assert_int_equal(found.e, LW_OFFLINE);
	lw_map_file_times(g, 100, 100, 1000, 500, 2000);
	assert_int_equal(lw_map_file_publish(g), LW_OK);
	assert_int_equal(user("alice@lightwave.test").e, LW_NOTOURS);
	lw_map_file_free(g);
}

static void a_map_that_is_withdrawn_is_read_by_nobody(void **state)
{
	struct lw_map_file *f = make(false);

	(void)state;
	put_user(f, "alice", FIRST, "", LW_MAP_FOLLOWED);
	assert_int_equal(user("alice@lightwave.test").e, LW_OK);
	lw_map_file_withdraw(f);
	assert_int_equal(user("alice@lightwave.test").e, LW_OFFLINE);
	assert_int_equal(
		by_name(LW_MAP_USER, "alice@lightwave.test", LW_MAP_STALE, 50)
			.e,
		LW_OFFLINE);
	lw_map_file_free(f);
}

/* Somebody has removed the name, and the old map could not be told. */
static void an_orphan_is_left_once_another_has_its_name(void **state)
{
	struct lw_map_file *f = make(false), *g;
	struct lw_map_setup s = setup();
	struct lw_map_door *door;

	(void)state;
	put_user(f, "alice", FIRST, "old", LW_MAP_FOLLOWED);
	lw_map_file_times(f, 100, 100, 1000, 500, 60);
	assert_string_equal(user("alice@lightwave.test").gecos, "old");
	lw_map_file_free(f);
	assert_int_equal(unlink(path), 0);
	/* It goes on being read as long as there is no other. */
	assert_non_null(lw_map_enter(&room, 60, &door));
	lw_map_leave(door);
	assert_int_equal(lw_map_file_new(&s, 10, &g), LW_OK);
	lw_map_file_times(g, 100, 100, 1000, 500, 2000);
	put_user(g, "alice", FIRST, "new", LW_MAP_FOLLOWED);
	assert_int_equal(lw_map_file_publish(g), LW_OK);
	assert_string_equal(user("alice@lightwave.test").gecos, "old");
	assert_non_null(lw_map_enter(&room, 60, &door)); /* once a second */
	lw_map_leave(door);
	assert_string_equal(user("alice@lightwave.test").gecos, "old");
	assert_non_null(lw_map_enter(&room, 61, &door));
	lw_map_leave(door);
	assert_string_equal(user("alice@lightwave.test").gecos, "new");
	lw_map_file_free(g);
}

/* As in a child that was forked while threads of its parent were reading. */
static void who_never_leaves_keeps_what_he_reads_and_no_more(void **state)
{
	static struct lw_map_room own = { .path = path };
	const struct lw_map *read[LW_MAP_SEATS - 1];
	struct lw_map_file *files[LW_MAP_SEATS + 1];
	struct lw_map_door *doors[LW_MAP_SEATS], *door;

	(void)state;
	for (int i = 0; i < LW_MAP_SEATS - 1; i++) {
		files[i] = make(false);
		read[i] = lw_map_enter(&own, 50, &doors[i]);
		assert_non_null(read[i]);
	}
	/* There is one seat for the others, and none for the map after it. */
	files[LW_MAP_SEATS - 1] = make(false);
	assert_non_null(lw_map_enter(&own, 50, &door));
	lw_map_leave(door);
	files[LW_MAP_SEATS] = make(false);
	assert_null(lw_map_enter(&own, 50, &door));
	for (int i = 0; i < LW_MAP_SEATS - 1; i++) {
		assert_int_equal(lw_map_head_of(read[i])->magic, LW_MAP_MAGIC);
		lw_map_leave(doors[i]);
	}
	assert_non_null(lw_map_enter(&own, 50, &door));
	lw_map_leave(door);
	lw_map_close(&own);
	for (int i = 0; i < LW_MAP_SEATS + 1; i++)
		lw_map_file_free(files[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_that_grows_is_followed_by_its_readers),
		cmocka_unit_test(
			the_same_members_need_no_room_in_another_round),
		cmocka_unit_test(nothing_is_said_of_who_is_gone),
		cmocka_unit_test(what_is_dead_is_left_behind),
		cmocka_unit_test(a_full_disk_leaves_what_was_published),
		cmocka_unit_test(a_full_disk_before_there_is_a_name),
		cmocka_unit_test(
			a_new_writer_s_map_is_seen_once_it_has_the_name),
		cmocka_unit_test(a_map_of_another_domain_counts_no_more),
		cmocka_unit_test(a_map_that_is_withdrawn_is_read_by_nobody),
		cmocka_unit_test(an_orphan_is_left_once_another_has_its_name),
		cmocka_unit_test(
			who_never_leaves_keeps_what_he_reads_and_no_more),
	};

	return cmocka_run_group_tests(tests, in_a_folder, away);
}
