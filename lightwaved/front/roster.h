/*
 * roster.h - the ids of all users and of all groups of a replica, in order. The
 * front; pure.
 *
 * For who lists them a page at a time. It is made a slice at a time, so that
 * nobody waits for it in between, and only when somebody lists: a replica that
 * nobody lists costs nothing here. Two entries with one id are one.
 */
#ifndef LW_ROSTER_H
#define LW_ROSTER_H

#include "replica.h"

struct lw_roster {
	uint64_t state; /* of the replica, as the caller counts */
	bool begun, whole;
	size_t at; /* the chain that comes next */
	struct lw_roster_ids {
		uint32_t *v;
		size_t n, max;
	} users, groups;
};

void lw_roster_done(struct lw_roster *ro);

/*
 * Take the next slice of r, which is in that state: another one than before
 * begins anew, and r must not change within one. LW_OK: it is whole.
 * LW_PENDING: it is not yet. LW_NOMEM.
 */
enum lw_err lw_roster_fill(struct lw_roster *ro, const struct lw_replica *r,
			   const struct lw_idmap *map, uint64_t state);

/*
 * Of a whole one, the ids greater than after, ascending; how many. Borrowed
 * until the next lw_roster_fill().
 */
size_t lw_roster_after(const struct lw_roster *ro, enum lw_kind kind,
		       uint32_t after, const uint32_t **ret);

#endif
