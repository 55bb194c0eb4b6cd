/*
 * local_groups.h - [local_groups] in force: which local groups the members of
 * directory groups have. Nothing is written anywhere: a gid is added when
 * somebody asks which groups a user is in. The front.
 */
#ifndef LW_LOCAL_GROUPS_H
#define LW_LOCAL_GROUPS_H

#include "lookup.h"

struct lw_local_given {
	uint32_t gid;	       /* each only once in a list */
	const char *local;     /* its name here; borrowed from the */
	const char *directory; /* configuration, as written there */
};

/*
 * What a user with those directory groups is given; ret is the caller's to
 * free, and may be NULL with *ret_n 0. All, or an error: LW_PENDING,
 * LW_OFFLINE (of a name it cannot be told which group it is), LW_NOMEM. A
 * directory group that is not there gives nobody anything, and a local one that
 * is not to be given is left out; the log says either.
 */
enum lw_err lw_local_groups_of(struct lw_request *r, const struct lw_ids *ids,
			       struct lw_local_given **ret, size_t *ret_n);

/* Log what [local_groups] has and nobody gets; at the start, at a reload. */
void lw_local_groups_warn(struct lw_front *f);

/* The same for --check, on stdout, by /etc/group as it is. */
void lw_local_groups_check(const struct lw_config *c, const char *path);

#endif
