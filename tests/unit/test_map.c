/*
 * test_map.c - what is put into the map is what every reader finds, however it
 * asks and for as long as it counts.
 */
#include "map_rig.h"

static void a_user_is_found_however_the_name_was_typed(void **state)
{
	static const char *const spelled[] = {
		"alice@lightwave.test",	 "Alice@LIGHTWAVE.test",
		"LIGHTWAVE.TEST\\aLICE", "lwave\\alice",
		"LWave\\ALICE",
	};
	static const char *const others[] = {
		"alice",
		"alice@lightwave.tes",
		"@lightwave.test",
		"alice@example.org",
		"alice@lightwave.test.",
		"lightwave.test\\",
		"\\alice",
		"",
		"alicf@lightwave.test",
		"alice@lightwave.test@x",
	};
	struct lw_map_file *f = make(false);

	(void)state;
	assert_int_equal(put_user(f, "Alice", FIRST, "A", LW_MAP_FOLLOWED),
			 LW_OK);
	for (size_t i = 0; i < COUNT(spelled); i++) {
		assert_int_equal(user(spelled[i]).e, LW_OK);
		assert_int_equal(user(spelled[i]).id, FIRST);
		assert_string_equal(user(spelled[i]).gecos, "A");
	}
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_not_equal(user(others[i]).e, LW_OK);
	assert_int_equal(user("alice").e, LW_NOTOURS);
	assert_int_equal(user("alice@example.org").e, LW_NOTOURS);
	assert_int_equal(by_id(LW_MAP_USER, FIRST, 50).id, FIRST);
	assert_int_equal(by_id(LW_MAP_USER, FIRST + 1, 50).e, LW_OFFLINE);
	assert_int_equal(by_id(LW_MAP_USER, 1000, 50).e, LW_NOTOURS);
	assert_int_equal(by_id(LW_MAP_USER, 0, 50).e, LW_NOTOURS);
	assert_int_equal(by_id(LW_MAP_GROUP, FIRST, 50).e, LW_OFFLINE);
	lw_map_file_free(f);
}

static void accounts_of_every_length_are_told_apart(void **state)
{
	struct lw_map_file *f = make(true);
	char a[LW_MAP_KEY_MAX + 2], typed[400];

	(void)state;
	memset(a, 'q', sizeof(a));
	for (uint32_t n = LW_MAP_KEY_MAX; n > 0; n--) {
		a[n] = '\0';
		assert_int_equal(put_user(f, a, FIRST + n, "", LW_MAP_FOLLOWED),
				 LW_OK);
	}
	for (uint32_t n = 1; n <= LW_MAP_KEY_MAX; n++) {
		memset(a, 'Q', n);
		a[n] = '\0';
		assert_int_equal(user(a).id, FIRST + n);
		snprintf(typed, sizeof(typed), "%s@Lightwave.Test", a);
		assert_int_equal(user(typed).id, FIRST + n);
		snprintf(typed, sizeof(typed), "LWAVE\\%s", a);
		assert_int_equal(user(typed).id, FIRST + n);
	}
	memset(a, 'q', sizeof(a));
	a[LW_MAP_KEY_MAX + 1] = '\0';
	assert_int_equal(put_user(f, a, FIRST, "", 1), LW_INVALID);
	assert_int_equal(user(a).e, LW_NOTOURS);
	lw_map_file_free(f);
}

/* Only ASCII letters have two cases, as in name.h. */
static void case_is_folded_for_ascii_letters_alone(void **state)
{
	struct lw_map_file *f = make(true);
	char one[2] = { 0 };

	(void)state;
	for (int c = 1; c < 256; c++) {
		one[0] = (char)c;
		assert_int_equal(put_user(f, one, FIRST + (uint32_t)c, "",
					  LW_MAP_FOLLOWED),
				 LW_OK);
	}
	for (int c = 1; c < 256; c++) {
		int low = c >= 'A' && c <= 'Z' ? c + 32 : c;

		one[0] = (char)c;
		if (c == '@' || c == '\\')
			continue;
		assert_int_equal(user(one).id, FIRST + (uint32_t)low);
	}
	lw_map_file_free(f);
}

