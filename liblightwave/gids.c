/* gids.c - read a list of groups. Any process; pure. */
#include "gids.h"

#include "cleanup.h"

static int compare(const void *pa, const void *pb)
{
	const gid_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

static uint32_t unique(gid_t *gids, uint32_t n)
{
	uint32_t kept = 0;

	qsort(gids, n, sizeof(*gids), compare);
	for (uint32_t i = 0; i < n; i++) {
		if (i == 0 || gids[i] != gids[i - 1])
			gids[kept++] = gids[i];
	}
	return kept;
}

enum lw_err lw_gids_decode(struct lw_rd *r, gid_t **ret, uint32_t *ret_n)
{
	uint32_t n = lw_rd_count(r, 4);
	lw_cleanup(lw_free) gid_t *gids = NULL;

	if (n > LW_GIDS_MAX)
		return LW_PROTO;
	gids = calloc((size_t)n + 1, sizeof(*gids));
	if (!gids)
		return LW_NOMEM;
	for (uint32_t i = 0; i < n; i++)
		gids[i] = lw_rd_u32(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret_n = unique(gids, n);
	*ret = gids;
	gids = NULL;
	return LW_OK;
}
