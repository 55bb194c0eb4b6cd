/*
 * ppolicy.h - the password-policy control of an answer (draft-behera).
 */
#ifndef LW_PPOLICY_H
#define LW_PPOLICY_H

#include <ldap.h>

#include <stdint.h>

/* What it says; the order of the first ones is test_verdict.c's too. */
enum lw_ppolicy {
	LW_PP_NONE,    /* no control, or nothing against the user in it */
	LW_PP_EXPIRED, /* passwordExpired */
	LW_PP_LOCKED,  /* accountLocked */
	LW_PP_RESET,   /* changeAfterReset */
	LW_PP_GRACE,   /* no error, but logins are counted until a change */
	LW_PP_OTHER,   /* unknown, or not decodable */
	/* about a change, and meaningless in the answer to a bind */
	LW_PP_NOT_ALLOWED, /* passwordModNotAllowed */
	LW_PP_NEEDS_OLD,   /* mustSupplyOldPassword */
	LW_PP_QUALITY,	   /* insufficientPasswordQuality */
	LW_PP_TOO_SHORT,   /* passwordTooShort */
	LW_PP_TOO_YOUNG,   /* passwordTooYoung */
	LW_PP_IN_HISTORY,  /* passwordInHistory */
	LW_PP_TOO_LONG,	   /* passwordTooLong, OpenLDAP's own */
	LW_PP_COUNT
};

/* From the numbers in the control; grace is -1 where it is not there. */
enum lw_ppolicy lw_ppolicy_of(unsigned int error, int grace);

struct lw_ppolicy_answer {
	enum lw_ppolicy pp;
	uint32_t expires_in; /* seconds; LW_NEVER where not said */
};

/* From the controls of an answer, which may be NULL. */
struct lw_ppolicy_answer lw_ppolicy_read(LDAP *ld, LDAPControl **ctrls);

#endif
