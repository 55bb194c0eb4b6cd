/*
 * test_map.c - what is put into the map is what every reader finds, and a map
 * that is broken is read by nobody, whatever is in it.
 */
#include "unit.h"

#include "map_file.h"
#include "map_find.h"
#include "map_room.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST 16778216u /* the first uid here */

static char dir[] = "/tmp/test_map.XXXXXX";
static char path[64];
static struct lw_map_room room = { .path = path };

static struct lw_map_setup setup(void)
{
	return (struct lw_map_setup) { .path = path,
				       .domain = "lightwave.test",
				       .netbios = "lwave",
				       .ids = { .domain_sid = "" },
				       .stale_max = 800,
				       .rights_max = 400 };
}

static struct lw_map_file *make(bool bare)
{
	struct lw_map_setup s = setup();
	struct lw_map_file *f;

	s.bare = bare;
	assert_int_equal(lw_map_file_new(&s, 10, &f), LW_OK);
	lw_map_file_times(f, 100, 1000, 500, 2000);
	assert_int_equal(lw_map_file_publish(f), LW_OK);
	return f;
}

/* The next users' accounts are local names. */
static bool local;

static enum lw_err put_user(struct lw_map_file *f, const char *account,
			    uint32_t uid, const char *gecos, uint32_t until)
{
	char name[300];
	struct lw_map_entry e = { .kind = LW_MAP_USER,
				  .account = lw_str(account),
				  .bare = !local,
				  .id = uid,
				  .gid = 545,
				  .until = until,
				  .texts = 5 };

	snprintf(name, sizeof(name), "%s@lightwave.test", account);
	e.text[0] = lw_str(name);
	e.text[1] = LW_STR("x");
	e.text[2] = lw_str(gecos);
	e.text[3] = LW_STR("/home/somebody");
	e.text[4] = LW_STR("/bin/bash");
	return lw_map_file_put(f, &e);
}

static enum lw_err put_groups(struct lw_map_file *f, const char *account,
			      const uint32_t *gids, uint32_t n)
{
	const struct lw_map_entry e = { .kind = LW_MAP_GROUPS_OF,
					.account = lw_str(account),
					.until = LW_MAP_FOLLOWED,
					.gids = gids,
					.count = n };

	return lw_map_file_put(f, &e);
}

struct found {
	enum lw_err e;
	uint32_t id, gid, count, gids[8];
	char gecos[64];
	char member[2][32];
};

static void take(const struct lw_map_record *r, struct found *ret)
{
	const char *text = lw_map_text(r);

	ret->id = r->id;
	ret->gid = r->gid;
	ret->count = r->count;
	if (r->kind == LW_MAP_USER)
		snprintf(ret->gecos, sizeof(ret->gecos), "%s", text + r->at[1]);
	if (r->kind == LW_MAP_GROUPS_OF)
		memcpy(ret->gids, text, 4 * (r->count < 8 ? r->count : 8));
	if (r->kind == LW_MAP_MEMBERS) {
		text += r->at[0] + 2;
		for (uint32_t i = 0; i < r->count && i < 2; i++) {
			snprintf(ret->member[i], 32, "%s", text);
			text += strlen(text) + 1;
		}
	}
}

static struct found by_name(enum lw_map_kind kind, const char *typed,
			    enum lw_map_trust trust, uint32_t now)
{
	struct found ret = { .e = LW_OFFLINE };
	const struct lw_map_record *r;
	struct lw_map_door *door;
	const struct lw_map *m = lw_map_enter(&room, 50, &door);

	if (!m)
		return ret;
	ret.e = lw_map_by_name(m, kind, typed, trust, now, &r);
	if (ret.e == LW_OK)
		take(r, &ret);
	lw_map_leave(door);
	return ret;
}

static struct found by_id(enum lw_map_kind kind, uint32_t id, uint32_t now)
{
	struct found ret = { .e = LW_OFFLINE };
	const struct lw_map_record *r;
	struct lw_map_door *door;
	const struct lw_map *m = lw_map_enter(&room, 50, &door);

