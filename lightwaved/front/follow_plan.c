/* follow_plan.c - what is asked next, and when. The front; pure. */
#include "follow_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define RETRY_MS       1000
#define UNSUPPORTED_MS (INT64_C(600) * 1000)
#define FULL_WAIT_MAX  (INT64_C(3600) * 1000)
#define FULL_RETRY_MS  (INT64_C(30) * 1000)
#define PAUSE_MS       50 /* between two questions, at least */

void lw_plan_init(struct lw_plan *p)
{
	*p = (struct lw_plan) { .since_ms = -1,
				.confirmed_ms = -1,
				.groups_ms = -1,
				.swept_ms = -1,
				.void_ms = -1 };
}

static bool wants_replica(const struct lw_plan *p)
{
	return p->replicate_max > 0 && !p->given_up;
}

static bool has_replica(const struct lw_plan *p)
{
	return p->replicated && p->trusted;
}

void lw_plan_gap(struct lw_plan *p)
{
	p->trusted = false;
	p->since_ms = -1;
	p->server[0] = '\0';
	p->highest = 0;
}

void lw_plan_lost(struct lw_plan *p)
{
	p->replicated = p->restored = false;
	p->confirmed_ms = -1;
	p->full_after_ms = 0;
	lw_plan_gap(p);
}

bool lw_plan_configure(struct lw_plan *p, uint32_t revocation_max,
		       uint32_t sweep_interval, uint32_t replicate_max)
{
	bool changed = replicate_max != p->replicate_max;

	p->revocation_ms = (int64_t)revocation_max * 1000;
	p->sweep_ms = (int64_t)sweep_interval * 1000;
	p->replicate_max = replicate_max;
	if (changed || p->given_up)
		p->try_again_ms = p->retry_after_ms = p->retry_wait_ms = 0;
	if (!changed)
		return false;
	p->given_up = LW_GIVEN_UP_NOT;
	lw_plan_lost(p);
	return true;
}

enum lw_err lw_plan_restore(struct lw_plan *p, const struct lw_plan_restored *r,
			    int64_t now_ms)
{
	int64_t stale = now_ms - p->revocation_ms - 1;

	if (!p->replicate_max || r->server.n >= sizeof(p->server) ||
	    r->confirmed_ms < 0)
		return LW_INVALID;
	lw_plan_gap(p);
	p->replicated = p->restored = true;
	/* By the wall clock, which may have been set: fresh is another thing.
	 */
	p->confirmed_ms = r->confirmed_ms < stale ? r->confirmed_ms : stale;
	p->swept_ms = r->swept_ms < stale ? r->swept_ms : stale;
	p->sweep_due_ms = p->swept_ms + p->sweep_ms;
	if (!r->trusted || r->server.n == 0 || r->highest == 0)
		return LW_OK;
	p->trusted = true;
	p->since_ms = now_ms;
	memcpy(p->server, r->server.s, r->server.n);
	p->server[r->server.n] = '\0';
	p->highest = r->highest;
	return LW_OK;
}

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t full_due_ms(const struct lw_plan *p)
{
	return longer(p->full_after_ms, p->retry_after_ms);
}

enum lw_sync_how lw_plan_next(const struct lw_plan *p, int64_t now_ms)
{
	if (p->given_up)
		return now_ms >= longer(p->try_again_ms, p->retry_after_ms)
			       ? LW_SYNC_EVERYTHING
			       : LW_SYNC_CHANGES;
	if (!wants_replica(p))
		return LW_SYNC_CHANGES;
	if (!has_replica(p))
		return now_ms >= full_due_ms(p) ? LW_SYNC_EVERYTHING
						: LW_SYNC_CHANGES;
	return now_ms >= p->sweep_due_ms && p->failures == 0 && !p->restored
		       ? LW_SYNC_SIDS
		       : LW_SYNC_CHANGES;
}