static void what_is_new_takes_the_place_of_what_was(void **state)
{
	struct lw_map_file *f = make(false);
	struct lw_map_stats before;

	(void)state;
	put_user(f, "alice", FIRST, "one", LW_MAP_FOLLOWED);
	before = lw_map_file_stats(f);
	put_user(f, "alice", FIRST, "one", 70);
	assert_int_equal(lw_map_file_stats(f).used, before.used);
	assert_int_equal(
		by_name(LW_MAP_USER, "alice@lightwave.test", LW_MAP_FRESH, 70)
			.e,
		LW_OFFLINE);
	put_user(f, "alice", FIRST, "two", LW_MAP_FOLLOWED);
	assert_string_equal(user("alice@lightwave.test").gecos, "two");
	assert_string_equal(by_id(LW_MAP_USER, FIRST, 50).gecos, "two");
	assert_int_equal(lw_map_file_stats(f).records, 1);

	/* Her id is another one, and then another's. */
	put_user(f, "alice", FIRST + 1, "three", LW_MAP_FOLLOWED);
	assert_int_equal(by_id(LW_MAP_USER, FIRST, 50).e, LW_OFFLINE);
	assert_int_equal(user("alice@lightwave.test").id, FIRST + 1);
	put_user(f, "bob", FIRST + 1, "bob", LW_MAP_FOLLOWED);
	assert_int_equal(user("alice@lightwave.test").e, LW_OFFLINE);
	assert_string_equal(by_id(LW_MAP_USER, FIRST + 1, 50).gecos, "bob");
	assert_int_equal(lw_map_file_stats(f).records, 1);

	lw_map_file_gone_id(f, LW_MAP_USER, FIRST + 1);
	assert_int_equal(user("bob@lightwave.test").e, LW_OFFLINE);
	assert_int_equal(by_id(LW_MAP_USER, FIRST + 1, 50).e, LW_OFFLINE);
	put_user(f, "bob", FIRST + 1, "bob", LW_MAP_FOLLOWED);
	lw_map_file_gone(f, LW_MAP_USER, LW_STR("BOB"));
	assert_int_equal(by_id(LW_MAP_USER, FIRST + 1, 50).e, LW_OFFLINE);
	assert_int_equal(lw_map_file_stats(f).records, 0);
	lw_map_file_free(f);
}

static void groups_and_members_are_told_whole(void **state)
{
	const struct lw_str members[] = { LW_STR("alice@lightwave.test"),
					  LW_STR("bob@lightwave.test") };
	const struct lw_map_entry named = { .kind = LW_MAP_MEMBERS,
					    .account = LW_STR("Linux Admins"),
					    .id = 0,
					    .until = LW_MAP_FOLLOWED,
					    .text = { LW_STR("linux admins"),
						      LW_STR("x") },
					    .texts = 2,
					    .members = members,
					    .count = 2 };
	const struct lw_map_entry group = { .kind = LW_MAP_GROUP,
					    .id = FIRST,
					    .until = LW_MAP_FOLLOWED,
					    .text = { LW_STR("linux admins"),
						      LW_STR("x") },
					    .texts = 2 };
	const uint32_t gids[] = { 545, FIRST, 106 };
	struct lw_map_file *f = make(false);
	struct found r;

	(void)state;
	assert_int_equal(lw_map_file_put(f, &named), LW_OK);
	assert_int_equal(lw_map_file_put(f, &group), LW_OK);
	assert_int_equal(put_groups(f, "alice", gids, 3), LW_OK);
	r = by_name(LW_MAP_MEMBERS, "linux admins@lightwave.test", LW_MAP_FRESH,
		    50);
	assert_int_equal(r.count, 2);
	assert_string_equal(r.member[1], "bob@lightwave.test");
	assert_int_equal(by_id(LW_MAP_GROUP, FIRST, 50).id, FIRST);
	r = by_name(LW_MAP_GROUPS_OF, "alice@lightwave.test", LW_MAP_FRESH, 50);
	assert_int_equal(r.count, 3);
	assert_memory_equal(r.gids, gids, sizeof(gids));
	/* A user of that name is another thing. */
	assert_int_equal(user("linux admins@lightwave.test").e, LW_OFFLINE);

	lw_map_file_new_round(f);
	r = by_name(LW_MAP_GROUPS_OF, "alice@lightwave.test", LW_MAP_FRESH, 50);
	assert_int_equal(r.e, LW_OFFLINE);
	assert_int_equal(by_id(LW_MAP_GROUP, FIRST, 50).e, LW_OFFLINE);
	assert_int_equal(put_groups(f, "alice", gids, 3), LW_OK);
	r = by_name(LW_MAP_GROUPS_OF, "alice@lightwave.test", LW_MAP_FRESH, 50);
	assert_int_equal(r.e, LW_OK);
	/* Nobody put the group again: it is no more. Its members wait. */
	assert_int_equal(lw_map_file_stats(f).records, 3);
	lw_map_file_end_round(f);
	assert_int_equal(lw_map_file_stats(f).records, 2);
	lw_map_file_free(f);
}

