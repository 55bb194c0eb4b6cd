/*
 * local_judge.h - which local groups [local_groups] may give at all, by what
 * /etc/group says now. Pure; the front.
 *
 * Root's gid is never given. A privileged one, which makes root whoever has it,
 * only with allow_privileged_groups = yes: that of root, wheel, sudo, shadow,
 * disk or adm, and that of any system group but docker's. A gid with several
 * names is as privileged as any of them.
 */
#ifndef LW_LOCAL_JUDGE_H
#define LW_LOCAL_JUDGE_H

#include "config.h"
#include "localdb.h"

enum lw_local_why {
	LW_LOCAL_GIVEN,
	LW_LOCAL_NONE,	     /* there is no such local group */
	LW_LOCAL_ROOT,	     /* its gid is root's */
	LW_LOCAL_PRIVILEGED, /* and that is not allowed */
	LW_LOCAL_WHY_COUNT
};

struct lw_local_verdict {
	enum lw_local_why why;
	uint32_t gid;	  /* but with LW_LOCAL_NONE */
	const char *name; /* LW_LOCAL_PRIVILEGED: by which of its names;
			     borrowed from group */
};

struct lw_local_verdict lw_local_judge(const struct lw_config *c,
				       const struct lw_localdb *group,
				       const struct lw_local_group *map);

/*
 * Whether that name without a domain is a local group's, though there may be
 * none at present: docker's, a privileged one's, or one that [local_groups]
 * gives. A package that looks whether it must make its group finds none of the
 * directory's, and a rule for %sudo that came with sudo never means one.
 */
bool lw_local_reserved(const struct lw_config *c, const char *name);

/* Why not, with the remedy, for people. */
void lw_local_say(const struct lw_local_group *map, struct lw_local_verdict v,
		  char *ret, size_t size);

#endif
