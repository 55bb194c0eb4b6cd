/*
 * verdict.h - what a bind's result says about an account and its password.
 */
#ifndef LW_VERDICT_H
#define LW_VERDICT_H

#include "err.h"
#include "ppolicy.h"

/*
 * result: the LDAP result code of a bind that was answered. LW_OK, LW_CHANGE
 * (the password is right, and the connection is the user's, who has to change
 * it), LW_DENIED, LW_EXPIRED, LW_LOCKED, LW_DISABLED, LW_NOPASSWORD,
 * LW_NOTFOUND; LW_NOMEM for whatever is no answer to the question: a server
 * that says so is there. LW_OFFLINE: result is negative, so none answered.
 */
enum lw_err lw_verdict_of(int result, enum lw_ppolicy pp);

#endif
