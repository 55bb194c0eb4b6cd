/*
 * addrs.h - the last known addresses of each server, in memory that the master
 * shares with its workers. Workers; pure.
 *
 * A controller is often its domain's name server as well: when it is silent,
 * so are names. Nobody may lose other servers by that.
 *
 * There is no lock, for who holds one may be killed. What two have written at
 * a time, or one has written by half, has a wrong sum and is not known.
 */
#ifndef LW_ADDRS_H
#define LW_ADDRS_H

#include "dial.h"

#include <stdbool.h>

#define LW_ADDRS_MAX	  32	/* two ports of each server */
#define LW_ADDRS_FRESH_MS 60000 /* for so long nobody looks a name up again */
#define LW_ADDRS_AGAIN_MS 2000	/* ... nor after a lookup that gave nothing */

/* Times are those of lw_mono_ms(). */
struct lw_addrs_of {
	struct lw_endpoint at;
	int64_t known_ms; /* when this was looked up; 0: it is doubted */
	int64_t asked_ms; /* when somebody last began to look it up */
	uint32_t n;
	struct lw_dial_addr v[LW_DIAL_ADDRS];
};

/* Zeroed is empty. */
struct lw_addrs {
	struct {
		uint64_t sum;
		struct lw_addrs_of of;
	} one[LW_ADDRS_MAX];
};

/* A copy of what is known of at; its port counts. false: nothing is. */
bool lw_addrs_get(const struct lw_addrs *a, const struct lw_endpoint *at,
		  struct lw_addrs_of *ret);

/* In the place of what is known of of->at, or of who was known earliest. */
void lw_addrs_put(struct lw_addrs *a, const struct lw_addrs_of *of);

/* Whether it is time to look the name up again. */
bool lw_addrs_due(const struct lw_addrs_of *of, int64_t now_ms);

#endif
