/*
 * meant.h - which group of the directory a rule names. The front.
 *
 * Rules stand in the configuration and in sudoers. Whoever writes one means
 * the directory: there a name without a domain is its name too.
 */
#ifndef LW_MEANT_H
#define LW_MEANT_H

#include "lookup.h"

/*
 * The group with that name, in any form and case; not a SID. LW_NOTFOUND: it
 * cannot be a name of this domain, or nobody has it; else as
 * lw_find_by_name().
 */
enum lw_err lw_meant_group(struct lw_request *r, struct lw_str rule,
			   int64_t max_age_ms, const struct lw_object **ret);

#endif