static void each_answer_ends_when_it_is_to(void **state)
{
	static const struct {
		uint32_t until, now;
		enum lw_map_trust trust;
		enum lw_err user, groups;
	} rows[] = {
		{ LW_MAP_FOLLOWED, 99, LW_MAP_FRESH, LW_OK, LW_OK },
		{ LW_MAP_FOLLOWED, 100, LW_MAP_FRESH, LW_OFFLINE, LW_OFFLINE },
		{ 60, 59, LW_MAP_FRESH, LW_OK, LW_OK },
		{ 60, 60, LW_MAP_FRESH, LW_OFFLINE, LW_OK },
		/* A list is another matter while a front is alive. */
		{ 60, 119, LW_MAP_STALE, LW_OK, LW_OFFLINE },
		{ 60, 120, LW_MAP_STALE, LW_OK, LW_OK },
		{ 60, 499, LW_MAP_STALE, LW_OK, LW_OK },
		{ 60, 500, LW_MAP_STALE, LW_OK, LW_OFFLINE },
		{ 60, 859, LW_MAP_STALE, LW_OK, LW_OFFLINE },
		{ 60, 860, LW_MAP_STALE, LW_OFFLINE, LW_OFFLINE },
		{ LW_MAP_FOLLOWED, 999, LW_MAP_STALE, LW_OK, LW_OFFLINE },
		{ LW_MAP_FOLLOWED, 1000, LW_MAP_STALE, LW_OFFLINE, LW_OFFLINE },
	};
	const uint32_t gid = FIRST;
	struct lw_map_file *f = make(false);

	(void)state;
	lw_map_file_times(f, 100, 100, 1000, 500, 120);
	put_groups(f, "alice", &gid, 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_user(f, "alice", FIRST, "", rows[i].until);
		assert_int_equal(by_name(LW_MAP_USER, "alice@lightwave.test",
					 rows[i].trust, rows[i].now)
					 .e,
				 rows[i].user);
		assert_int_equal(by_name(LW_MAP_GROUPS_OF,
					 "alice@lightwave.test", rows[i].trust,
					 rows[i].now)
					 .e,
				 rows[i].groups);
	}
	lw_map_file_free(f);
}

static void what_ended_long_ago_is_dropped(void **state)
{
	const uint32_t gid = FIRST;
	struct lw_map_file *f = make(false);

	(void)state;
	put_groups(f, "alice", &gid, 1);
	put_user(f, "bob", FIRST, "", 60);
	put_user(f, "carol", FIRST + 1, "", LW_MAP_ENDED);
	put_user(f, "dave", FIRST + 2, "", LW_MAP_FOLLOWED);
	lw_map_file_expire(f, 70, 10, 5);
	assert_int_equal(lw_map_file_stats(f).records, 4);
	lw_map_file_expire(f, 71, 10, 5);
	assert_int_equal(lw_map_file_stats(f).records, 3);
	assert_int_equal(user("bob@lightwave.test").e, LW_OFFLINE);
	lw_map_file_expire(f, UINT32_MAX - 1, 10, 5);
	assert_int_equal(
		by_name(LW_MAP_USER, "dave@lightwave.test", LW_MAP_FRESH, 50).e,
		LW_OK);
	lw_map_file_free(f);
}

static void a_miss_is_known_until_it_ends(void **state)
{
	struct lw_map_file *f = make(false);

	(void)state;
	lw_map_file_miss(f, LW_MAP_USER, LW_STR("Nobody"), false, 60);
	lw_map_file_miss_id(f, LW_MAP_USER, FIRST, 60);
	assert_int_equal(user("nobody@lightwave.test").e, LW_NOTFOUND);
	assert_int_equal(user("nobod@lightwave.test").e, LW_OFFLINE);
	assert_int_equal(user("nobodyy@lightwave.test").e, LW_OFFLINE);
	assert_int_equal(by_name(LW_MAP_GROUPS_OF, "nobody@lightwave.test",
				 LW_MAP_FRESH, 50)
				 .e,
			 LW_NOTFOUND);
	assert_int_equal(by_name(LW_MAP_MEMBERS, "nobody@lightwave.test",
				 LW_MAP_FRESH, 50)
				 .e,
			 LW_OFFLINE);
	assert_int_equal(by_id(LW_MAP_USER, FIRST, 50).e, LW_NOTFOUND);
	assert_int_equal(by_id(LW_MAP_GROUP, FIRST, 50).e, LW_OFFLINE);
	assert_int_equal(by_id(LW_MAP_USER, FIRST, 60).e, LW_OFFLINE);

	/* Somebody has that name now. */
	put_user(f, "nobody", FIRST, "", LW_MAP_FOLLOWED);
	assert_int_equal(user("nobody@lightwave.test").e, LW_OK);
	assert_int_equal(by_id(LW_MAP_USER, FIRST, 50).e, LW_OK);
	/* The misses of before are no word on him any more. */
	lw_map_file_gone(f, LW_MAP_USER, LW_STR("nobody"));
	assert_int_equal(by_id(LW_MAP_USER, FIRST, 50).e, LW_OFFLINE);
	assert_int_equal(user("nobody@lightwave.test").e, LW_OFFLINE);
	lw_map_file_free(f);
}

