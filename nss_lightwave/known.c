/* known.c - from the map into the caller's buffer. Any process; libc only. */
#include "known.h"

#include "cleanup.h"
#include "map_room.h"

#include <stdlib.h>
#include <string.h>

static struct lw_map_room room = { .path = LW_MAP_PATH };

/* The module is unloaded: what it mapped goes with it. */
__attribute__((destructor)) static void close_room(void)
{
	lw_map_close(&room);
}

static void leave(struct lw_map_door **door)
{
	if (*door)
		lw_map_leave(*door);
}

/* With a door to leave by, if it was found. */
static enum lw_err find(enum lw_map_kind kind, const char *name, uint32_t id,
			enum lw_map_trust trust,
			const struct lw_map_record **ret,
			struct lw_map_door **ret_door)
{
	struct lw_map_door *door;
	uint32_t now = lw_map_now();
	const struct lw_map *m = lw_map_enter(&room, now, &door);

	if (!m)
		return LW_OFFLINE;
	*ret_door = door;
	return name ? lw_map_by_name(m, kind, name, trust, now, ret)
		    : lw_map_by_id(m, kind, id, trust, now, ret);
}

/* All its strings, which begin in buf and end there; n bytes. */
static enum lw_err copy_text(const struct lw_map_record *r, uint32_t n,
			     char *buf, size_t len)
{
	if (n < 2)
		return LW_OFFLINE;
	if (n > len)
		return LW_RANGE;
	memcpy(buf, lw_map_text(r), n);
	return buf[n - 1] == '\0' && buf[0] != '\0' ? LW_OK : LW_OFFLINE;
}

static bool is_id(uint32_t id)
{
	return id != 0 && id != UINT32_MAX;
}

enum lw_err lw_known_passwd(const char *name, uint32_t uid,
			    enum lw_map_trust trust, struct passwd *ret,
			    char *buf, size_t len)
{
	lw_cleanup(leave) struct lw_map_door *door = NULL;
	const struct lw_map_record *r;
	uint16_t at[4];
	uint32_t n;
	enum lw_err e = find(LW_MAP_USER, name, uid, trust, &r, &door);

	if (e != LW_OK)
		return e;
	n = r->text_n;
	memcpy(at, r->at, sizeof(at));
	e = copy_text(r, n, buf, len);
	if (e != LW_OK)
		return e;
	if (at[0] >= n || at[1] >= n || at[2] >= n || at[3] >= n)
		return LW_OFFLINE;
	*ret = (struct passwd) {
		.pw_name = buf,
		.pw_passwd = buf + at[0],
		.pw_uid = r->id,
		.pw_gid = r->gid,
		.pw_gecos = buf + at[1],
		.pw_dir = buf + at[2],
		.pw_shell = buf + at[3],
	};
	return is_id(ret->pw_uid) && is_id(ret->pw_gid) ? LW_OK : LW_OFFLINE;
}

/* count strings that begin at p, none of them past end. */
static bool point_at(char **to, uint32_t count, char *p, const char *end)
{
	for (uint32_t i = 0; i < count; i++) {
		if (p >= end)
			return false;
		to[i] = p;
		p += strlen(p) + 1;
	}
	to[count] = NULL;
	return true;
}

enum lw_err lw_known_group(const char *name, uint32_t gid,
			   enum lw_map_trust trust, struct group *ret,
			   char *buf, size_t len)
{
	lw_cleanup(leave) struct lw_map_door *door = NULL;
	struct lw_arena a = { .p = buf, .left = len };
	const struct lw_map_record *r;
	uint32_t n, count;
	char **strings;
	enum lw_err e = find(name ? LW_MAP_MEMBERS : LW_MAP_GROUP, name, gid,
			     trust, &r, &door);

	if (e != LW_OK)
		return e;
	n = r->text_n;
	count = r->count;
	if (count > n)
		return LW_OFFLINE;
	/* The name, the password, the members, and the end. */
	strings = lw_arena_ptrs(&a, (size_t)count + 3);
	if (!strings)
		return LW_RANGE;
	e = copy_text(r, n, a.p, a.left);
	if (e != LW_OK)
		return e;
	if (!point_at(strings, count + 2, a.p, a.p + n))
		return LW_OFFLINE;
	*ret = (struct group) {
		.gr_name = strings[0],
		.gr_passwd = strings[1],
		.gr_gid = r->id,
		.gr_mem = strings + 2,
	};
	return is_id(ret->gr_gid) ? LW_OK : LW_OFFLINE;
}

enum lw_err lw_known_gids(const char *user, enum lw_map_trust trust,
			  uint32_t max, gid_t **ret_gids, size_t *ret_n)
{
	lw_cleanup(leave) struct lw_map_door *door = NULL;
	lw_cleanup(lw_free) gid_t *gids = NULL;
	const struct lw_map_record *r;
	uint32_t n;
	enum lw_err e = find(LW_MAP_GROUPS_OF, user, 0, trust, &r, &door);

	if (e != LW_OK)
		return e;
	n = r->count;
	if (n > max)
		return LW_OFFLINE;
	gids = calloc((size_t)n + 1, sizeof(*gids));
	if (!gids)
		return LW_NOMEM;
	memcpy(gids, lw_map_text(r), n * sizeof(*gids));
	for (uint32_t i = 0; i < n; i++) {
		if (!is_id(gids[i]))
			return LW_OFFLINE;
	}
	*ret_gids = gids;
	*ret_n = n;
	gids = NULL;
	return LW_OK;
}

bool lw_known_front_lives(void)
{
	struct lw_map_door *door;
	uint32_t now = lw_map_now();
	const struct lw_map *m = lw_map_enter(&room, now, &door);
	bool lives = m && !lw_map_orphaned(m, now);

	if (m)
		lw_map_leave(door);
	return lives;
}
