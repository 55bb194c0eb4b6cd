/*
 * kerberos.h - a ticket for a user whose password was found right.
 *
 * A KDC that nobody checked says yes to anything, and vmdir's gives tickets
 * to locked and disabled accounts: a ticket is never a verdict. It is handed
 * out only after our own keytab has vouched for the KDC that gave it.
 */
#ifndef LW_KERBEROS_H
#define LW_KERBEROS_H

#include "job.h"
#include "setup.h"

/*
 * Write the only configuration libkrb5 reads in these processes to path, and
 * name it in the environment. LW_OFFLINE: cannot be written; logged.
 */
enum lw_err lw_kerberos_configure(const struct lw_config *config,
				  const char *path);

/*
 * Have libkrb5 ask those servers alone that are not known to be down; all of
 * them, where all are. Whom a login waited for in vain comes last. Called
 * before each use of libkrb5; writes a file of this worker's own when that has
 * changed.
 */
void lw_kerberos_prefer(const struct lw_setup *s);

/*
 * Get and verify a ticket for upn. On LW_TICKET_OK the bytes of a FILE ccache
 * are appended to ret, which should be one that wipes. ret_skew is always
 * written: seconds that the KDC's clock is ahead of ours, 0 if not known. A
 * KDC that was not verified may have lied about it.
 */
enum lw_ticket_state lw_kerberos_ticket(const struct lw_setup *s,
					struct lw_str upn,
					struct lw_password password,
					int32_t *ret_skew, struct lw_wr *ret);

/* Whether the keytab has this machine's key in it. LW_INVALID: it has not. */
enum lw_err lw_kerberos_check_keytab(const struct lw_config *config);

#endif
