/*
 * membership.h - is that user in that group, as a rule of sudoers has it. The
 * front.
 *
 * Rights hang on SIDs. A rule that names a group by SID means it although
 * nobody can look it up here: its name may be contested, or a local group have
 * its name or gid. A rule that names it means only what is served by that
 * name, for a name that is somebody else's too says nothing.
 */
#ifndef LW_MEMBERSHIP_H
#define LW_MEMBERSHIP_H

#include "path.h"
#include "sid.h"

struct lw_membership {
	const struct lw_object *user; /* NULL: there is none; as in lookup.h */
	uint32_t gid;
	char sid[LW_SID_MAX];	/* "": there is no such group */
	char name[LW_NAME_MAX]; /* of the group; its SID where it has none */
	bool own;		/* it is no group but the user's own SID */
	struct lw_path path;	/* nothing judges by it */
	int64_t as_of_ms;	/* of the oldest fact that says so */
	bool away;		/* by what was last known */
};
void lw_membership_done(struct lw_membership *s);

/*
 * LW_OK: he is; LW_FORBIDDEN, LW_DISABLED: he is not, or has no rights;
 * LW_NOTFOUND: no such user, or (user is set) no such group; LW_NOTOURS,
 * LW_INVALID: as lw_judge_user(); LW_PENDING, LW_OFFLINE, LW_NOMEM. s begins
 * as zeros, and may be handed over again.
 */
enum lw_err lw_membership_judge(struct lw_request *r, const struct lw_member *m,
				struct lw_membership *s);

#endif