int64_t lw_plan_wait_ms(const struct lw_plan *p, int64_t now_ms,
			uint32_t random)
{
	/* Hosts that were started together drift apart. */
	int64_t interval = p->revocation_ms * (500 + random % 301) / 1000;
	int64_t wait = p->begun_ms + interval - now_ms, retry;

	if (p->unsupported)
		return UNSUPPORTED_MS;
	if (p->failures > 0) {
		retry = (int64_t)RETRY_MS
			<< (p->failures < 12 ? p->failures - 1 : 11);
		retry = retry * (500 + random % 501) / 1000;
		return retry < interval ? retry : interval;
	}
	if (lw_plan_next(p, now_ms) != LW_SYNC_CHANGES ||
	    (!wants_replica(p) && p->since_ms < 0))
		wait = PAUSE_MS;
	else if (wants_replica(p) && !has_replica(p) &&
		 full_due_ms(p) - now_ms < wait)
		wait = full_due_ms(p) - now_ms;
	return wait < PAUSE_MS ? PAUSE_MS : wait;
}

void lw_plan_begun(struct lw_plan *p, int64_t now_ms)
{
	p->begun_ms = now_ms;
}

static bool go_on_from(struct lw_plan *p, const struct lw_sync_end *end)
{
	if (end->server.n >= sizeof(p->server))
		return false;
	if (end->server.n)
		memcpy(p->server, end->server.s, end->server.n);
	p->server[end->server.n] = '\0';
	p->highest = end->highest;
	return true;
}

static bool changes(struct lw_plan *p, const struct lw_sync_end *end)
{
	if (!lw_str_eq(end->server, p->server) || p->highest == 0)
		return false;
	p->highest = end->highest;
	/* What happened before it was lost track of is still not known. */
	if (wants_replica(p) && !has_replica(p))
		return true;
	p->confirmed_ms = p->begun_ms;
	p->restored = false;
	p->full_wait_ms = 0;
	return true;
}

static bool everything(struct lw_plan *p, const struct lw_sync_end *end)
{
	if (!go_on_from(p, end))
		return false;
	p->replicated = true;
	p->restored = false;
	p->trusted = true;
	p->given_up = LW_GIVEN_UP_NOT;
	p->since_ms = p->begun_ms;
	p->confirmed_ms = p->begun_ms;
	p->sweep_due_ms = p->begun_ms + p->sweep_ms;
	p->swept_ms = p->begun_ms;
	p->retry_after_ms = p->retry_wait_ms = 0;
	return true;
}

/* Servers that take turns do not have everything read each time. */
static bool unknown(struct lw_plan *p, const struct lw_sync_end *end,
		    int64_t now_ms)
{
	lw_plan_gap(p);
	if (!go_on_from(p, end))
		return false;
	if (!wants_replica(p)) {
		/*
		 * What was said before may be older than the number, and so
		 * may what a controller says that lags behind this one.
		 */
		p->since_ms = now_ms + p->revocation_ms;
		p->confirmed_ms = p->begun_ms;
		return true;
	}
	p->full_after_ms = now_ms + p->full_wait_ms;
	p->full_wait_ms =
		p->full_wait_ms ? 2 * p->full_wait_ms : p->revocation_ms;
	if (p->full_wait_ms > FULL_WAIT_MAX)
		p->full_wait_ms = FULL_WAIT_MAX;
	return true;
}

static bool swept(struct lw_plan *p, const struct lw_sync_end *end)
{
	if (!lw_str_eq(end->server, p->server))
		return false;
	p->sweep_due_ms = p->begun_ms + p->sweep_ms;
	p->swept_ms = p->begun_ms;
	return true;
}

void lw_plan_give_up(struct lw_plan *p, enum lw_given_up why, int64_t now_ms)
{
	p->given_up = p->replicate_max > 0 ? why : LW_GIVEN_UP_NOT;
	p->try_again_ms = now_ms + FULL_WAIT_MAX;
	lw_plan_lost(p);
}

