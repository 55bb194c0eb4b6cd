/*
 * sync_check.h - did a server keep something back?
 *
 * A size limit that cuts an answer short may be answered as if nothing were
 * amiss. So three narrow questions are asked about the same entries: those
 * below the lowest number met; from the two hundredth highest on; and two
 * hundred between, taken at random. Whatever the limit left out, and in
 * whatever order, one of them shows it where it is more than some percent.
 */
#ifndef LW_SYNC_CHECK_H
#define LW_SYNC_CHECK_H

#include "conn.h"
#include "dnset.h"

struct lw_sync_checked {
	const struct lw_dnset *met; /* DNs with their numbers */
	uint64_t from;		    /* no lower number was asked for */
	uint64_t highest; /* a higher one is a change that came meanwhile */
};

/*
 * LW_OK: nothing is missing as far as one sees. LW_OFFLINE: something is,
 * which is logged; or the transport failed. LW_NOMEM.
 */
enum lw_err lw_sync_check(struct lw_conn *c, const struct lw_sync_checked *k);

#endif
