/*
 * follow_take.c - what comes of an answer, and what becomes of it when it is
 * whole. The front.
 */
#include "follow_state.h"

#include "link.h"
#include "log.h"
#include "lookup.h"
#include "store.h"

#include <stdlib.h>
#include <string.h>

#define STAGE_MAX ((size_t)64 * 1024 * 1024)

/* With fewer than these, to lose nearly all of them may well be meant. */
#define CROWD 20

void lw_follow_unstage(struct lw_follow *w)
{
	struct lw_staged *p;

	while ((p = STAILQ_FIRST(&w->parts))) {
		STAILQ_REMOVE_HEAD(&w->parts, link);
		free(p);
	}
	w->staged = 0;
	lw_replica_free(w->next);
	w->next = NULL;
}

static enum lw_err stage(struct lw_follow *w, const struct lw_rd *body)
{
	size_t n = (size_t)(body->end - body->p);
	struct lw_staged *p;

	if (w->staged + n > STAGE_MAX || !(p = malloc(sizeof(*p) + n)))
		return LW_NOMEM;
	p->n = n;
	if (n)
		memcpy(p->body, body->p, n);
	w->staged += n;
	STAILQ_INSERT_TAIL(&w->parts, p, link);
	return LW_OK;
}

static enum lw_given_up overfull(const struct lw_follow *w,
				 const struct lw_replica *r)
{
	size_t max = w->plan.replicate_max;

	if (r->users + r->groups > max)
		return LW_GIVEN_UP_MANY;
	return r->bytes > LW_REPLICA_BYTES(max) ? LW_GIVEN_UP_LARGE
						: LW_GIVEN_UP_NOT;
}

static enum lw_err fill(struct lw_follow *w, struct lw_sync_part part)
{
	enum lw_err e = LW_OK;

	for (uint32_t i = 0; i < part.count && e != LW_NOMEM; i++) {
		struct lw_sync_entry s = lw_sync_entry_decode(&part.each);

		e = lw_replica_put(w->next, &s);
		if (e == LW_INVALID)
			lw_follow_refused(w->front, &s.e);
	}
	w->over = overfull(w, w->next);
	return e == LW_NOMEM || w->over ? LW_NOMEM : LW_OK;
}

static void mark_seen(struct lw_follow *w, struct lw_sync_part part)
{
	for (uint32_t i = 0; i < part.count; i++) {
		struct lw_sync_entry s = lw_sync_entry_decode(&part.each);

		w->users += s.e.kind == LW_KIND_USER;
		lw_replica_seen(w->replica, s.e.sid);
	}
}

enum lw_err lw_follow_part(struct lw_follow *w, struct lw_rd *body)
{
	struct lw_rd whole = *body;
	struct lw_sync_part part;

	if (!w->asking || lw_sync_part_decode(body, &part) != LW_OK)
		return LW_PROTO;
	w->received += part.count;
	if (w->failed)
		return LW_OK;
	switch (w->how) {
	case LW_SYNC_CHANGES:
		w->failed = stage(w, &whole) != LW_OK;
		break;
	case LW_SYNC_EVERYTHING:
		w->failed = fill(w, part) != LW_OK;
		break;
	case LW_SYNC_SIDS:
		mark_seen(w, part);
		break;
	case LW_SYNC_HOW_COUNT:
		break;
	}
	if (w->failed && w->next) {
		lw_replica_free(w->next);
		w->next = NULL;
	}
	return LW_OK;
}

static void say_given_up(const struct lw_follow *w)
{
	char why[128];

	lw_plan_why(&w->plan, why, sizeof(why));
	if (why[0])
		lw_log(LOG_WARNING,
		       "%s: it is asked on demand, and whether it can be kept "
		       "is tried again in an hour",
		       why);
}

static void apply_changes(struct lw_follow *w)
{
	struct lw_front *f = w->front;
	struct lw_applied applied = { 0 };
	enum lw_err e = LW_OK;
	struct lw_staged *p;

	if (STAILQ_EMPTY(&w->parts))
		return;
	STAILQ_FOREACH (p, &w->parts, link) {
		struct lw_sync_part part;
		struct lw_rd rd;

		lw_rd_init(&rd, p->body, p->n);
		if (e == LW_OK && lw_sync_part_decode(&rd, &part) == LW_OK)
			e = lw_follow_apply(f, w->replica, part, &applied);
	}
	if (applied.groups)
		w->plan.groups_ms = lw_now_ms();
	/* Each poll tells once more what came shortly before the last one. */
	if (applied.news)
		lw_follow_changed(w);
	if (e != LW_OK)
		lw_plan_lost(&w->plan);
	if (!w->replica)
		return;
	if (w->replica->groups_doubted)
		lw_plan_sweep_soon(&w->plan, lw_now_ms(), lw_follow_random());
	w->over = overfull(w, w->replica);
	if (w->over) {
		lw_plan_give_up(&w->plan, w->over, lw_now_ms());
		say_given_up(w);
	}
}

