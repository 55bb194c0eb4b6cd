/*
 * initgroups.c - a user's groups, for initgroups(3) and getgrouplist(3). Runs
 * in any process, mostly in those that are about to become that user.
 *
 * glibc swallows the errors of this call. The account phase of pam_lightwave
 * is therefore what refuses a login whose groups are not known.
 */
#include "cleanup.h"
#include "known.h"
#include "own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The kernel takes no more (NGROUPS_MAX). */
#define GIDS_MAX 65536

struct list {
	long *start, *size;
	gid_t **groups;
	long limit;
};

static int compare(const void *pa, const void *pb)
{
	const gid_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

/* gids = u32 count, count * u32 gid; ret_gids is the caller's to free. */
static enum lw_err decode(struct lw_rd *r, gid_t **ret_gids, size_t *ret_n)
{
	uint32_t n = lw_rd_count(r, 4);
	lw_cleanup(lw_free) gid_t *gids = NULL;

	if (n > GIDS_MAX)
		return LW_PROTO;
	gids = calloc((size_t)n + 1, sizeof(*gids));
	if (!gids)
		return LW_NOMEM;
	for (uint32_t i = 0; i < n; i++) {
		gids[i] = lw_rd_u32(r);
		if (gids[i] == 0 || gids[i] == (gid_t)-1)
			return LW_PROTO;
	}
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret_gids = gids;
	*ret_n = n;
	gids = NULL;
	return LW_OK;
}

static bool has(const struct list *l, gid_t gid)
{
	for (long i = 0; i < *l->start; i++) {
		if ((*l->groups)[i] == gid)
			return true;
	}
	return false;
}

/* Keep in gids what is new to the list, once; how many that are. */
static long sift(const struct list *l, gid_t skip, gid_t *gids, size_t n)
{
	long kept = 0;

	qsort(gids, n, sizeof(*gids), compare);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && gids[i] == gids[i - 1])
			continue;
		if (gids[i] != skip && !has(l, gids[i]))
			gids[kept++] = gids[i];
	}
	return kept;
}

static enum lw_err reserve(struct list *l, long n)
{
	long need = *l->start + n, size = *l->size;
	gid_t *p;

	if (l->limit > 0 && need > l->limit)
		return LW_RANGE;
	if (need <= size)
		return LW_OK;
	size = need > 2 * size ? need : 2 * size;
	if (l->limit > 0 && size > l->limit)
		size = l->limit;
	p = reallocarray(*l->groups, (size_t)size, sizeof(*p));
	if (!p)
		return LW_NOMEM;
	*l->groups = p;
	*l->size = size;
	return LW_OK;
}

static enum lw_err ask(const char *user, gid_t **ret_gids, size_t *ret_n)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	enum lw_err e = lw_nss_ask_name(LW_OP_INITGROUPS, user, &reply);

	return e == LW_OK ? decode(&reply.body, ret_gids, ret_n) : e;
}

static enum lw_err find(const char *user, gid_t **ret_gids, size_t *ret_n)
{
	enum lw_err e;

	if (lw_own())
		return LW_NOTOURS;
	e = lw_known_gids(user, LW_MAP_FRESH, GIDS_MAX, ret_gids, ret_n);
	if (e == LW_OFFLINE)
		e = ask(user, ret_gids, ret_n);
	if (e == LW_NOFRONT)
		e = lw_known_gids(user, LW_MAP_STALE, GIDS_MAX, ret_gids,
				  ret_n);
	return e;
}

static enum lw_err add(const char *user, gid_t skip, struct list *l)
{
	lw_cleanup(lw_free) gid_t *gids = NULL;
	size_t n = 0;
	enum lw_err e = find(user, &gids, &n);
	long kept;

	if (e != LW_OK)
		return e;
	kept = sift(l, skip, gids, n);
	e = reserve(l, kept);
	if (e != LW_OK)
		return e;
	for (long i = 0; i < kept; i++)
		(*l->groups)[(*l->start)++] = gids[i];
	return LW_OK;
}

enum nss_status _nss_lightwave_initgroups_dyn(const char *user, gid_t skip,
					      long *start, long *size,
					      gid_t **groupsp, long limit,
					      int *errnop)
{
	int saved = errno;
	struct list l = { start, size, groupsp, limit };

	return lw_to_nss(add(user, skip, &l), saved, errnop);
}