	if (!m)
		return ret;
	ret.e = lw_map_by_id(m, kind, id, LW_MAP_FRESH, now, &r);
	if (ret.e == LW_OK)
		take(r, &ret);
	lw_map_leave(door);
	return ret;
}

static struct found user(const char *typed)
{
	return by_name(LW_MAP_USER, typed, LW_MAP_FRESH, 50);
}

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

	lw_map_file_drop_id(f, LW_MAP_USER, FIRST + 1);
	assert_int_equal(user("bob@lightwave.test").e, LW_OFFLINE);
	assert_int_equal(by_id(LW_MAP_USER, FIRST + 1, 50).e, LW_OFFLINE);
	put_user(f, "bob", FIRST + 1, "bob", LW_MAP_FOLLOWED);
	lw_map_file_drop(f, LW_MAP_USER, LW_STR("BOB"));
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
	/* Nobody put the group again: it is no more. */
	assert_int_equal(lw_map_file_stats(f).records, 3);
	lw_map_file_end_round(f);
	assert_int_equal(lw_map_file_stats(f).records, 1);
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
	lw_map_file_times(f, 100, 1000, 500, 120);
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
	lw_map_file_drop(f, LW_MAP_USER, LW_STR("nobody"));
	lw_map_file_forget_misses(f);
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

static void a_map_that_grows_is_followed_by_its_readers(void **state)
{
	struct lw_map_file *f = make(false);
	uint32_t size = lw_map_file_stats(f).size;
	struct lw_map_door *door;
	const struct lw_map *old;
	const struct lw_map_record *r;
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
					50, &r),
			 LW_OK);
	for (uint32_t i = 0; i < 20000; i++) {
		snprintf(a, sizeof(a), "user%u@lightwave.test", i);
		assert_int_equal(user(a).id, FIRST + i);
		assert_int_equal(by_id(LW_MAP_USER, FIRST + i, 50).id,
				 FIRST + i);
	}
	assert_int_equal(r->id, FIRST);
	lw_map_leave(door);
	assert_int_equal(user("nobody@lightwave.test").e, LW_NOTFOUND);
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
	lw_map_file_times(f, 100, 1000, 500, 2000);
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
	lw_map_file_times(f, 100, 1000, 500, 2000);
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
	lw_map_file_times(g, 100, 1000, 500, 2000);
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
	lw_map_file_times(g, 100, 1000, 500, 2000);
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
	lw_map_file_times(f, 100, 1000, 500, 60);
	assert_string_equal(user("alice@lightwave.test").gecos, "old");
	lw_map_file_free(f);
	assert_int_equal(unlink(path), 0);
	/* It goes on being read as long as there is no other. */
	assert_non_null(lw_map_enter(&room, 60, &door));
	lw_map_leave(door);
	assert_int_equal(lw_map_file_new(&s, 10, &g), LW_OK);
	lw_map_file_times(g, 100, 1000, 500, 2000);
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

static size_t read_file(uint8_t **ret)
{
	FILE *in = fopen(path, "r");
	size_t n;

	assert_non_null(in);
	assert_int_equal(fseek(in, 0, SEEK_END), 0);
	n = (size_t)ftell(in);
	rewind(in);
	*ret = malloc(n);
	assert_non_null(*ret);
	assert_int_equal(fread(*ret, 1, n, in), n);
	fclose(in);
	return n;
}

/* Each of these ends, and what it gives lies within the map. */
static void ask_all(const struct lw_map *m)
{
	const struct lw_map_record *r = NULL;

	for (enum lw_map_kind k = LW_MAP_USER; k < LW_MAP_KIND_COUNT; k++) {
		for (uint32_t i = 0; i < 40; i++) {
			struct found f;
			char a[LW_MAP_TYPED + 1];

			snprintf(a, sizeof(a), "user%u@lightwave.test", i);
			if (lw_map_by_name(m, k, a, LW_MAP_FRESH, 1, &r) ==
			    LW_OK)
				take(r, &f);
			if (lw_map_by_id(m, k, FIRST + i, LW_MAP_STALE, 1,
					 &r) == LW_OK)
				take(r, &f);
		}
	}
}

