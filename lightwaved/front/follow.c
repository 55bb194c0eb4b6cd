/* follow.c - when to ask what changed, and who waits for it. The front. */
#include "follow_state.h"

#include "cleanup.h"
#include "link.h"
#include "log.h"
#include "publish.h"
#include "store.h"

#include <string.h>
#include <sys/random.h>

#define MSG_MAX	  1024
#define COSTLY_MS 5000 /* as long as that a server was busy with it */

uint32_t lw_follow_random(void)
{
	uint32_t n = 0;

	if (getrandom(&n, sizeof(n), GRND_NONBLOCK) < 0)
		return 0;
	return n;
}

void lw_follow_changed(struct lw_follow *w)
{
	lw_link_overtake(w->front->link);
	lw_publish_changed(w->front->publish);
}

static void schedule(struct lw_follow *w, int64_t ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(w->timer, &tv);
}

void lw_follow_rest(struct lw_follow *w)
{
	lw_follow_unstage(w);
	w->asking = false;
	w->turns++;
	if (!w->plan.replicated && w->replica) {
		lw_replica_free(w->replica);
		w->replica = NULL;
		lw_store_replica(w->front->store);
	}
	lw_store_followed(w->front->store);
	schedule(w, lw_plan_wait_ms(&w->plan, lw_now_ms(), lw_follow_random()));
}

void lw_follow_failed(struct lw_follow *w, bool answered)
{
	int64_t now = lw_now_ms();
	bool costly = answered || w->received > 0 ||
		      now - w->plan.begun_ms > COSTLY_MS;

	lw_plan_failed(&w->plan, w->how, costly, now);
	if (w->how == LW_SYNC_EVERYTHING && costly)
		lw_plan_spread(&w->plan, lw_follow_random());
}

static enum lw_err begin(struct lw_follow *w, enum lw_sync_how how)
{
	struct lw_naming naming = lw_config_naming(w->front->config);
	struct lw_sync s = { lw_str(w->plan.server), w->plan.highest, how,
			     w->plan.replicate_max };
	lw_cleanup(lw_wr_done) struct lw_wr msg;
	enum lw_err e = LW_OK;

	w->how = how;
	w->received = w->users = 0;
	w->failed = w->blind = false;
	w->over = LW_GIVEN_UP_NOT;
	if (how == LW_SYNC_EVERYTHING)
		e = lw_replica_new(&naming, &w->next);
	if (w->replica)
		lw_replica_asked(w->replica);
	if (how == LW_SYNC_SIDS)
		lw_replica_sweep(w->replica);
	lw_plan_begun(&w->plan, lw_now_ms());
	w->number++;
	lw_wr_heap(&msg, MSG_MAX);
	lw_msg_begin(&msg, LW_OP_SYNC, 0);
	lw_sync_encode(&msg, &s);
	if (e == LW_OK)
		e = lw_msg_end(&msg, msg.base);
	w->asking = true; /* before: connecting would have us ask */
	if (e == LW_OK)
		e = lw_link_sync(w->front->link, &msg);
	if (e == LW_OK) {
		event_del(w->timer);
		return LW_OK;
	}
	lw_follow_failed(w, false);
	lw_follow_rest(w);
	return e;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct lw_follow *w = arg;

	(void)fd;
	(void)what;
	if (!w->asking)
		begin(w, lw_plan_next(&w->plan, lw_now_ms()));
}

void lw_follow_kick(struct lw_follow *w, bool other_worker)
{
	bool worth = w && (w->plan.failures > 0 ||
			   (w->plan.unsupported && other_worker));

	if (worth && !w->asking)
		schedule(w, lw_follow_random() % 500);
}

void lw_follow_lost(struct lw_follow *w)
{
	if (!w->asking)
		return;
	lw_follow_failed(w, false);
	lw_follow_rest(w);
}

/* Which question is missing still, for a request that began with `after`. */
static bool missing(const struct lw_follow *w, uint64_t after,
		    enum lw_sync_how *ret)
{
	enum lw_sync_how how = lw_plan_next(&w->plan, INT64_MAX / 2);

	/* Here it says whether there should be a replica, and is. */
	if (how == LW_SYNC_EVERYTHING && !w->plan.given_up) {
		*ret = how;
		return true;
	}
	*ret = LW_SYNC_CHANGES;
	if (w->changes_done <= after)
		return true;
	*ret = LW_SYNC_SIDS;
	return w->replica && w->sweep_done <= after;
}

enum lw_err lw_follow_refresh(struct lw_follow *w, struct lw_request *r)
{
	enum lw_sync_how how;
	enum lw_err e;

