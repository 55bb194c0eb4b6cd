/*
 * access.h - who may log in: [access] of the configuration. The front.
 *
 * Deny wins. Without an allow rule that names the user nobody logs in. What
 * cannot be resolved allows nobody and, in a deny rule, denies everybody. The
 * allow rules of [access:SERVICE] stand for the general ones, and its deny
 * rules beside them.
 */
#ifndef LW_ACCESS_H
#define LW_ACCESS_H

#include "lookup.h"
#include "sid.h"

/* Which line decided, for the log. */
struct lw_access_rule {
	char text[LW_NAME_MAX + 64];
	char group[LW_SID_MAX]; /* by which it means him; "": by none */
};

/* LW_OK, LW_FORBIDDEN, or LW_PENDING and LW_OFFLINE as in lookup.h. */
enum lw_err lw_access_check(struct lw_request *r, const struct lw_object *user,
			    const struct lw_ids *groups, struct lw_str service,
			    struct lw_access_rule *ret);

#endif