static void a_broken_map_does_no_harm(void **state)
{
	struct lw_map_file *f = make(false);
	uint8_t *whole, *broken;
	struct lw_map m;
	uint32_t used;
	char a[32];
	size_t n;

	(void)state;
	for (uint32_t i = 0; i < 40; i++) {
		snprintf(a, sizeof(a), "user%u", i);
		put_user(f, a, FIRST + i, a, LW_MAP_FOLLOWED);
		put_groups(f, a, &i, 1);
	}
	used = lw_map_file_stats(f).used;
	n = read_file(&whole);
	lw_map_file_free(f);
	assert_int_equal(lw_map_check(whole, n, &m), LW_OK);
	for (size_t cut = 0; cut < n; cut += 1 + n / 997)
		assert_int_equal(lw_map_check(whole, cut, &m), LW_PROTO);

	broken = malloc(n);
	assert_non_null(broken);
	srandom(1);
	for (int i = 0; i < 20000; i++) {
		memcpy(broken, whole, n);
		for (int j = (int)(random() % 4); j >= 0; j--) {
			uint32_t at = (uint32_t)random() % used;
			uint32_t v = (uint32_t)random();

			if (random() % 4 == 0)
				v = (uint32_t)random() % (uint32_t)n / 8 * 8;
			if (random() % 8 == 0)
				at %= sizeof(struct lw_map_head);
			else if (random() % 2)
				at = used - 1 - at % (80 * 240) % used;
			memcpy(broken + at / 4 * 4, &v, sizeof(v));
		}
		if (lw_map_check(broken, n, &m) == LW_OK)
			ask_all(&m);
	}
	free(whole);
	free(broken);
}

static void what_others_can_write_is_not_opened(void **state)
{
	struct lw_map_file *f = make(false);
	static struct lw_map_room fresh = { .path = path };
	struct lw_map_door *door;

	(void)state;
	assert_int_equal(chmod(path, 0664), 0);
	assert_null(lw_map_enter(&fresh, 50, &door));
	assert_int_equal(chmod(path, 0646), 0);
	assert_null(lw_map_enter(&fresh, 50, &door));
	assert_int_equal(chmod(path, 0644), 0);
	assert_non_null(lw_map_enter(&fresh, 50, &door));
	lw_map_leave(door);
	lw_map_close(&fresh);
	lw_map_file_free(f);
}

static int in_a_folder(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/map", dir);
	return 0;
}

static int away(void **state)
{
	(void)state;
	lw_map_close(&room);
	unlink(path);
	return rmdir(dir);
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
		cmocka_unit_test(what_ended_long_ago_is_dropped),
		cmocka_unit_test(a_miss_is_known_until_it_ends),
		cmocka_unit_test(
			a_flood_of_misses_pushes_out_nobody_who_exists),
		cmocka_unit_test(a_map_that_grows_is_followed_by_its_readers),
		cmocka_unit_test(what_is_dead_is_left_behind),
		cmocka_unit_test(a_full_disk_leaves_what_was_published),
		cmocka_unit_test(a_full_disk_before_there_is_a_name),
		cmocka_unit_test(a_map_of_another_domain_counts_no_more),
		cmocka_unit_test(a_map_that_is_withdrawn_is_read_by_nobody),
		cmocka_unit_test(
			a_name_without_a_domain_is_never_who_else_is_local),
		cmocka_unit_test(
			a_new_writer_s_map_is_seen_once_it_has_the_name),
		cmocka_unit_test(an_orphan_is_left_once_another_has_its_name),
		cmocka_unit_test(a_broken_map_does_no_harm),
		cmocka_unit_test(what_others_can_write_is_not_opened),
	};

	return cmocka_run_group_tests(tests, in_a_folder, away);
}
