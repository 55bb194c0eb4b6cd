/*
 * holders.h - which processes hold a group that nobody gives them any more.
 * lightwavectl.
 */
#ifndef LW_HOLDERS_H
#define LW_HOLDERS_H

#include "facts.h"
#include "procs.h"

/* One process and one gid; all borrowed. */
struct lw_held {
	const struct lw_fact_user *user;  /* NULL: no user of the directory */
	uint32_t uid;			  /* his, or the process's */
	const struct lw_fact_user *login; /* without user: from whose login;
					     NULL: not known */
	const struct lw_fact_group *group;
	const struct lw_proc *proc;
};

struct lw_held_list {
	struct lw_held *v; /* by user, group, process */
	size_t n, room;
	bool unknown; /* of somebody who has processes nothing can be told */
};

/*
 * Of a user's process: every gid that he is not given by now, or every one if
 * he is disabled or gone. Of any other: a directory's gid, unless it has it
 * from the login of somebody who is in that group. Gids of this host count
 * where [local_groups] gives them. only: of that user alone; NULL: of all. ret
 * is the caller's to free(ret->v). LW_NOMEM.
 */
enum lw_err lw_holders_find(struct lw_facts *f, const struct lw_procs *p,
			    const struct lw_fact_user *only,
			    struct lw_held_list *ret);

#endif
