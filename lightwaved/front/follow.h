/*
 * follow.h - follow the directory: ask what changed, again and again, and keep
 * a replica of it where it is not too large.
 *
 * While a replica is filled, and where there is none, questions go on being
 * answered on demand (lookup.h). Nothing that was streamed is used before the
 * worker has said that it was all.
 */
#ifndef LW_FOLLOW_H
#define LW_FOLLOW_H

#include "follow_plan.h"
#include "replica.h"
#include "request.h"

struct lw_follow;

/*
 * Begin with this replica, which is taken on LW_OK. LW_INVALID: it is none
 * that may be kept.
 */
enum lw_err lw_follow_restore(struct lw_follow *w, struct lw_replica *replica,
			      const struct lw_plan_restored *r);

/* Begins when the loop does. NULL when out of memory. */
struct lw_follow *lw_follow_new(struct lw_front *f);
void lw_follow_free(struct lw_follow *w);

/* The configuration is another one. */
void lw_follow_reload(struct lw_follow *w);
/* The directory is back, or a worker, maybe another: ask now. */
void lw_follow_kick(struct lw_follow *w, bool other_worker);

const struct lw_plan *lw_follow_plan(const struct lw_follow *w);
/* Grows whenever what is known has changed, or may have. */
uint64_t lw_follow_turns(const struct lw_follow *w);
/* NULL: none was filled yet, or none is kept. Borrowed for this turn. */
struct lw_replica *lw_follow_replica(const struct lw_follow *w);
/* Whether what is kept may count for a login. */
bool lw_follow_active(const struct lw_follow *w);

/*
 * Let r wait until the followed server has said what changed since r began to
 * ask for it; called from its handler again and again. LW_OK: the replica has
 * it. LW_OFFLINE: no replica is followed, or nothing came. LW_PENDING.
 */
enum lw_err lw_follow_confirm(struct lw_follow *w, struct lw_request *r);
/* Somebody else says otherwise than the replica: ask before long. */
void lw_follow_soon(struct lw_follow *w);

/* We changed that user ourselves: what is known of him is not believed. */
void lw_follow_doubt(struct lw_follow *w, enum lw_kind kind, uint32_t id);

/* Names came to be doubted: what was worked out from them is worked out anew.
 */
void lw_follow_forgot(struct lw_follow *w);
/* All that is known is asked for anew, and kept for when nobody can be asked.
 */
void lw_follow_void(struct lw_follow *w);

/*
 * Let r wait until what the directory has now is taken over; called from its
 * handler again and again. LW_OK: it is. LW_PENDING, LW_OFFLINE.
 */
enum lw_err lw_follow_refresh(struct lw_follow *w, struct lw_request *r);

/*
 * link.c calls these: a part of the answer has come, the end of it, or there
 * will be none. LW_PROTO: that is none.
 */
enum lw_err lw_follow_part(struct lw_follow *w, struct lw_rd *body);
enum lw_err lw_follow_end(struct lw_follow *w, enum lw_err status,
			  struct lw_rd *body);
void lw_follow_lost(struct lw_follow *w);

/*
 * follow_apply.c: take over a part of what changed; replica is NULL where none
 * is kept. LW_NOMEM: the replica is no longer whole.
 */
struct lw_applied {
	bool groups; /* a group is among it */
	bool news;   /* ... and something that was not known */
};
enum lw_err lw_follow_apply(struct lw_front *f, struct lw_replica *replica,
			    struct lw_sync_part part, struct lw_applied *ret);
/* Say once that e is no entry, which no replica keeps. */
void lw_follow_refused(struct lw_front *f, const struct lw_entry *e);

#endif
