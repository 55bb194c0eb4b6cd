/* lookup.c - from the cache, or from the worker. The front. */
#include "lookup.h"

#include "cleanup.h"
#include "follow.h"
#include "kept.h"
#include "lookup_age.h"
#include "lookup_ask.h"

#include <string.h>

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* What was doubted since is as old as what was said. */
static int64_t said_of(const struct lw_request *r, const struct lw_object *o)
{
	return o->at_ms == LW_STALE ? o->said_ms : lw_age_as_of(r, o->at_ms);
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
	if (!lw_age_lasts(r, said_of(r, o)) &&
	    !lw_age_said_fresh(r, o->kind, o->id, at, max_age_ms))
		return false;
	lw_age_uses(r, said_of(r, o));
	return true;
}

static bool denied(struct lw_request *r, int64_t missed, int64_t none)
{
	if (!lw_age_lasts(r, missed) && !lw_age_fresh(r, missed, none))
		return false;
	lw_age_uses(r, lw_age_as_of(r, missed));
	return true;
}

static bool lasts_kept(const struct lw_request *r)
{
	return lw_age_lasts(r, lw_follow_plan(r->front->follow)->confirmed_ms);
}

static enum lw_err kept_result(struct lw_request *r, const struct lw_kept *k,
			       const struct lw_object **ret)
{
	lw_age_uses(r, lw_follow_plan(r->front->follow)->confirmed_ms);
	if (k->result == LW_OK)
		*ret = k->o;
	return k->result;
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

	max_age_ms = lw_age_bounded(max_age_ms, r->front->config->offline_max);
	for (;;) {
		bool there = lw_kept_by_name(r, kind, account, &kept);
		enum lw_err e;

		if (there && !kept.doubted) {
			e = lw_age_confirmed(r, max_age_ms);
			if (e != LW_OFFLINE)
				return e == LW_OK ? kept_result(r, &kept, ret)
						  : e;
		}
		o = lw_cache_by_name(c, kind, account, &at);
		if (there && !kept.doubted &&
		    lw_age_kept_fresh(r, max_age_ms, later(at, missed)))
			return kept_result(r, &kept, ret);
		if (o && at >= missed && served(r, o, at, max_age_ms)) {
			if (lw_age_ending(r, at, max_age_ms))
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

bool lw_find_claimed(struct lw_request *r, enum lw_kind kind,
		     const char *account)
{
	struct lw_kept kept;

	return (lw_kept_by_name(r, kind, account, &kept) && kept.claimed) ||
	       lw_cache_missed_claimed(&r->front->cache, kind, account);
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
	max_age_ms = lw_age_bounded(max_age_ms, r->front->config->offline_max);
	for (;;) {
		const struct lw_object *o = lw_cache_by_id(c, kind, id);
		int64_t missed = lw_cache_missed_id(c, kind, id);
		bool there = lw_kept_by_id(r, kind, id, &kept);
		enum lw_err e;

		if (there && !kept.doubted) {
			e = lw_age_confirmed(r, max_age_ms);
			if (e != LW_OFFLINE)
				return e == LW_OK ? kept_result(r, &kept, ret)
						  : e;
		}
		if (there && !kept.doubted &&
		    lw_age_kept_fresh(r, max_age_ms,
				      later(o ? o->at_ms : LW_STALE, missed)))
			return kept_result(r, &kept, ret);
		if (o && served(r, o, o->at_ms, max_age_ms)) {
			if (lw_age_ending(r, o->at_ms, max_age_ms))
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
