/*
 * outage.h - how long the directory has been away, and what ended by that. The
 * front.
 *
 * What is known lasts offline_max without a word of the directory, and whatever
 * gives rights offline_authorization_max; lookup.c sees to that, fact by fact.
 * Here it is said to people.
 */
#ifndef LW_OUTAGE_H
#define LW_OUTAGE_H

#include "front.h"

enum lw_outage {
	LW_OUTAGE_NONE,
	LW_OUTAGE_RIGHTS, /* have ended: memberships, and logins with them */
	LW_OUTAGE_ALL,	  /* nothing is served any more */
};

/* When the directory was last heard of: now, where it answers or never did. */
int64_t lw_outage_heard_ms(const struct lw_front *f);

/* Now. ret_away_ms: since when nothing was heard; 0: it answers. */
enum lw_outage lw_outage_now(const struct lw_front *f, int64_t *ret_away_ms);

/* Once a second: log it when that has changed. */
void lw_outage_tick(struct lw_front *f);

#endif
