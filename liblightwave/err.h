/*
 * err.h - every result there is, from the directory to PAM and NSS.
 *
 * One enum for all rooms: what a function could not do is said once, in one
 * vocabulary, and translated only at an ABI (nss_lightwave/result.c,
 * pam_lightwave/result.c), where a switch without default names a forgotten
 * one at compile time. The numbers travel on the socket: append, never
 * renumber (doc/PROTOCOL.md).
 */
#ifndef LW_ERR_H
#define LW_ERR_H

enum lw_err {
	LW_OK = 0,
	LW_NOTFOUND, /* the directory answered: no such entry */
	LW_NOTOURS,  /* another name service's business: nobody was asked */
	LW_DENIED,   /* the directory answered: wrong credentials */
	LW_LOCKED,   /* too many wrong passwords; an administrator can unlock */
	LW_DISABLED, /* an administrator has disabled the account */
	LW_EXPIRED,  /* the password has expired; see LW_CHANGE */
	LW_FORBIDDEN,  /* [access] in the configuration refuses this account */
	LW_OFFLINE,    /* nobody answered: says nothing about the entry */
	LW_RANGE,      /* does not fit where the caller wants it */
	LW_INVALID,    /* malformed input: refused before anybody was asked */
	LW_PROTO,      /* the peer broke the protocol: drop it */
	LW_NOMEM,      /* we are out of memory or descriptors */
	LW_PENDING,    /* inside the front only: the answer will come later */
	LW_NOPASSWORD, /* the account has no password to log in with */
	LW_SKEW,       /* no ticket, which is required: our clock is off */
	LW_NOTICKET,   /* no Kerberos ticket, and one is required */
	LW_CHANGE,     /* the password must be changed, and can be */
	LW_TOOSHORT,   /* the new password is too short */
	LW_WEAK,       /* the domain's rules refuse the new password */
	LW_HISTORY,    /* the new password was used before */
	LW_TOOSOON,    /* changed too recently to be changed again */
	LW_NOTALLOWED, /* this user may not change his password */
	LW_NOWORKER,   /* lightwaved answers, lightwaved-worker does not */
	LW_NOFRONT,    /* inside the modules only: lightwaved does not answer */
	LW_OUTDATED,   /* OFFLINE, for longer than rights last without it */
	LW_CLAIMED,    /* several entries claim that name: it is nobody's */
	LW_ERR_COUNT
};

/* A few words for a log line; static storage, never NULL. */
const char *lw_strerror(enum lw_err e);

#endif
