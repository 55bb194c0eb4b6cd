/* replica_doubt.c - what of it is believed still, or again. The front; pure. */
#include "replica.h"

#include <string.h>

static struct lw_known *of_sid(struct lw_hash_link *l)
{
	return (struct lw_known *)((char *)l -
				   offsetof(struct lw_known, by_sid));
}

static bool same_facts(const struct lw_known *k, const struct lw_entry *e)
{
	struct lw_entry was;

	if (!k || k->kind != e->kind || k->uac != e->uac ||
	    !lw_replica_has_dn(k, e->dn))
		return false;
	was = lw_known_entry(k);
	return lw_str_same(was.sam, e->sam) && lw_str_same(was.upn, e->upn) &&
	       lw_str_same(was.given, e->given) && lw_str_same(was.sn, e->sn);
}

bool lw_replica_confirm(struct lw_replica *r, const struct lw_entry *e)
{
	struct lw_known *k = lw_replica_by_sid(r, e->sid);

	if (!same_facts(k, e))
		return false;
	k->doubt = 0;
	return true;
}

bool lw_replica_has(const struct lw_replica *r, const struct lw_sync_entry *e)
{
	const struct lw_known *k = lw_replica_by_sid(r, e->e.sid);
	struct lw_rd members = e->members;

	if (!same_facts(k, &e->e) || k->doubt || k->member_n != e->member_count)
		return false;
	for (uint32_t i = 0; i < k->member_n; i++) {
		if (!lw_replica_has_dn(k->members[i], lw_rd_str(&members)))
			return false;
	}
	return true;
}

void lw_replica_asked(struct lw_replica *r)
{
	r->asked++;
}

void lw_replica_doubt(struct lw_replica *r, struct lw_known *k)
{
	k->doubt = r->asked + 1;
	lw_replica_tell(r, k);
}

void lw_replica_doubt_as(struct lw_replica *r, struct lw_replica *from)
{
	for (size_t i = 0; i < from->by_sid.size; i++) {
		struct lw_hash_link *l = from->by_sid.bucket[i];

		for (; l; l = l->next) {
			struct lw_known *was = of_sid(l), *k;

			if (was->doubt <= from->asked)
				continue;
			k = lw_replica_by_sid(r, lw_known_entry(was).sid);
			if (k)
				lw_replica_doubt(r, k);
		}
	}
}

void lw_replica_sweep(struct lw_replica *r)
{
	r->sweep++;
	r->groups_doubted = 0;
}

void lw_replica_seen(struct lw_replica *r, struct lw_str sid)
{
	struct lw_known *k = lw_replica_by_sid(r, sid);

	if (k)
		k->seen = r->sweep;
}

/* The first that was not seen; NULL: all were. */
static struct lw_known *unseen(struct lw_replica *r, size_t *bucket)
{
	for (; *bucket < r->by_sid.size; ++*bucket) {
		struct lw_hash_link *l = r->by_sid.bucket[*bucket];

		for (; l; l = l->next) {
			if (of_sid(l)->seen != r->sweep)
				return of_sid(l);
		}
	}
	return NULL;
}

/* Who was seen is there: of doubts that are no younger than the question. */
static void settle(struct lw_replica *r)
{
	for (size_t i = 0; i < r->by_sid.size; i++) {
		struct lw_hash_link *l = r->by_sid.bucket[i];

		for (; l; l = l->next) {
			struct lw_known *k = of_sid(l);

			if (k->seen != r->sweep || !k->doubt ||
			    k->doubt > r->asked)
				continue;
			k->doubt = 0;
			r->settled++;
		}
	}
}

size_t lw_replica_swept(struct lw_replica *r)
{
	size_t bucket = 0, n = 0;
	struct lw_known *k;

	r->settled = 0;
	settle(r);
	while ((k = unseen(r, &bucket))) {
		lw_replica_drop(r, k);
		n++;
	}
	return n;
}
