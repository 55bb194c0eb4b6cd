/* lookup.c - from the cache, or from the worker. The front. */
#include "lookup.h"

#include "cleanup.h"
#include "follow.h"
#include "kept.h"
#include "lookup_ask.h"

#include <string.h>

/* As old as it was when the question came: waiting makes nothing stale. */
static bool fresh(const struct lw_request *r, int64_t at, int64_t max_age_ms)
{
	return at >= r->started_ms ||
	       lw_plan_fresh(lw_follow_plan(r->front->follow), at, max_age_ms,
			     r->started_ms);
}

/*
 * Of what was said on demand about that user or group. Beside a replica that is
 * followed, and soon after a change, it may be what another server has not yet
 * heard is otherwise: nobody has a right by it for longer than who asked.
 */
static bool said_fresh(const struct lw_request *r, enum lw_kind kind,
		       uint32_t id, int64_t at, int64_t max_age_ms)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);
	int64_t changed = lw_cache_changed_at(&r->front->cache, kind, id);
	bool settled = changed < 0 || at > changed + p->revocation_ms;

	if ((!p->trusted && settled) || at >= r->started_ms)
		return fresh(r, at, max_age_ms);
	return at >= 0 && at >= p->void_ms && max_age_ms >= 0 &&
	       r->started_ms - at <= max_age_ms;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* While nobody can say anything newer: whether what was true then lasts. */
static bool lasts(const struct lw_request *r, int64_t as_of_ms)
{
	return r->offline &&
	       r->started_ms - as_of_ms <=
		       r->front->config->offline_max * INT64_C(1000);
}

static int64_t as_of(const struct lw_request *r, int64_t at_ms)
{
	return lw_plan_as_of(lw_follow_plan(r->front->follow), at_ms);
}

/* What was doubted since is as old as what was said. */
static int64_t said_of(const struct lw_request *r, const struct lw_object *o)
{
	return o->at_ms == LW_STALE ? o->said_ms : as_of(r, o->at_ms);
}

static void uses(struct lw_request *r, int64_t as_of_ms)
{
	if (as_of_ms < r->as_of_ms)
		r->as_of_ms = as_of_ms;
}

/* Nothing is told for longer, be it asked for or not. */
static int64_t bounded(int64_t max_age_ms, uint32_t max)
{
	return max_age_ms > max * INT64_C(1000) ? max * INT64_C(1000)
						: max_age_ms;
}

/* Whether the replica does, where something in it was said before since_ms. */
static bool kept_fresh(const struct lw_request *r, int64_t max_age_ms,
		       int64_t since_ms)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);

	/* The best there is, unless something newer was said on demand. */
	if (p->confirmed_ms >= since_ms && lasts(r, p->confirmed_ms))
		return true;
	if (r->offline && p->confirmed_ms < since_ms)
		return false;
	/* Before anybody could be asked; nobody has a right by it. */
	if (p->restored && !lw_request_decides(r) &&
	    p->confirmed_ms >= since_ms)
		return true;
	return (lw_plan_believed(p, r->started_ms) &&
		p->confirmed_ms > r->started_ms) ||
	       lw_plan_replica_fresh(p, max_age_ms, r->started_ms);
}

/* For how long that nothing is there may have been said. */
static int64_t miss_age(const struct lw_request *r, int64_t max_age_ms)
{
	int64_t ms = r->front->config->negative_ttl * INT64_C(1000);

	return ms > max_age_ms ? max_age_ms : ms;
}

/* What was said on demand, at which moment, is what r is told. */
static bool served(struct lw_request *r, const struct lw_object *o, int64_t at,
		   int64_t max_age_ms)
{
	if (!lasts(r, said_of(r, o)) &&
	    !said_fresh(r, o->kind, o->id, at, max_age_ms))
		return false;
	uses(r, said_of(r, o));
	return true;
}

static bool denied(struct lw_request *r, int64_t missed, int64_t none)
{
	if (!lasts(r, missed) && !fresh(r, missed, none))
		return false;
	uses(r, as_of(r, missed));
	return true;
}

static bool lasts_kept(const struct lw_request *r)
{
	return lasts(r, lw_follow_plan(r->front->follow)->confirmed_ms);
}

/*
 * It is to be asked for while it still holds: who asks for it often never
 * waits. What is replicated is not asked for at all, and how old facts a login
 * may have is not how long they hold.
 */
static bool ending(const struct lw_request *r, int64_t at, int64_t max_age_ms)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);

	return r->head.op <= LW_OP_INITGROUPS && !r->offline && !r->busy &&
	       !p->trusted && lw_plan_ending(p, at, max_age_ms, r->started_ms);
}

static enum lw_err kept_result(struct lw_request *r, const struct lw_kept *k,
			       const struct lw_object **ret)
{
	uses(r, lw_follow_plan(r->front->follow)->confirmed_ms);
	if (k->result == LW_OK)
		*ret = k->o;
	return k->result;
}

/*
 * Whether what is kept is what the followed server has now, for who takes
 * nothing older: any other may be behind it. LW_OK, LW_PENDING; LW_OFFLINE:
 * only the directory at large can be asked.
 */
