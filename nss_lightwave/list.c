/* list.c - fill glibc's list of groups. Runs in any process; libc only. */
#include "list.h"

#include <stdlib.h>

/* Of what was there before; ours are each there once. */
static inline bool is_new(const struct lw_list *to, gid_t gid)
{
	const gid_t *had = *to->groups;
	long n = *to->start;

	for (long i = 0; i < n; i++) {
		if (had[i] == gid)
			return false;
	}
	return gid != to->skip;
}

static long count_new(const struct lw_list *to, const volatile gid_t *gids,
		      uint32_t n)
{
	long count = 0;

	for (uint32_t i = 0; i < n; i++)
		count += is_new(to, gids[i]);
	return count;
}

static enum lw_err reserve(struct lw_list *to, long n)
{
	long need = *to->start + n, size = *to->size;
	gid_t *p;

	if (to->limit > 0 && need > to->limit)
		return LW_RANGE;
	if (need <= size)
		return LW_OK;
	size = need > 2 * size ? need : 2 * size;
	if (to->limit > 0 && size > to->limit)
		size = to->limit;
	p = reallocarray(*to->groups, (size_t)size, sizeof(*p));
	if (!p)
		return LW_NOMEM;
	*to->groups = p;
	*to->size = size;
	return LW_OK;
}

/* They may be others now than when they were counted. */
static enum lw_err append(struct lw_list *to, const volatile gid_t *gids,
			  uint32_t n)
{
	long at = *to->start, end = *to->size;

	for (uint32_t i = 0; i < n; i++) {
		gid_t gid = gids[i];

		if (gid == 0 || gid == (gid_t)-1)
			return LW_PROTO;
		if (!is_new(to, gid))
			continue;
		if (at >= end)
			return LW_PROTO;
		(*to->groups)[at++] = gid;
	}
	*to->start = at;
	return LW_OK;
}

enum lw_err lw_list_add(struct lw_list *to, const volatile gid_t *gids,
			uint32_t n)
{
	long at = *to->start, need = n;
	enum lw_err e;

	if (n > LW_GIDS_MAX)
		return LW_PROTO;
	if (to->limit > 0 && at + need > to->limit)
		need = count_new(to, gids, n);
	e = reserve(to, need);
	return e == LW_OK ? append(to, gids, n) : e;
}
