/*
 * follow_fresh.c - how long what is kept counts, by how the directory is
 * followed; follow_plan.h. The front; pure.
 */
#include "follow_plan.h"

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool followed(const struct lw_plan *p, int64_t at_ms)
{
	return p->since_ms >= 0 && at_ms >= p->since_ms &&
	       p->confirmed_ms - at_ms <= p->sweep_ms;
}

void lw_plan_void(struct lw_plan *p, int64_t now_ms)
{
	p->void_ms = now_ms;
	p->trusted = false;
	p->full_after_ms = 0;
}

int64_t lw_plan_as_of(const struct lw_plan *p, int64_t at_ms)
{
	if (at_ms < 0 || !followed(p, at_ms) || p->confirmed_ms < at_ms)
		return at_ms;
	return p->confirmed_ms;
}

bool lw_plan_fresh(const struct lw_plan *p, int64_t at_ms, int64_t max_age_ms,
		   int64_t now_ms)
{
	if (at_ms < 0 || at_ms < p->void_ms || max_age_ms < 0)
		return false;
	if (followed(p, at_ms))
		max_age_ms = longer(max_age_ms, p->revocation_ms);
	return now_ms - lw_plan_as_of(p, at_ms) <= max_age_ms;
}

int64_t lw_plan_until(const struct lw_plan *p, int64_t at_ms,
		      int64_t max_age_ms)
{
	if (followed(p, at_ms))
		max_age_ms = longer(max_age_ms, p->sweep_ms);
	return max_age_ms > INT64_MAX - longer(at_ms, 0) ? INT64_MAX
							 : at_ms + max_age_ms;
}

bool lw_plan_ending(const struct lw_plan *p, int64_t at_ms, int64_t max_age_ms,
		    int64_t now_ms)
{
	int64_t until = lw_plan_until(p, at_ms, max_age_ms);

	return at_ms >= 0 && now_ms - at_ms > (until - at_ms) / 4 * 3;
}

bool lw_plan_believed(const struct lw_plan *p, int64_t now_ms)
{
	return p->replicated && p->trusted &&
	       now_ms - p->swept_ms <= 2 * p->sweep_ms;
}

bool lw_plan_replica_fresh(const struct lw_plan *p, int64_t max_age_ms,
			   int64_t now_ms)
{
	if (!p->replicated || p->confirmed_ms < 0 ||
	    p->confirmed_ms < p->void_ms || max_age_ms < 0)
		return false;
	if (lw_plan_believed(p, now_ms))
		max_age_ms = longer(max_age_ms, p->revocation_ms);
	else if (max_age_ms == 0)
		return false;
	return now_ms - p->confirmed_ms <= max_age_ms;
}
