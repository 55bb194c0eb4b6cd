/*
 * bind.h - whose a connection is: the machine's, or for a moment a user's.
 */
#ifndef LW_BIND_H
#define LW_BIND_H

#include "conn.h"
#include "job.h"

/*
 * Make c a connection bound as the machine, with the domain's SID in it, to
 * the best server that can be reached; at once if it is one already.
 * LW_OFFLINE: not possible, and logged.
 */
enum lw_err lw_bind_machine(struct lw_conn *c);

/*
 * The directory's verdict on a password, which is presented once. See
 * lw_verdict_of() for what it can be; after LW_OK and LW_CHANGE c is bound as
 * the user. ret_expires_in is written on LW_OK: seconds, or LW_NEVER.
 * LW_INVALID: dn is no entry's name, or there is no password; nobody was
 * asked.
 */
enum lw_err lw_bind_user(struct lw_conn *c, const struct lw_verdict *v,
			 uint32_t *ret_expires_in);

#endif
