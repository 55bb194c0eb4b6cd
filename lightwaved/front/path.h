/*
 * path.h - by which groups a user is in a group, for people. The front.
 *
 * It is told by the replica alone, for a list that was asked for does not say;
 * and it decides nothing.
 */
#ifndef LW_PATH_H
#define LW_PATH_H

#include "link.h"

/* From a group that he is in himself to the one in question; none: not known.
 */
struct lw_path {
	struct lw_known **v; /* owned; the groups are the replica's, until the
			      * handler returns */
	size_t n;
};
void lw_path_done(struct lw_path *p);

/* p is empty, and stays so where nothing is known. */
void lw_path_find(struct lw_request *r, const char *user_sid,
		  const char *group_sid, struct lw_path *p);

/* A group's name as it is spelled here, or its SID where it has none. */
void lw_path_name(struct lw_request *r, struct lw_known *k,
		  char ret[LW_NAME_MAX]);

/* All of them, with " > " between. */
void lw_path_put(struct lw_request *r, const struct lw_path *p,
		 struct lw_wr *w);

/*
 * The group of that SID in the replica, if its id is that SID's alone; NULL:
 * it is not there.
 */
struct lw_known *lw_path_group(const struct lw_request *r, struct lw_str sid);

#endif
