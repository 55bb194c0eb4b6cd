/* roster.c - all ids of a replica, in order. The front; pure. */
#include "roster.h"

#include <stdlib.h>

#define SLICE 1024 /* chains, of about one entry each */
#define CONTAINER(link)                                                        \
	((struct lw_known *)((char *)(link)-offsetof(struct lw_known, by_sid)))

void lw_roster_done(struct lw_roster *ro)
{
	free(ro->users.v);
	free(ro->groups.v);
	*ro = (struct lw_roster) { 0 };
}

static enum lw_err reserve(struct lw_roster_ids *ids, size_t n)
{
	ids->v = calloc(n + 1, sizeof(*ids->v));
	ids->max = n;
	return ids->v ? LW_OK : LW_NOMEM;
}

static enum lw_err begin(struct lw_roster *ro, const struct lw_replica *r,
			 uint64_t state)
{
	enum lw_err e;

	lw_roster_done(ro);
	ro->state = state;
	e = reserve(&ro->users, r->users);
	if (e == LW_OK)
		e = reserve(&ro->groups, r->groups);
	ro->begun = e == LW_OK;
	return e;
}

static void take(struct lw_roster *ro, const struct lw_known *k,
		 const struct lw_idmap *map)
{
	struct lw_roster_ids *ids =
		k->kind == LW_KIND_USER ? &ro->users : &ro->groups;
	uint32_t id;

	if (ids->n < ids->max &&
	    lw_sid_to_id(map, lw_known_entry(k).sid, &id) == LW_OK)
		ids->v[ids->n++] = id;
}

static int compare(const void *pa, const void *pb)
{
	const uint32_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

static void put_in_order(struct lw_roster_ids *ids)
{
	size_t n = 0;

	qsort(ids->v, ids->n, sizeof(*ids->v), compare);
	for (size_t i = 0; i < ids->n; i++) {
		if (n == 0 || ids->v[n - 1] != ids->v[i])
			ids->v[n++] = ids->v[i];
	}
	ids->n = n;
}

enum lw_err lw_roster_fill(struct lw_roster *ro, const struct lw_replica *r,
			   const struct lw_idmap *map, uint64_t state)
{
	size_t end;

	if (!ro->begun || ro->state != state) {
		enum lw_err e = begin(ro, r, state);

		if (e != LW_OK)
			return e;
	}
	if (ro->whole)
		return LW_OK;
	end = ro->at + SLICE;
	for (; ro->at < end && ro->at < r->by_sid.size; ro->at++) {
		struct lw_hash_link *l = r->by_sid.bucket[ro->at];

		for (; l; l = l->next)
			take(ro, CONTAINER(l), map);
	}
	if (ro->at < r->by_sid.size)
		return LW_PENDING;
	put_in_order(&ro->users);
	put_in_order(&ro->groups);
	ro->whole = true;
	return LW_OK;
}

size_t lw_roster_after(const struct lw_roster *ro, enum lw_kind kind,
		       uint32_t after, const uint32_t **ret)
{
	const struct lw_roster_ids *ids =
		kind == LW_KIND_USER ? &ro->users : &ro->groups;
	size_t low = 0, high = ids->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ids->v[mid] <= after)
			low = mid + 1;
		else
			high = mid;
	}
	*ret = ids->v + low;
	return ids->n - low;
}
