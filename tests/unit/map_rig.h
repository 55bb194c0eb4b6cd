/*
 * map_rig.h - a map in a folder of its own, and how it is read. For the tests
 * of the map.
 */
#ifndef LW_TEST_MAP_RIG_H
#define LW_TEST_MAP_RIG_H

#include "unit.h"

#include "map_file.h"
#include "map_find.h"
#include "map_room.h"

#include <unistd.h>

#define FIRST 16778216u /* the first uid here */

static char dir[] = "/tmp/test_map.XXXXXX";
static char path[64];
static struct lw_map_room room = { .path = path };

static inline struct lw_map_setup setup(void)
{
	return (struct lw_map_setup) { .path = path,
				       .domain = "lightwave.test",
				       .netbios = "lwave",
				       .ids = { .domain_sid = "" },
				       .stale_max = 800,
				       .rights_max = 400 };
}

static inline struct lw_map_file *make(bool bare)
{
	struct lw_map_setup s = setup();
	struct lw_map_file *f;

	s.bare = bare;
	assert_int_equal(lw_map_file_new(&s, 10, &f), LW_OK);
	lw_map_file_times(f, 100, 100, 1000, 500, 2000);
	assert_int_equal(lw_map_file_publish(f), LW_OK);
	return f;
}

/* The next users' accounts are local names. */
static bool local;

static inline enum lw_err put_user(struct lw_map_file *f, const char *account,
				   uint32_t uid, const char *gecos,
				   uint32_t until)
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

static inline enum lw_err put_groups(struct lw_map_file *f, const char *account,
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

static inline void take(const struct lw_map_view *found, struct found *ret)
{
	const struct lw_map_record *r = found->r;
	const char *text = found->text;

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

static inline struct found by_name(enum lw_map_kind kind, const char *typed,
				   enum lw_map_trust trust, uint32_t now)
{
	struct found ret = { .e = LW_OFFLINE };
	struct lw_map_view found;
	struct lw_map_door *door;
	const struct lw_map *m = lw_map_enter(&room, 50, &door);

	if (!m)
		return ret;
	ret.e = lw_map_by_name(m, kind, typed, trust, now, &found);
	if (ret.e == LW_OK)
		take(&found, &ret);
	lw_map_leave(door);
	return ret;
}

static inline struct found by_id(enum lw_map_kind kind, uint32_t id,
				 uint32_t now)
{
	struct found ret = { .e = LW_OFFLINE };
	struct lw_map_view found;
	struct lw_map_door *door;
	const struct lw_map *m = lw_map_enter(&room, 50, &door);

	if (!m)
		return ret;
	ret.e = lw_map_by_id(m, kind, id, LW_MAP_FRESH, now, &found);
	if (ret.e == LW_OK)
		take(&found, &ret);
	lw_map_leave(door);
	return ret;
}

static inline struct found user(const char *typed)
{
	return by_name(LW_MAP_USER, typed, LW_MAP_FRESH, 50);
}

static inline int in_a_folder(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/map", dir);
	return 0;
}

static inline int away(void **state)
{
	(void)state;
	lw_map_close(&room);
	unlink(path);
	return rmdir(dir);
}

#endif
