/*
 * initgroups.c - a user's groups, for initgroups(3) and getgrouplist(3). Runs
 * in any process, mostly in those that are about to become that user.
 *
 * glibc swallows the errors of this call. The account phase of pam_lightwave
 * is therefore what refuses a login whose groups are not known.
 */
#include "cleanup.h"
#include "known.h"
#include "list.h"
#include "local.h"

#include <errno.h>
#include <stdlib.h>

static enum lw_err ask(const char *user, struct lw_list *to)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(lw_free) gid_t *gids = NULL;
	uint32_t n = 0;
	enum lw_err e = lw_nss_ask_name(LW_OP_INITGROUPS, user, &reply);

	if (e == LW_OK)
		e = lw_gids_decode(&reply.body, &gids, &n);
	return e == LW_OK ? lw_list_add(to, gids, n) : e;
}

/* By a map of before there is nobody who is a local user now. */
static bool is_local(const char *user, enum lw_map_trust trust)
{
	return trust == LW_MAP_STALE && lw_local_has(LW_LOCAL_PASSWD, user, 0);
}

static enum lw_err known(const char *user, enum lw_map_trust trust,
			 struct lw_list *to)
{
	struct lw_map_view found;
	struct lw_map_door *door;
	enum lw_err e =
		lw_known_find(LW_MAP_GROUPS_OF, user, 0, trust, &found, &door);

	if (e != LW_OK)
		return e;
	e = is_local(user, trust) ? LW_NOTOURS
				  : lw_list_add(to, found.text, found.count);
	lw_map_leave(door);
	return e == LW_PROTO ? LW_OFFLINE : e;
}

/* What the map once knew counts only where no front is alive. */
static enum lw_err find(const char *user, struct lw_list *to)
{
	enum lw_err e = known(user, LW_MAP_FRESH, to), old = LW_OFFLINE;

	if (e == LW_OFFLINE && !lw_known_front_lives())
		e = known(user, LW_MAP_STALE, to);
	if (e == LW_OFFLINE)
		e = ask(user, to);
	if (e == LW_NOFRONT || e == LW_OFFLINE)
		old = known(user, LW_MAP_STALE, to);
	return old == LW_OFFLINE ? e : old;
}

enum nss_status _nss_lightwave_initgroups_dyn(const char *user, gid_t skip,
					      long *start, long *size,
					      gid_t **groupsp, long limit,
					      int *errnop)
{
	int saved = errno;
	struct lw_list to = { start, size, groupsp, limit, skip };

	return lw_to_nss(find(user, &to), saved, errnop);
}
