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

/*
 * LW_OK, LW_FORBIDDEN, or LW_PENDING and LW_OFFLINE as in lookup.h. rule
 * (rule_size bytes) then says which line decided, for the log.
 */
enum lw_err lw_access_check(struct lw_request *r, const struct lw_object *user,
			    const struct lw_ids *groups, struct lw_str service,
			    char *rule, size_t rule_size);

#endif