static enum lw_err confirmed(struct lw_request *r, int64_t max_age_ms)
{
	if (max_age_ms != LW_ASK || r->offline || r->busy)
		return LW_OFFLINE;
	return lw_follow_confirm(r->front->follow, r);
}

enum lw_err lw_find_by_name(struct lw_request *r, enum lw_kind kind,
			    const char *account, int64_t max_age_ms,
			    const struct lw_object **ret)
{
	const struct lw_cache *c = &r->front->cache;
	int64_t missed = lw_cache_missed_name(c, kind, account);
	int64_t at = LW_STALE, none = miss_age(r, max_age_ms);
	const struct lw_object *o;
	struct lw_kept kept;

	max_age_ms = bounded(max_age_ms, r->front->config->offline_max);
	for (;;) {
		bool there = lw_kept_by_name(r, kind, account, &kept);
		enum lw_err e;

		if (there && !kept.doubted) {
			e = confirmed(r, max_age_ms);
			if (e != LW_OFFLINE)
				return e == LW_OK ? kept_result(r, &kept, ret)
						  : e;
		}
		o = lw_cache_by_name(c, kind, account, &at);
		if (there && !kept.doubted &&
		    kept_fresh(r, max_age_ms, later(at, missed)))
			return kept_result(r, &kept, ret);
		if (o && at >= missed && served(r, o, at, max_age_ms)) {
			if (ending(r, at, max_age_ms))
				lw_ahead_find(r, kind, LW_BY_NAME, account, 0);
			*ret = o;
			return LW_OK;
		}
		if (missed >= 0 && missed >= at && denied(r, missed, none))
			return LW_NOTFOUND;
		if (there && lasts_kept(r))
			return kept_result(r, &kept, ret);
		if (r->offline || r->busy)
			return LW_OFFLINE;
		e = lw_ask_find(r, kind, LW_BY_NAME, account, 0);
		if (e != LW_OFFLINE)
			return e;
	}
}

enum lw_err lw_find_by_id(struct lw_request *r, enum lw_kind kind, uint32_t id,
			  int64_t max_age_ms, const struct lw_object **ret)
{
	const struct lw_cache *c = &r->front->cache;
	struct lw_policy p = lw_front_policy(r->front);
	int64_t none = miss_age(r, max_age_ms);
	char rids[LW_RID_MAX];
	struct lw_kept kept;

	if (lw_id_to_rids(&p.idmap, id, rids) != LW_OK)
		return LW_NOTFOUND;
	max_age_ms = bounded(max_age_ms, r->front->config->offline_max);
	for (;;) {
		const struct lw_object *o = lw_cache_by_id(c, kind, id);
		int64_t missed = lw_cache_missed_id(c, kind, id);
		bool there = lw_kept_by_id(r, kind, id, &kept);
		enum lw_err e;

		if (there && !kept.doubted) {
			e = confirmed(r, max_age_ms);
			if (e != LW_OFFLINE)
				return e == LW_OK ? kept_result(r, &kept, ret)
						  : e;
		}
		if (there && !kept.doubted &&
		    kept_fresh(r, max_age_ms,
			       later(o ? o->at_ms : LW_STALE, missed)))
			return kept_result(r, &kept, ret);
		if (o && served(r, o, o->at_ms, max_age_ms)) {
			if (ending(r, o->at_ms, max_age_ms))
				lw_ahead_find(r, kind, LW_BY_RID, rids, id);
			*ret = o;
			return LW_OK;
		}
		if (missed >= 0 && denied(r, missed, none))
			return LW_NOTFOUND;
		if (there && lasts_kept(r))
			return kept_result(r, &kept, ret);
		if (r->offline || r->busy)
			return LW_OFFLINE;
		e = lw_ask_find(r, kind, LW_BY_RID, rids, id);
		if (e != LW_OFFLINE)
			return e;
	}
}

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
		return said_fresh(r, o->kind, o->id, at, max_age_ms);
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

	return settled ? as_of(r, ids->at_ms) : ids->at_ms;
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
	uses(r, p->trusted ? ids->at_ms : list_as_of(r, ids));
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
	    kept_fresh(r, max_age_ms, ids ? ids->at_ms : LW_STALE) &&
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

	max_age_ms = bounded(max_age_ms,
			     r->front->config->offline_authorization_max);
	if (max_age_ms == LW_ASK &&
	    lw_cache_list_doubted(&r->front->cache, o->kind, o->id) < 0 &&
	    lw_kept_list(r, op, o, &kept)) {
		enum lw_err e = confirmed(r, max_age_ms);

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
			if (ending(r, ids->at_ms, max_age_ms))
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

enum lw_err lw_find_member(struct lw_request *r, uint32_t uid,
			   char ret[LW_NAME_MAX])
{
	const struct lw_object *o =
		lw_cache_by_id(&r->front->cache, LW_KIND_USER, uid);
	struct lw_kept kept;

	if (lw_kept_by_id(r, LW_KIND_USER, uid, &kept))
		o = kept.result == LW_OK ? kept.o : NULL;
	if (!o)
		return LW_NOTFOUND;
	snprintf(ret, LW_NAME_MAX, "%s", o->name);
	return LW_OK;
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
