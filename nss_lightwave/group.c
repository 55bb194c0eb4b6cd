/* group.c - getgrnam(3) and getgrgid(3). Runs in any process; libc only. */
#include "cleanup.h"
#include "known.h"
#include "own.h"

#include <errno.h>

static enum lw_err fill(struct group *grp, const struct lw_group *entry,
			struct lw_arena *a)
{
	struct lw_rd members = entry->members;

	grp->gr_mem = lw_arena_ptrs(a, (size_t)entry->count + 1);
	grp->gr_name = lw_arena_str(a, entry->name);
	grp->gr_passwd = lw_arena_str(a, LW_STR("x"));
	grp->gr_gid = entry->gid;
	for (uint32_t i = 0; !a->full && i < entry->count; i++)
		grp->gr_mem[i] = lw_arena_str(a, lw_rd_str(&members));
	return a->full ? LW_RANGE : LW_OK;
}

/* Whatever the front says: root's group is not the directory's. */
static enum lw_err decode(struct lw_reply *reply, struct lw_group *ret)
{
	enum lw_err e = lw_group_decode(&reply->body, ret);

	if (e == LW_OK &&
	    (ret->gid == 0 || ret->gid == (gid_t)-1 || ret->name.n == 0))
		return LW_PROTO;
	return e;
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
		e = decode(&reply, &entry);
	if (e != LW_OK)
		return e;
	if (!name && entry.gid != gid)
		return LW_PROTO;
	return fill(grp, &entry, a);
}

static enum lw_err find(const char *name, gid_t gid, struct group *grp,
			char *buf, size_t len)
{
	struct lw_arena a = { .p = buf, .left = len };
	enum lw_err e;

	if (lw_own())
		return LW_NOTOURS;
	e = lw_known_group(name, gid, LW_MAP_FRESH, grp, buf, len);
	if (e == LW_OFFLINE)
		e = ask(name, gid, grp, &a);
	if (e == LW_NOFRONT)
		e = lw_known_group(name, gid, LW_MAP_STALE, grp, buf, len);
	return e;
}

enum nss_status _nss_lightwave_getgrnam_r(const char *name, struct group *grp,
					  char *buf, size_t len, int *errnop)
{
	int saved = errno;

	return lw_to_nss(find(name, 0, grp, buf, len), saved, errnop);
}

enum nss_status _nss_lightwave_getgrgid_r(gid_t gid, struct group *grp,
					  char *buf, size_t len, int *errnop)
{
	int saved = errno;

	return lw_to_nss(find(NULL, gid, grp, buf, len), saved, errnop);
}
