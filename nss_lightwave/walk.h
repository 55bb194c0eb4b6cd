/*
 * walk.h - where getpwent(3) and getgrent(3) are in their lists. Runs in any
 * process; libc only.
 *
 * What is kept between two calls is one page and an id, and no descriptor:
 * after fork(2) parent and child go on, each for itself, and the front may be
 * another one by then. Callers take turns, as glibc has them.
 */
#ifndef LW_NSS_WALK_H
#define LW_NSS_WALK_H

#include "module.h"
#include "page.h"

struct lw_walk {
	enum lw_op op;
	uint32_t after;	       /* where the next page begins */
	struct lw_reply reply; /* this page */
	struct lw_rd each;     /* ... what is left of it */
	uint32_t left;	       /* ... and how many entries that is */
};

/* From the beginning. */
void lw_walk_reset(struct lw_walk *w);

/*
 * LW_OK: each is at the next entry, which the caller moves it past, and counts,
 * once he could take it. LW_NOTFOUND: that was the last one. Else the front
 * could not say, and the list is not whole; a later call tries again there.
 */
enum lw_err lw_walk_next(struct lw_walk *w);

#endif
