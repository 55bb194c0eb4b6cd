/* lookup_age.c - how old what is known may be. The front. */
#include "lookup_age.h"

#include "follow.h"

bool lw_age_fresh(const struct lw_request *r, int64_t at, int64_t max_age_ms)
{
	return at >= r->started_ms ||
	       lw_plan_fresh(lw_follow_plan(r->front->follow), at, max_age_ms,
			     r->started_ms);
}

bool lw_age_said_fresh(const struct lw_request *r, enum lw_kind kind,
		       uint32_t id, int64_t at, int64_t max_age_ms)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);
	int64_t changed = lw_cache_changed_at(&r->front->cache, kind, id);
	bool settled = changed < 0 || at > changed + p->revocation_ms;

	if ((!p->trusted && settled) || at >= r->started_ms)
		return lw_age_fresh(r, at, max_age_ms);
	return at >= 0 && at >= p->void_ms && max_age_ms >= 0 &&
	       r->started_ms - at <= max_age_ms;
}

bool lw_age_lasts(const struct lw_request *r, int64_t as_of_ms)
{
	return r->offline &&
	       r->started_ms - as_of_ms <=
		       r->front->config->offline_max * INT64_C(1000);
}

int64_t lw_age_as_of(const struct lw_request *r, int64_t at_ms)
{
	return lw_plan_as_of(lw_follow_plan(r->front->follow), at_ms);
}

void lw_age_uses(struct lw_request *r, int64_t as_of_ms)
{
	if (as_of_ms < r->as_of_ms)
		r->as_of_ms = as_of_ms;
}

int64_t lw_age_bounded(int64_t max_age_ms, uint32_t max)
{
	return max_age_ms > max * INT64_C(1000) ? max * INT64_C(1000)
						: max_age_ms;
}

bool lw_age_kept_fresh(const struct lw_request *r, int64_t max_age_ms,
		       int64_t since_ms)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);

	/* The best there is, unless something newer was said on demand. */
	if (p->confirmed_ms >= since_ms && lw_age_lasts(r, p->confirmed_ms))
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

bool lw_age_ending(const struct lw_request *r, int64_t at, int64_t max_age_ms)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);

	return r->head.op <= LW_OP_INITGROUPS && !r->offline && !r->busy &&
	       !p->trusted && lw_plan_ending(p, at, max_age_ms, r->started_ms);
}

enum lw_err lw_age_confirmed(struct lw_request *r, int64_t max_age_ms)
{
	if (max_age_ms != LW_ASK || r->offline || r->busy)
		return LW_OFFLINE;
	return lw_follow_confirm(r->front->follow, r);
}