void lw_plan_why(const struct lw_plan *p, char *ret, size_t size)
{
	switch (p->given_up) {
	case LW_GIVEN_UP_NOT:
		snprintf(ret, size, "%s", "");
		return;
	case LW_GIVEN_UP_MANY:
		snprintf(ret, size,
			 "the directory has more than replicate_max = %" PRIu32
			 " entries",
			 p->replicate_max);
		return;
	case LW_GIVEN_UP_LARGE:
		snprintf(ret, size,
			 "the directory takes more memory than "
			 "replicate_max = %" PRIu32 " entries may",
			 p->replicate_max);
		return;
	case LW_GIVEN_UP_UNTOLD:
		snprintf(ret, size,
			 "the directory has a group that cannot be told whole, "
			 "which lightwaved-worker logs");
		return;
	}
}

/* What cannot be told among changes sets no other time for all of it. */
static bool give_up(struct lw_plan *p, enum lw_sync_how how,
		    enum lw_given_up why, int64_t now_ms)
{
	if (how == LW_SYNC_EVERYTHING || !p->given_up)
		lw_plan_give_up(p, why, now_ms);
	else
		lw_plan_lost(p);
	return true;
}

static bool understood(struct lw_plan *p, enum lw_sync_how how,
		       const struct lw_sync_end *end, int64_t now_ms)
{
	switch (end->kind) {
	case LW_SYNCED_CHANGES:
		return how == LW_SYNC_CHANGES && changes(p, end);
	case LW_SYNCED_EVERYTHING:
		return how == LW_SYNC_EVERYTHING && everything(p, end);
	case LW_SYNCED_SIDS:
		return how == LW_SYNC_SIDS && swept(p, end);
	case LW_SYNCED_UNKNOWN:
		return how != LW_SYNC_EVERYTHING && unknown(p, end, now_ms);
	case LW_SYNCED_TOO_MANY:
		return give_up(p, how, LW_GIVEN_UP_MANY, now_ms);
	case LW_SYNCED_UNTOLD:
		return give_up(p, how, LW_GIVEN_UP_UNTOLD, now_ms);
	case LW_SYNCED_COUNT:
		break;
	}
	return false;
}

bool lw_plan_ended(struct lw_plan *p, enum lw_sync_how how,
		   const struct lw_sync_end *end, int64_t now_ms)
{
	if (!understood(p, how, end, now_ms))
		return false;
	p->failures = 0;
	p->unsupported = false;
	return true;
}

void lw_plan_failed(struct lw_plan *p, enum lw_sync_how how, bool costly,
		    int64_t now_ms)
{
	p->failures++;
	/* Changes first, and then what failed. */
	if (p->sweep_due_ms < now_ms + PAUSE_MS)
		p->sweep_due_ms = now_ms + p->revocation_ms;
	if (how != LW_SYNC_EVERYTHING || !costly)
		return;
	/* What the worker has met there it tells of no more as changes. */
	if (p->given_up)
		lw_plan_gap(p);
	p->retry_wait_ms = longer(2 * p->retry_wait_ms, FULL_RETRY_MS);
	if (p->retry_wait_ms > FULL_WAIT_MAX)
		p->retry_wait_ms = FULL_WAIT_MAX;
	p->retry_after_ms = now_ms + p->retry_wait_ms;
}

void lw_plan_unsupported(struct lw_plan *p)
{
	p->unsupported = true;
	lw_plan_lost(p);
}

void lw_plan_spread(struct lw_plan *p, uint32_t random)
{
	int64_t part = random % 1000;

	p->sweep_due_ms -= p->sweep_ms / 4 * part / 1000;
	p->retry_after_ms += p->retry_wait_ms / 2 * part / 1000;
	p->try_again_ms += FULL_WAIT_MAX / 4 * part / 1000;
}

void lw_plan_sweep_soon(struct lw_plan *p, int64_t now_ms, uint32_t random)
{
	int64_t due = now_ms + p->revocation_ms * (random % 1000) / 1000;

	if (due < p->sweep_due_ms)
		p->sweep_due_ms = due;
}
