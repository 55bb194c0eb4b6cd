/*
 * gone.h - what searches do not give, and whether it is really not there. A
 * worker process.
 *
 * A server may keep entries back and still answer success: an answer about
 * groups without them would be worth nothing. So what was named and did not
 * come is asked for by its DN.
 */
#ifndef LW_GONE_H
#define LW_GONE_H

#include "search.h"
#include "strset.h"

/*
 * Ask for each of dns by itself, with the filter `only`; those that are not
 * the domain's are left out. LW_OK: none of them is there. LW_OFFLINE: one is,
 * which is logged, or it was not answered. LW_NOMEM.
 */
enum lw_err lw_gone_each(struct lw_conn *c, const struct lw_strset *dns,
			 const char *only);

/*
 * The same at a price that has an end: of many DNs only the first are asked
 * for by themselves, and before that all of them in batches. Whatever a server
 * cuts off from those, one of them comes if any is there.
 */
enum lw_err lw_gone_many(struct lw_conn *c, const struct lw_strset *dns,
			 const char *only);

#endif