static void a_name_without_a_domain_is_never_who_else_is_local(void **state)
{
	struct lw_map_file *f = make(true);

	(void)state;
	put_user(f, "alice", FIRST, "", LW_MAP_FOLLOWED);
	assert_int_equal(user("alice").id, FIRST);
	local = true;
	put_user(f, "alice", FIRST, "", LW_MAP_FOLLOWED);
	local = false;
	assert_int_equal(user("alice").e, LW_OFFLINE);
	assert_int_equal(user("LWAVE\\alice").id, FIRST);
	assert_int_equal(user("alice@lightwave.test").id, FIRST);

	/* Nor does what is no bare name say anything of the whole one. */
	lw_map_file_miss(f, LW_MAP_USER, LW_STR("bob"), true, 60);
	assert_int_equal(user("bob").e, LW_NOTFOUND);
	assert_int_equal(user("bob@lightwave.test").e, LW_OFFLINE);
	lw_map_file_miss(f, LW_MAP_USER, LW_STR("carol"), false, 60);
	assert_int_equal(user("carol@lightwave.test").e, LW_NOTFOUND);
	assert_int_equal(user("carol").e, LW_OFFLINE);
	lw_map_file_free(f);
}

static void a_flood_of_misses_pushes_out_nobody_who_exists(void **state)
{
	struct lw_map_file *f = make(false);
	uint32_t size = lw_map_file_stats(f).size;
	size_t known = 0;
	char a[32];

	(void)state;
	put_user(f, "alice", FIRST, "", LW_MAP_FOLLOWED);
	for (uint32_t i = 0; i < 100000; i++) {
		snprintf(a, sizeof(a), "nobody%u", i);
		lw_map_file_miss(f, LW_MAP_USER, lw_str(a), false, 60 + i);
	}
	assert_int_equal(lw_map_file_stats(f).size, size);
	assert_int_equal(user("alice@lightwave.test").e, LW_OK);
	for (uint32_t i = 99000; i < 100000; i++) {
		snprintf(a, sizeof(a), "nobody%u@lightwave.test", i);
		known += user(a).e == LW_NOTFOUND;
	}
	assert_in_range(known, 900, 1000);
	lw_map_file_free(f);
}

/* Who is followed may be told for longer than what he may do. */
static void followed_lists_have_a_time_of_their_own(void **state)
{
	const uint32_t gid = FIRST;
	struct lw_map_file *f = make(false);

	(void)state;
	lw_map_file_times(f, 100, 50, 1000, 500, 120);
	put_user(f, "alice", FIRST, "", LW_MAP_FOLLOWED);
	put_groups(f, "alice", &gid, 1);
	for (uint32_t now = 48; now < 52; now++) {
		assert_int_equal(by_name(LW_MAP_USER, "alice@lightwave.test",
					 LW_MAP_FRESH, now)
					 .e,
				 LW_OK);
		assert_int_equal(by_name(LW_MAP_GROUPS_OF,
					 "alice@lightwave.test", LW_MAP_FRESH,
					 now)
					 .e,
				 now < 50 ? LW_OK : LW_OFFLINE);
	}
	lw_map_file_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_is_found_however_the_name_was_typed),
		cmocka_unit_test(accounts_of_every_length_are_told_apart),
		cmocka_unit_test(case_is_folded_for_ascii_letters_alone),
		cmocka_unit_test(what_is_new_takes_the_place_of_what_was),
		cmocka_unit_test(groups_and_members_are_told_whole),
		cmocka_unit_test(each_answer_ends_when_it_is_to),
		cmocka_unit_test(followed_lists_have_a_time_of_their_own),
		cmocka_unit_test(what_ended_long_ago_is_dropped),
		cmocka_unit_test(a_miss_is_known_until_it_ends),
		cmocka_unit_test(
			a_name_without_a_domain_is_never_who_else_is_local),
		cmocka_unit_test(
			a_flood_of_misses_pushes_out_nobody_who_exists),
	};

	return cmocka_run_group_tests(tests, in_a_folder, away);
}
