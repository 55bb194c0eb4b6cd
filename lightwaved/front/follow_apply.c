/* follow_apply.c - what a change does to what is kept. The front. */
#include "follow.h"

#include <string.h>

static void doubt_name(struct lw_front *f, enum lw_kind kind, struct lw_str s)
{
	char name[LW_NAME_MAX];

	if (s.n == 0 || s.n >= sizeof(name))
		return;
	if (lw_name_fold(s, name) == LW_OK)
		lw_cache_doubt_name(&f->cache, kind, name);
	/* In another case it claims the same name. */
	if (lw_name_casefold(s, name) == LW_OK)
		lw_cache_doubt_name(&f->cache, kind, name);
}

/* What was learnt on demand of this entry, or of a name that it claims. */
static enum lw_err doubt(struct lw_front *f, const struct lw_entry *e)
{
	struct lw_policy p = lw_front_policy(f);
	enum lw_err err = LW_OK;
	struct lw_str part;
	uint32_t id;

	if (lw_sid_to_id(&p.idmap, e->sid, &id) == LW_OK) {
		lw_cache_doubt(&f->cache, e->kind, id);
		err = lw_cache_changed(&f->cache, e->kind, id, lw_now_ms());
	}
	doubt_name(f, e->kind, e->sam);
	if (e->kind == LW_KIND_USER &&
	    lw_upn_account(&p.naming, e->upn, &part) == LW_OK)
		doubt_name(f, e->kind, part);
	return err;
}

void lw_follow_refused(struct lw_front *f, const struct lw_entry *e)
{
	int n = e->dn.n < 400 ? (int)e->dn.n : 400;
	char key[512];

	snprintf(key, sizeof(key), "no entry %.*s", n, e->dn.s);
	lw_front_warn_once(f, key, "not kept: %.*s, which is no entry", n,
			   e->dn.s);
}

static enum lw_err keep(struct lw_front *f, struct lw_replica *replica,
			const struct lw_sync_entry *s)
{
	enum lw_err e = lw_replica_put(replica, s);
	struct lw_known *old;

	if (e != LW_INVALID)
		return e;
	lw_follow_refused(f, &s->e);
	/* What it was before is not what it is: no right stays by that. */
	old = lw_replica_by_sid(replica, s->e.sid);
	if (old && old->kind == LW_KIND_GROUP)
		return LW_RANGE;
	if (old)
		lw_replica_drop(replica, old);
	return LW_OK;
}

enum lw_err lw_follow_apply(struct lw_front *f, struct lw_replica *replica,
			    struct lw_sync_part part, struct lw_applied *ret)
{
	for (uint32_t i = 0; i < part.count; i++) {
		struct lw_sync_entry s = lw_sync_entry_decode(&part.each);
		struct lw_known *old;
		struct lw_entry was;

		ret->groups |= s.e.kind == LW_KIND_GROUP;
		ret->news |= !replica || !lw_replica_has(replica, &s);
		if (doubt(f, &s.e) != LW_OK)
			return LW_NOMEM;
		if (!replica)
			continue;
		old = lw_replica_by_sid(replica, s.e.sid);
		if (old) {
			was = lw_known_entry(old);
			if (doubt(f, &was) != LW_OK)
				return LW_NOMEM;
		}
		if (keep(f, replica, &s) != LW_OK)
			return LW_NOMEM;
	}
	return LW_OK;
}
