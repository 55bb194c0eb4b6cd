/*
 * refusal.h - what the answer to a change of password means.
 */
#ifndef LW_REFUSAL_H
#define LW_REFUSAL_H

#include "err.h"
#include "ppolicy.h"

#include <krb5.h>

/*
 * Of all three: LW_DENIED (the old password is wrong), LW_TOOSHORT, LW_WEAK,
 * LW_HISTORY, LW_TOOSOON, LW_LOCKED, LW_NOTALLOWED; LW_OFFLINE for whatever is
 * no answer to the question.
 */

/* result: the LDAP result code of a modify of userPassword. Or LW_OK. */
enum lw_err lw_refusal_of_modify(int result, enum lw_ppolicy pp);

/* code: in a reply of kpasswd's server (RFC 3244, section 2). Or LW_OK. */
enum lw_err lw_refusal_of_kpasswd(int code);

/*
 * rc: what libkrb5 said when it asked the KDC, with the old password, for
 * leave to change it.
 */
enum lw_err lw_refusal_of_kdc(krb5_error_code rc);

#endif
