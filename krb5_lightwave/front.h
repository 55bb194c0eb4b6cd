/*
 * front.h - what the localauth plug-in asks the front, on the socket for root.
 */
#ifndef LW_KRB5_FRONT_H
#define LW_KRB5_FRONT_H

#include "err.h"

/*
 * Whether who holds a ticket of principal may log in to account; with account
 * "" the question is whose it is. LW_OK: he may, and ret_name, on the heap and
 * the caller's, is the account's one spelling; never empty. LW_DENIED: not to
 * that account. LW_NOFRONT: no answer, as whoever is not root has it. Else as
 * lw_call() (client.h) and the statuses of err.h say.
 */
enum lw_err lw_front_principal(const char *principal, const char *account,
			       char **ret_name);

#endif
