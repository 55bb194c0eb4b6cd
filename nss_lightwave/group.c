/* group.c - getgrnam(3) and getgrgid(3). Runs in any process; libc only. */
#include "cleanup.h"
#include "known.h"
#include "local.h"

#include <errno.h>

enum lw_err lw_nss_take_group(const struct lw_group *entry, struct group *grp,
			      struct lw_arena *a)
{
	struct lw_rd members = entry->members;

	/* Whatever the front says: root's group is not the directory's. */
	if (entry->gid == 0 || entry->gid == (gid_t)-1 || entry->name.n == 0)
		return LW_PROTO;
	grp->gr_mem = lw_arena_ptrs(a, (size_t)entry->count + 1);
	grp->gr_name = lw_arena_str(a, entry->name);
	grp->gr_passwd = lw_arena_str(a, LW_STR("x"));
	grp->gr_gid = entry->gid;
	for (uint32_t i = 0; !a->full && i < entry->count; i++)
		grp->gr_mem[i] = lw_arena_str(a, lw_rd_str(&members));
	return a->full ? LW_RANGE : LW_OK;
}

/* By name, or by gid where that is NULL. */
static enum lw_err ask(const char *name, gid_t gid, struct group *grp,
		       struct lw_arena *a)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	struct lw_group entry;
	enum lw_err e;

	e = name ? lw_nss_ask_name(LW_OP_GROUP_BY_NAME, name, &reply)
		 : lw_nss_ask_id(LW_OP_GROUP_BY_GID, gid, &reply);
	if (e == LW_OK)
		e = lw_group_decode(&reply.body, &entry);
	if (e != LW_OK)
		return e;
	if (!name && entry.gid != gid)
		return LW_PROTO;
	return lw_nss_take_group(&entry, grp, a);
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

/* The name, the password, the members, and the end. */
static enum lw_err fill_known(struct group *grp,
			      const struct lw_map_view *found,
			      struct lw_arena *a)
{
	uint32_t n = found->text_n, count = found->count;
	char **strings;
	enum lw_err e;

	if (count > n)
		return LW_OFFLINE;
	strings = lw_arena_ptrs(a, (size_t)count + 3);
	if (!strings)
		return LW_RANGE;
	e = lw_known_text(found, a->p, a->left);
	if (e != LW_OK)
		return e;
	if (!point_at(strings, count + 2, a->p, a->p + n))
		return LW_OFFLINE;
	*grp = (struct group) {
		.gr_name = strings[0],
		.gr_passwd = strings[1],
		.gr_gid = LW_MAP_ONCE(found->r->id),
		.gr_mem = strings + 2,
	};
	return lw_known_id(grp->gr_gid) ? LW_OK : LW_OFFLINE;
}

/* By name with all members, by gid without. */
lw_inline enum lw_err known(const char *name, gid_t gid,
			    enum lw_map_trust trust, struct group *grp,
			    char *buf, size_t len)
{
	struct lw_arena a = { .p = buf, .left = len };
	lw_unset struct lw_map_view found;
	struct lw_map_door *door;
	enum lw_err e = lw_known_find(name ? LW_MAP_MEMBERS : LW_MAP_GROUP,
				      name, gid, trust, &found, &door);

	if (e != LW_OK)
		return e;
	e = fill_known(grp, &found, &a);
	lw_map_leave(door);
	return e;
}

/* What the map once knew of what has not become a local group meanwhile. */
static enum lw_err once_known(const char *name, gid_t gid, struct group *grp,
			      char *buf, size_t len)
{
	enum lw_err e = known(name, gid, LW_MAP_STALE, grp, buf, len);

	return e == LW_OK && lw_local_has(LW_LOCAL_GROUP, name, gid)
		       ? LW_NOTOURS
		       : e;
}

/* The map is asked again: at once where no front is alive, else after it. */
static enum nss_status find(const char *name, gid_t gid, struct group *grp,
			    char *buf, size_t len, int *errnop)
{
	int saved = errno;
	struct lw_arena a = { .p = buf, .left = len };
	enum lw_err e = LW_OFFLINE, old = LW_OFFLINE;

	if (!lw_known_front_lives())
		e = once_known(name, gid, grp, buf, len);
	if (e == LW_OFFLINE)
		e = ask(name, gid, grp, &a);
	if (e == LW_NOFRONT || e == LW_OFFLINE)
		old = once_known(name, gid, grp, buf, len);
	return lw_to_nss(old == LW_OFFLINE ? e : old, saved, errnop);
}

enum nss_status _nss_lightwave_getgrnam_r(const char *name, struct group *grp,
					  char *buf, size_t len, int *errnop)
{
	enum lw_err e = known(name, 0, LW_MAP_FRESH, grp, buf, len);

	return e == LW_OFFLINE ? find(name, 0, grp, buf, len, errnop)
			       : lw_known_to_nss(e, errnop);
}

enum nss_status _nss_lightwave_getgrgid_r(gid_t gid, struct group *grp,
					  char *buf, size_t len, int *errnop)
{
	enum lw_err e = known(NULL, gid, LW_MAP_FRESH, grp, buf, len);

	return e == LW_OFFLINE ? find(NULL, gid, grp, buf, len, errnop)
			       : lw_known_to_nss(e, errnop);
}
