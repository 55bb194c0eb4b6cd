/*
 * follow_state.h - inside follow.c (when to ask) and follow_take.c (what comes
 * of it). The front.
 */
#ifndef LW_FOLLOW_STATE_H
#define LW_FOLLOW_STATE_H

#include "follow.h"

/* A part that waits for the end of its answer. */
struct lw_staged {
	STAILQ_ENTRY(lw_staged) link;
	size_t n;
	uint8_t body[];
};

struct lw_follow {
	struct lw_front *front;
	struct event *timer;
	struct lw_plan plan;
	struct lw_replica *replica; /* NULL: none */
	struct lw_replica *next;    /* is being filled */

	bool asking;
	enum lw_sync_how how;
	uint32_t received;     /* entries */
	uint32_t users;	       /* of these */
	bool failed;	       /* what comes is not to be used */
	enum lw_given_up over; /* what comes is more than may be kept */
	bool blind;	       /* whoever answered sees next to nobody */
	STAILQ_HEAD(, lw_staged) parts;
	size_t staged;

	/* Questions are numbered, so that REFRESH knows its own. */
	uint64_t number, changes_done, sweep_done;
	uint64_t turns; /* lw_follow_turns() */
};

/* Any number; 0 if there is none. */
uint32_t lw_follow_random(void);
/* There is none that could be used: lw_plan_failed(). */
void lw_follow_failed(struct lw_follow *w, bool answered);
/* The answer is over, or there is none; the next question comes in a while. */
void lw_follow_rest(struct lw_follow *w);
/* Forget what came of an answer so far. */
void lw_follow_unstage(struct lw_follow *w);

/* What is known is known otherwise: for answers on their way, and for the map.
 */
void lw_follow_changed(struct lw_follow *w);

#endif
