/*
 * follow_plan.h - what is asked next of a directory that is followed, when,
 * and what that makes of what is kept. The front; pure.
 *
 * A fact that was said while the directory is followed, and that no change has
 * concerned, is as good as if it had been said when the last question about
 * changes began. Times are those of lw_now_ms().
 */
#ifndef LW_FOLLOW_PLAN_H
#define LW_FOLLOW_PLAN_H

#include "job_sync.h"

#define LW_SERVER_MAX 600 /* a host and, from the server, its name */

/* Why no replica is kept although one is wanted. */
enum lw_given_up {
	LW_GIVEN_UP_NOT,
	LW_GIVEN_UP_MANY,   /* more entries than may be kept */
	LW_GIVEN_UP_LARGE,  /* they take more memory than they may */
	LW_GIVEN_UP_UNTOLD, /* a group cannot be told whole */
};

struct lw_plan {
	/* of the configuration */
	int64_t revocation_ms, sweep_ms;
	uint32_t replicate_max;

	char server[LW_SERVER_MAX]; /* whose number highest is */
	uint64_t highest;
	bool replicated; /* a replica was filled */
	bool trusted;	 /* ... and changes are known since then */
	bool restored; /* ... and nobody has said since the start that it holds
			*/
	enum lw_given_up given_up;
	int64_t try_again_ms; /* a replica that was given up */
	bool unsupported;     /* the worker knows nothing of changes */
	int64_t since_ms;     /* followed without a gap since; -1: not */
	int64_t confirmed_ms; /* all changes before are known; -1: never */
	int64_t groups_ms;    /* when a group was last seen to change */
	int64_t void_ms;      /* facts said before then are not believed */
	int64_t sweep_due_ms;
	int64_t swept_ms; /* who is not there any more was known then; -1 */
	int64_t begun_ms; /* the last question */
	/* Everything is not asked for before; and longer each time. */
	int64_t full_after_ms, full_wait_ms;   /* servers take turns */
	int64_t retry_after_ms, retry_wait_ms; /* it fails */
	unsigned int failures;
};

void lw_plan_init(struct lw_plan *p);

/* Takes over settings. true: what is replicated must go. */
bool lw_plan_configure(struct lw_plan *p, uint32_t revocation_max,
		       uint32_t sweep_interval, uint32_t replicate_max);

/*
 * A replica of an earlier life is kept: it is followed on from that number of
 * that server, if trusted, and stale until that was answered. LW_INVALID: none
 * is wanted, or not from there.
 */
struct lw_plan_restored {
	struct lw_str server;
	uint64_t highest;
	bool trusted;
	int64_t confirmed_ms, swept_ms;
};
enum lw_err lw_plan_restore(struct lw_plan *p, const struct lw_plan_restored *r,
			    int64_t now_ms);

enum lw_sync_how lw_plan_next(const struct lw_plan *p, int64_t now_ms);
/* How long until then, with any random number. */
int64_t lw_plan_wait_ms(const struct lw_plan *p, int64_t now_ms,
			uint32_t random);

/* A question begins. */
void lw_plan_begun(struct lw_plan *p, int64_t now_ms);
/*
 * It was answered so, and what came is taken over. false: that is no answer
 * to it, and counts as failed.
 */
bool lw_plan_ended(struct lw_plan *p, enum lw_sync_how how,
		   const struct lw_sync_end *end, int64_t now_ms);
/*
 * Nobody could say, or what was said is not usable. costly: the server had
 * work with it, so that a failed reading of everything is not soon repeated.
 */
void lw_plan_failed(struct lw_plan *p, enum lw_sync_how how, bool costly,
		    int64_t now_ms);
void lw_plan_unsupported(struct lw_plan *p);
/* What is kept is not whole: it is to be read again. */
void lw_plan_lost(struct lw_plan *p);
/* What is kept is whole, but what has changed since is not known. */
void lw_plan_gap(struct lw_plan *p);
/*
 * No replica is kept, and for which reason. It is tried again after an hour,
 * and when the configuration is read again.
 */
void lw_plan_give_up(struct lw_plan *p, enum lw_given_up why, int64_t now_ms);
/* That reason, in a few words; "" if there is none. */
void lw_plan_why(const struct lw_plan *p, char *ret, size_t size);

/*
 * Hosts that were started together drift apart: with any random number, a
 * sweep comes up to a quarter of its interval earlier, what failed is tried
 * again up to half its wait later, and what was given up a quarter.
 */
void lw_plan_spread(struct lw_plan *p, uint32_t random);

/* A group may have been deleted: have a sweep before long. */
void lw_plan_sweep_soon(struct lw_plan *p, int64_t now_ms, uint32_t random);

/* Facts of before now, what is replicated too, are to be asked for anew. */
void lw_plan_void(struct lw_plan *p, int64_t now_ms);

/* As of when a fact of at_ms holds; at_ms where it is not followed. */
int64_t lw_plan_as_of(const struct lw_plan *p, int64_t at_ms);
/*
 * Until when a fact of at_ms is fresh for who takes nothing older than
 * max_age_ms, if nothing changes; and whether it is in the last quarter of
 * that time.
 */
int64_t lw_plan_until(const struct lw_plan *p, int64_t at_ms,
		      int64_t max_age_ms);
bool lw_plan_ending(const struct lw_plan *p, int64_t at_ms, int64_t max_age_ms,
		    int64_t now_ms);
/*
 * Whether a fact of at_ms is young enough for who takes nothing older than
 * max_age_ms, or than the revocation bound where it is followed.
 */
bool lw_plan_fresh(const struct lw_plan *p, int64_t at_ms, int64_t max_age_ms,
		   int64_t now_ms);
/*
 * Whether the replica is followed: changes are known, and deletions too. Where
 * sweeps keep failing it is not.
 */
bool lw_plan_believed(const struct lw_plan *p, int64_t now_ms);
/* As lw_plan_fresh(), for the replica. */
bool lw_plan_replica_fresh(const struct lw_plan *p, int64_t max_age_ms,
			   int64_t now_ms);

#endif