static void take_over(struct lw_follow *w)
{
	struct lw_replica *r = w->next;

	lw_log(LOG_NOTICE,
	       "the directory is known whole: %zu users, %zu groups, %zu "
	       "members that are neither, %zu bytes",
	       r->users, r->groups, r->dangling, r->bytes);
	if (r->refused)
		lw_log(LOG_WARNING,
		       "not kept: %zu entries and members that "
		       "are none",
		       r->refused);
	if (w->replica)
		lw_replica_doubt_as(r, w->replica);
	lw_replica_free(w->replica);
	w->replica = r;
	w->next = NULL;
	lw_store_replica(w->front->store);
	lw_cache_forget(&w->front->cache);
	lw_follow_changed(w);
}

static void sweep(struct lw_follow *w)
{
	size_t gone = lw_replica_swept(w->replica);

	if (gone) {
		lw_log(LOG_NOTICE, "%zu entries are gone from the directory",
		       gone);
		w->plan.groups_ms = lw_now_ms();
	}
	if (gone || w->replica->settled)
		lw_follow_changed(w);
}

/*
 * An account that may read nothing is told that there is nothing: rc 0 and no
 * entries, or itself. A directory without a user is none, and where nearly all
 * of many vanish at once it is the right to see them that has gone.
 */
static bool sees_nobody(struct lw_follow *w, enum lw_synced kind)
{
	size_t had = w->replica ? w->replica->users : 0, has = w->users;

	if (kind != LW_SYNCED_EVERYTHING && kind != LW_SYNCED_SIDS)
		return false;
	if (kind == LW_SYNCED_EVERYTHING)
		has = w->next->users;
	if (has > 0 && (had < CROWD || has >= had / 10))
		return false;
	w->blind = true;
	lw_front_warn_once(w->front, "sees nobody",
			   "the directory shows %zu users, after %zu: may this "
			   "machine's account read it? What is known is kept, "
			   "and each is asked about; if they are gone indeed, "
			   "stop lightwaved, remove its store and start it",
			   has, had);
	return true;
}

static enum lw_err usable(struct lw_follow *w, enum lw_err status,
			  const struct lw_sync_end *end)
{
	bool streamed = end->kind != LW_SYNCED_UNKNOWN &&
			end->kind != LW_SYNCED_TOO_MANY &&
			end->kind != LW_SYNCED_UNTOLD;

	if (status != LW_OK)
		return LW_OFFLINE;
	if (lw_lookup_same_domain(w->front, end->domain_sid) != LW_OK)
		return LW_OFFLINE;
	if (streamed && (w->failed || end->total != w->received ||
			 sees_nobody(w, end->kind)))
		return LW_OFFLINE;
	return LW_OK;
}

static void done(struct lw_follow *w, enum lw_synced kind)
{
	switch (kind) {
	case LW_SYNCED_CHANGES:
		apply_changes(w);
		w->changes_done = w->number;
		break;
	case LW_SYNCED_EVERYTHING:
		take_over(w);
		w->changes_done = w->sweep_done = w->number;
		break;
	case LW_SYNCED_SIDS:
		sweep(w);
		w->sweep_done = w->number;
		break;
	case LW_SYNCED_UNKNOWN:
		/* Nothing will tell that their answers are older. */
		lw_follow_changed(w);
		if (!w->plan.replicate_max || w->plan.given_up)
			w->changes_done = w->number;
		break;
	case LW_SYNCED_TOO_MANY:
	case LW_SYNCED_UNTOLD:
		/* The bound is ours as well, and memory ours alone. */
		if (w->over)
			lw_plan_give_up(&w->plan, w->over, lw_now_ms());
		if (w->replica || w->how != LW_SYNC_CHANGES)
			say_given_up(w);
		break;
	case LW_SYNCED_COUNT:
		break;
	}
}

static void unsupported(struct lw_follow *w)
{
	if (!w->plan.unsupported)
		lw_log(LOG_NOTICE, "this lightwaved-worker cannot tell what "
				   "changed: it is asked on demand");
	lw_plan_unsupported(&w->plan);
}

enum lw_err lw_follow_end(struct lw_follow *w, enum lw_err status,
			  struct lw_rd *body)
{
	struct lw_sync_end end = { 0 };
	int64_t now = lw_now_ms();
	enum lw_err e;

	if (!w->asking ||
	    (status == LW_OK && lw_sync_end_decode(body, &end) != LW_OK))
		return LW_PROTO;
	if (status == LW_PROTO) {
		unsupported(w);
		lw_follow_rest(w);
		return LW_OFFLINE;
	}
	if (w->over)
		end.kind = LW_SYNCED_TOO_MANY;
	e = usable(w, status, &end);
	/* What is taken over counts from when the question began. */
	if (e == LW_OK && lw_plan_ended(&w->plan, w->how, &end, now)) {
		done(w, end.kind);
		if (w->how != LW_SYNC_CHANGES)
			lw_plan_spread(&w->plan, lw_follow_random());
	} else {
		e = LW_OFFLINE;
		lw_follow_failed(w, status == LW_OK);
		/* Too much has changed to be told so. */
		if (w->failed && w->how == LW_SYNC_CHANGES)
			lw_plan_lost(&w->plan);
		if (w->blind)
			lw_plan_gap(&w->plan);
	}
	lw_follow_rest(w);
	return e;
}
