/* lookup_list.c - who is in which group: known, or asked for. The front. */
#include "lookup.h"

#include "follow.h"
#include "kept.h"
#include "lookup_age.h"
#include "lookup_ask.h"

/*
 * A list is older than the last change of a group, and any may be in it; or so
 * little younger that who said it may not have heard of that change.
 */
static bool list_fresh(const struct lw_request *r, const struct lw_object *o,
		       int64_t at, int64_t max_age_ms)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);

	if (at >= r->started_ms || p->groups_ms < 0 ||
	    at > p->groups_ms + p->revocation_ms)
		return lw_age_said_fresh(r, o->kind, o->id, at, max_age_ms);
	return at > p->void_ms && lw_now_ms() - at <= max_age_ms;
}

/*
 * As of when the list holds: it was followed as long as no group has changed,
 * whichever that was.
 */
static int64_t list_as_of(const struct lw_request *r, const struct lw_ids *ids)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);
	bool settled = p->groups_ms < 0 ||
		       ids->at_ms > p->groups_ms + p->revocation_ms;

	return settled ? lw_age_as_of(r, ids->at_ms) : ids->at_ms;
}

static int64_t rights_ms(const struct lw_request *r)
{
	return r->front->config->offline_authorization_max * INT64_C(1000);
}

/* The list that was said on demand; NULL: none was. */
static const struct lw_ids *said_list(const struct lw_request *r, enum lw_op op,
				      const struct lw_object *o)
{
	const struct lw_cache *c = &r->front->cache;

	return op == LW_OP_MEMBERS ? lw_cache_members_of(c, o->id)
				   : lw_cache_groups_of(c, o->id);
}

/*
 * How long it lasts in the map hangs on that: no longer than it would here,
 * where what is said beside a replica is as old as when it was said.
 */
static void uses_list(struct lw_request *r, enum lw_op op,
		      const struct lw_object *o, const struct lw_ids *ids)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);

	r->said |= ids == said_list(r, op, o);
	lw_age_uses(r, p->trusted ? ids->at_ms : list_as_of(r, ids));
}

/* What is good enough of what is known; NULL: none is. */
static const struct lw_ids *known_list(struct lw_request *r, enum lw_op op,
				       const struct lw_object *o,
				       int64_t max_age_ms)
{
	int64_t doubted =
		lw_cache_list_doubted(&r->front->cache, o->kind, o->id);
	const struct lw_ids *ids = said_list(r, op, o), *kept;

	if ((doubted < 0 || r->offline) &&
	    lw_age_kept_fresh(r, max_age_ms, ids ? ids->at_ms : LW_STALE) &&
	    lw_kept_list(r, op, o, &kept) &&
	    (r->offline || lw_now_ms() - kept->at_ms <= rights_ms(r)))
		return kept;
	if (!ids || r->offline)
		return ids;
	return ids->at_ms > doubted && list_fresh(r, o, ids->at_ms, max_age_ms)
		       ? ids
		       : NULL;
}

/* Rights end where nobody has confirmed them for too long. */
static bool rights_last(struct lw_request *r, const struct lw_object *o,
			const struct lw_ids *ids, int64_t max_age_ms)
{
	if (!r->offline || lw_now_ms() - list_as_of(r, ids) <= rights_ms(r) ||
	    list_fresh(r, o, ids->at_ms, max_age_ms))
		return true;
	r->outdated = true;
	return false;
}

static enum lw_err find_list(struct lw_request *r, enum lw_op op,
			     const struct lw_object *o, int64_t max_age_ms,
			     const struct lw_ids **ret)
{
	const struct lw_ids *kept;

	max_age_ms = lw_age_bounded(
		max_age_ms, r->front->config->offline_authorization_max);
	if (max_age_ms == LW_ASK &&
	    lw_cache_list_doubted(&r->front->cache, o->kind, o->id) < 0 &&
	    lw_kept_list(r, op, o, &kept)) {
		enum lw_err e = lw_age_confirmed(r, max_age_ms);

		if (e == LW_OK)
			*ret = kept;
		if (e != LW_OFFLINE)
			return e;
	}
	for (;;) {
		const struct lw_ids *ids = known_list(r, op, o, max_age_ms);
		enum lw_err e;

		if (ids && !rights_last(r, o, ids, max_age_ms))
			return LW_OFFLINE;
		if (ids) {
			if (lw_age_ending(r, ids->at_ms, max_age_ms))
				lw_ahead_list(r, op, o);
			uses_list(r, op, o, ids);
			*ret = ids;
			return LW_OK;
		}
		if (r->offline || r->busy)
			return LW_OFFLINE;
		e = lw_ask_list(r, op, o);
		if (e != LW_OFFLINE)
			return e;
	}
}

enum lw_err lw_find_groups_of(struct lw_request *r,
			      const struct lw_object *user, int64_t max_age_ms,
			      const struct lw_ids **ret)
{
	return find_list(r, LW_OP_MEMBERSHIPS, user, max_age_ms, ret);
}

enum lw_err lw_find_members_of(struct lw_request *r,
			       const struct lw_object *group,
			       int64_t max_age_ms, const struct lw_ids **ret)
{
	return find_list(r, LW_OP_MEMBERS, group, max_age_ms, ret);
}

void lw_prefetch_groups_of(struct lw_request *r, const struct lw_object *user)
{
	if (!known_list(r, LW_OP_MEMBERSHIPS, user, LW_FRESH))
		lw_prefetch_list(r, LW_OP_MEMBERSHIPS, user);
}
