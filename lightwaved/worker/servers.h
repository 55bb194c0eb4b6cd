/*
 * servers.h - the domain's servers, in memory that the master shares with its
 * workers: which there are, in which order, and what is known of each.
 *
 * The master alone writes which there are, and cannot be killed without its
 * workers. What is known of one is a word that anybody replaces atomically
 * (server_state.h). A server is told by its host and port, so that nobody
 * speaks of one that has been replaced meanwhile.
 *
 * Each worker has a cell in which it says which server it waits for: one that
 * was killed at its deadline cannot say so any more.
 */
#ifndef LW_SERVERS_H
#define LW_SERVERS_H

#include "addrs.h"
#include "endpoint.h"
#include "server_state.h"

#include <stdatomic.h>

#define LW_SERVERS_MAX	 16
#define LW_SERVERS_CELLS 192 /* six pools of 32 workers */

struct lw_servers {
	_Atomic uint32_t turn; /* odd while the master writes count and at */
	uint32_t count;	       /* changed in even turns only */
	struct lw_endpoint at[LW_SERVERS_MAX]; /* the best one first */
	_Atomic uint64_t state[LW_SERVERS_MAX];
	_Atomic bool ready;	      /* somebody has said which there are */
	_Atomic uint32_t kdcs_missed; /* logins that waited for one in vain */
	_Atomic bool well;	      /* said the self-test before */
	_Atomic uint64_t cells[LW_SERVERS_CELLS];
	struct lw_addrs addrs; /* of those that were connected to */
};

/* Shared with all processes forked from now on. NULL: out of memory. */
struct lw_servers *lw_servers_new(void);
void lw_servers_free(struct lw_servers *s);

/*
 * Have these, in this order, at most LW_SERVERS_MAX; who was there before
 * keeps what is known of it. The master's.
 */
void lw_servers_replace(struct lw_servers *s, const struct lw_endpoint *v,
			size_t n);

/* The master knows which there are, even if there are none. */
void lw_servers_ready(struct lw_servers *s);
/* Wait for that, until until_ms of lw_mono_ms(). */
void lw_servers_wait(const struct lw_servers *s, int64_t until_ms);

/* The i-th one and what is known of it. false: there is none. */
bool lw_servers_get(const struct lw_servers *s, uint32_t i,
		    struct lw_endpoint *ret_at,
		    struct lw_server_state *ret_state);
uint32_t lw_servers_count(const struct lw_servers *s);

/* The best one that may be used. false: none may. */
bool lw_servers_best(const struct lw_servers *s, struct lw_endpoint *ret);

/*
 * Whether a kept link to this one had better move: a better one is up, this one
 * is known to be down, or it is no longer there.
 */
bool lw_servers_leave(const struct lw_servers *s, const struct lw_endpoint *at);

/* server_state.h, for the one at `at`. true: it went down, or up, by that. */
bool lw_servers_failed(struct lw_servers *s, const struct lw_endpoint *at,
		       int64_t began_ms);
bool lw_servers_reached(struct lw_servers *s, const struct lw_endpoint *at);
bool lw_servers_probe_failed(struct lw_servers *s,
			     const struct lw_endpoint *at);
void lw_servers_probe(struct lw_servers *s, const struct lw_endpoint *at);

/* The worker of this cell waits for that server from now on; NULL: for none. */
void lw_servers_use(struct lw_servers *s, uint32_t cell,
		    const struct lw_endpoint *at);
/* It has heard from it. */
void lw_servers_heard(struct lw_servers *s, uint32_t cell);
/*
 * The worker of this cell was killed while it waited: its server has failed,
 * unless it has said something within the last quiet_ms. true: it went down
 * by that, and ret says which.
 */
bool lw_servers_blame(struct lw_servers *s, uint32_t cell, int64_t quiet_ms,
		      struct lw_endpoint *ret);

#endif