	if (r->runs == 1) {
		r->refresh_after = w->number;
		w->turns++;
		/* Without a replica nothing else tells what was deleted. */
		if (!w->replica)
			w->plan.void_ms = r->started_ms;
		/* What was asked before may be answered after it. */
		lw_follow_changed(w);
	}
	if (w->plan.unsupported)
		return LW_OFFLINE;
	if (!missing(w, r->refresh_after, &how))
		return LW_OK;
	/* A question that was on its way before this one may fail. */
	if (r->unsure && w->number > r->refresh_after)
		return LW_OFFLINE;
	r->unsure = false;
	if (!w->asking) {
		e = begin(w, how);
		if (e != LW_OK)
			return LW_OFFLINE;
	}
	return lw_link_join_sync(w->front->link, r);
}

enum lw_err lw_follow_confirm(struct lw_follow *w, struct lw_request *r)
{
	if (r->unsure || !w->replica ||
	    !lw_plan_believed(&w->plan, r->started_ms))
		return LW_OFFLINE;
	if (!r->confirmed_by)
		r->confirmed_by = w->number + 1;
	if (w->changes_done >= r->confirmed_by)
		return LW_OK;
	if (!w->asking && begin(w, LW_SYNC_CHANGES) != LW_OK)
		return LW_OFFLINE;
	return lw_link_join_sync(w->front->link, r);
}

void lw_follow_soon(struct lw_follow *w)
{
	int64_t since = lw_now_ms() - w->plan.begun_ms;

	/* Whoever finds a server that lags does not set the pace. */
	if (!w->asking && since > w->plan.revocation_ms / 10)
		schedule(w, lw_follow_random() % 500);
}

void lw_follow_doubt(struct lw_follow *w, enum lw_kind kind, uint32_t id)
{
	struct lw_policy p = lw_front_policy(w->front);
	struct lw_known *k = NULL;

	if (w->replica)
		k = lw_replica_by_id(w->replica, &p.idmap, kind, id);
	if (k)
		lw_replica_doubt(w->replica, k);
	/* It takes the other's place. */
	k = w->next ? lw_replica_by_id(w->next, &p.idmap, kind, id) : NULL;
	if (k)
		lw_replica_doubt(w->next, k);
	w->turns++;
	lw_cache_doubt(&w->front->cache, kind, id);
	lw_follow_changed(w);
}

void lw_follow_forgot(struct lw_follow *w)
{
	w->turns++;
	lw_follow_changed(w);
}

void lw_follow_void(struct lw_follow *w)
{
	lw_plan_void(&w->plan, lw_now_ms());
	lw_follow_forgot(w);
	if (!w->asking)
		schedule(w, 0);
}

const struct lw_plan *lw_follow_plan(const struct lw_follow *w)
{
	return &w->plan;
}

uint64_t lw_follow_turns(const struct lw_follow *w)
{
	return w->turns;
}

struct lw_replica *lw_follow_replica(const struct lw_follow *w)
{
	return w->plan.replicated ? w->replica : NULL;
}

bool lw_follow_active(const struct lw_follow *w)
{
	return w->plan.since_ms >= 0;
}

void lw_follow_reload(struct lw_follow *w)
{
	const struct lw_config *c = w->front->config;

	bool other = lw_plan_configure(&w->plan, c->revocation_max,
				       c->sweep_interval, c->replicate_max);

	if (w->replica)
		w->replica->naming = lw_config_naming(c);
	if (w->next)
		w->next->naming = lw_config_naming(c);
	/* What is being asked was meant otherwise. */
	if (w->asking)
		w->failed |= other;
	else
		schedule(w, 0);
}

enum lw_err lw_follow_restore(struct lw_follow *w, struct lw_replica *replica,
			      const struct lw_plan_restored *r)
{
	size_t max = w->plan.replicate_max;
	enum lw_err e = LW_INVALID;

	if (replica->users + replica->groups <= max &&
	    replica->bytes <= LW_REPLICA_BYTES(max))
		e = lw_plan_restore(&w->plan, r, lw_now_ms());
	if (e != LW_OK)
		return e;
	w->replica = replica;
	w->turns++;
	return LW_OK;
}

struct lw_follow *lw_follow_new(struct lw_front *f)
{
	struct lw_follow *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->front = f;
	STAILQ_INIT(&w->parts);
	lw_plan_init(&w->plan);
	w->timer = evtimer_new(f->base, on_timer, w);
	if (!w->timer) {
		free(w);
		return NULL;
	}
	lw_follow_reload(w);
	return w;
}

void lw_follow_free(struct lw_follow *w)
{
	if (!w)
		return;
	lw_follow_unstage(w);
	lw_replica_free(w->replica);
	event_free(w->timer);
	free(w);
}
