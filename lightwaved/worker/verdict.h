/*
 * verdict.h - what a bind's result says about an account and its password.
 */
#ifndef LW_VERDICT_H
#define LW_VERDICT_H

#include "err.h"

/* What the password-policy control in the answer says (draft-behera). */
enum lw_ppolicy {
	LW_PP_NONE,    /* no control, or no error in it */
	LW_PP_EXPIRED, /* passwordExpired */
	LW_PP_LOCKED,  /* accountLocked */
	LW_PP_RESET,   /* changeAfterReset */
	LW_PP_OTHER,   /* anything else, or not decodable */
};

/*
 * result: the LDAP result code of a bind that was answered. LW_OK, LW_DENIED,
 * LW_EXPIRED, LW_LOCKED, LW_DISABLED, LW_NOTFOUND; LW_OFFLINE for whatever is
 * no answer to the question.
 */
enum lw_err lw_verdict_of(int result, enum lw_ppolicy pp);

/* From the number in the control. */
enum lw_ppolicy lw_ppolicy_of(unsigned int error);

#endif
