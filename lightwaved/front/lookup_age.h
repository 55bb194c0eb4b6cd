/*
 * lookup_age.h - how old what is known is, and whether that is good enough for
 * who asks. Inside lookup.c and lookup_list.c. The front.
 */
#ifndef LW_LOOKUP_AGE_H
#define LW_LOOKUP_AGE_H

#include "lookup.h"

/*
 * Moments and ages in milliseconds of lw_now_ms(). What was said at that one
 * is as old as it was when the question came: waiting makes nothing stale.
 */
bool lw_age_fresh(const struct lw_request *r, int64_t at, int64_t max_age_ms);

/*
 * Of what was said on demand about that user or group. Beside a replica that is
 * followed, and soon after a change, it may be what another server has not yet
 * heard is otherwise: nobody has a right by it for longer than who asked.
 */
bool lw_age_said_fresh(const struct lw_request *r, enum lw_kind kind,
		       uint32_t id, int64_t at, int64_t max_age_ms);

/* While nobody can say anything newer: whether what was true then lasts. */
bool lw_age_lasts(const struct lw_request *r, int64_t as_of_ms);

/* Up to when what was said then is known to hold, by what is followed. */
int64_t lw_age_as_of(const struct lw_request *r, int64_t at_ms);

/* The answer is no newer than that: request.as_of_ms. */
void lw_age_uses(struct lw_request *r, int64_t as_of_ms);

/* Nothing is told for longer, be it asked for or not. */
int64_t lw_age_bounded(int64_t max_age_ms, uint32_t max);

/* Whether the replica is good enough, where something in it was said before
 * since_ms. */
bool lw_age_kept_fresh(const struct lw_request *r, int64_t max_age_ms,
		       int64_t since_ms);

/*
 * It is to be asked for while it still holds: who asks for it often never
 * waits. What is replicated is not asked for at all, and how old facts a login
 * may have is not how long they hold.
 */
bool lw_age_ending(const struct lw_request *r, int64_t at, int64_t max_age_ms);

/*
 * Whether what is kept is what the followed server has now, for who takes
 * nothing older: any other may be behind it. LW_OK, LW_PENDING; LW_OFFLINE:
 * only the directory at large can be asked.
 */
enum lw_err lw_age_confirmed(struct lw_request *r, int64_t max_age_ms);

#endif
