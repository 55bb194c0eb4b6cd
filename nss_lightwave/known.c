/* known.c - from the map into the caller's buffer. Any process; libc only. */
#include "known.h"

#include "map_find.h"
#include "map_room.h"

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

/* With a door to leave by, where there is a map. */
static inline enum lw_err find(enum lw_map_kind kind, const char *name,
			       uint32_t id, enum lw_map_trust trust,
			       const struct lw_map_record **ret,
			       struct lw_map_door **ret_door)
{
	uint32_t now = lw_map_now();
	const struct lw_map *m = lw_map_enter(&room, now, ret_door);

	if (!m)
		return LW_OFFLINE;
	return name ? lw_map_by_name(m, kind, name, trust, now, ret)
		    : lw_map_by_id(m, kind, id, trust, now, ret);
}

/* All n bytes of its strings, which begin in buf and end there. */
static inline enum lw_err copy_text(const struct lw_map_record *r, uint32_t n,
				    char *buf, size_t len)
{
	if (n < 2)
		return LW_OFFLINE;
	if (n > len)
		return LW_RANGE;
	memcpy(buf, lw_map_text(r), n);
	return buf[n - 1] == '\0' && buf[0] != '\0' ? LW_OK : LW_OFFLINE;
}

static inline bool is_id(uint32_t id)
{
	return id != 0 && id != UINT32_MAX;
}

/* The strings are in buf, n bytes; whatever is in r, none begins behind. */
static inline enum lw_err fill(const struct lw_map_record *r, uint32_t n,
			       char *buf, struct passwd *ret)
{
	uint32_t password = r->at[0], gecos = r->at[1];
	uint32_t home = r->at[2], shell = r->at[3];

	if (password >= n || gecos >= n || home >= n || shell >= n)
		return LW_OFFLINE;
	ret->pw_name = buf;
	ret->pw_passwd = buf + password;
	ret->pw_gecos = buf + gecos;
	ret->pw_dir = buf + home;
	ret->pw_shell = buf + shell;
	ret->pw_uid = r->id;
	ret->pw_gid = r->gid;
	return is_id(ret->pw_uid) && is_id(ret->pw_gid) ? LW_OK : LW_OFFLINE;
}

enum lw_err lw_known_passwd(const char *name, uint32_t uid,
			    enum lw_map_trust trust, struct passwd *ret,
			    char *buf, size_t len)
{
	lw_cleanup(leave) struct lw_map_door *door = NULL;
	const struct lw_map_record *r;
	enum lw_err e = find(LW_MAP_USER, name, uid, trust, &r, &door);
	uint32_t n;

	if (e != LW_OK)
		return e;
	n = r->text_n;
	e = copy_text(r, n, buf, len);
	return e == LW_OK ? fill(r, n, buf, ret) : e;
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
			  struct lw_gids *to)
{
	lw_cleanup(leave) struct lw_map_door *door = NULL;
	const struct lw_map_record *r;
	enum lw_err e = find(LW_MAP_GROUPS_OF, user, 0, trust, &r, &door);

	if (e == LW_OK)
		e = lw_gids_add(to, lw_map_text(r), r->count);
	return e == LW_PROTO ? LW_OFFLINE : e;
}
