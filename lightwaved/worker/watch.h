/*
 * watch.h - the master's eye on the servers: whether it is worth giving a
 * question to a worker, and when a probe is due.
 *
 * The master itself never asks anybody: probes and searches for servers are
 * jobs of the probe pool.
 */
#ifndef LW_WATCH_H
#define LW_WATCH_H

#include "pool.h"

struct lw_watch {
	const struct lw_config *config; /* borrowed; replaced by a reload */
	struct lw_servers *servers;	/* borrowed */
	struct lw_pool *tests;		/* does the self-test */
	struct lw_pool *pool;		/* borrowed: the one for probes */
	struct event *timer;
	struct lw_endpoint probes[LW_SERVERS_MAX]; /* host "": free */
	bool searching;	     /* a search for servers is under way */
	int64_t search_ms;   /* when the next is due, with SRV */
	int64_t searched_ms; /* when the last one ended */
	int64_t asked_ms;    /* when somebody who waits last asked in vain */
	bool closed;	     /* none was usable when we last looked */
	bool tested;	     /* the self-test was asked for since then */
};

/* All but timer and config are the caller's to set before. LW_NOMEM. */
enum lw_err lw_watch_init(struct lw_watch *w, struct event_base *base);
void lw_watch_done(struct lw_watch *w);

/* The configuration is this one now: its servers, or a search for them. */
void lw_watch_configure(struct lw_watch *w, const struct lw_config *c);

/*
 * Whether there is a server that may be asked. If not, somebody is told that
 * nobody can be, and where he waits for the answer (waits) it is found out
 * soon whether that is still so.
 */
bool lw_watch_question(struct lw_watch *w, bool waits);

/*
 * A job of any pool has ended; answer is NULL where it has none. Workers may
 * have found out about servers in it.
 */
void lw_watch_ended(struct lw_watch *w, const struct lw_job *j,
		    const struct lw_body *answer);

#endif
