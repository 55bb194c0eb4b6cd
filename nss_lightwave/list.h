/*
 * list.h - the list of groups that glibc has initgroups(3) fill. Runs in any
 * process; libc only.
 */
#ifndef LW_NSS_LIST_H
#define LW_NSS_LIST_H

#include "gids.h"

/* glibc's arguments of initgroups_dyn: it owns the list, which may grow. */
struct lw_list {
	long *start, *size; /* used, allocated */
	gid_t **groups;
	long limit; /* not positive: none */
	gid_t skip; /* glibc has put it there */
};

/*
 * Append the n gids that are not in the list: all of them, or none and an
 * error. They may be in memory that another process writes. LW_PROTO: they are
 * too many, or one is nobody's, or they changed meanwhile. LW_RANGE: more than
 * limit. LW_NOMEM.
 */
enum lw_err lw_list_add(struct lw_list *to, const volatile gid_t *gids,
			uint32_t n);

#endif
