/*
 * request.h - one call of libpam: its options, its user, how it ends.
 */
#ifndef LW_PAM_REQUEST_H
#define LW_PAM_REQUEST_H

#include "name.h"
#include "proto.h"
#include "result.h"

#include <security/pam_modules.h>

struct lw_request {
	pam_handle_t *pamh;
	bool debug;
	bool quiet; /* tell the user nothing but prompts */
	bool terse; /* nor the log that all went well */
	bool keep_ccache;
	const char *unknown_option; /* the first one, or NULL; libpam's */

	char user[LW_NAME_MAX]; /* for the log alone where it is impossible */
	bool impossible;	/* can be nobody's name: refused unasked */
	enum lw_err trouble;	/* with PAM_AUTHINFO_UNAVAIL: which */
	int32_t skew;		/* with LW_SKEW: see lw_pam_skew() */
};

/*
 * Read flags and options; the user is still "". Logs an unknown option, once
 * a handle.
 */
void lw_request_init(struct lw_request *r, pam_handle_t *pamh, int flags,
		     int argc, const char **argv);

/*
 * Find out who logs in, asking him if PAM does not know. As
 * lw_request_ours(), and PAM_INCOMPLETE or the conversation's own error.
 */
int lw_request_user(struct lw_request *r);

/*
 * Whether user is for us to judge; then PAM_SUCCESS, and r->user is a copy: a
 * name of our domain, or one that is impossible anywhere.
 * PAM_USER_UNKNOWN: not ours - local, root, or a bare name while nobody can
 * say. PAM_SERVICE_ERR: /etc/passwd is not readable or an option is unknown.
 * PAM_AUTHINFO_UNAVAIL: looks like ours, but the front is in trouble.
 */
int lw_request_ours(struct lw_request *r, const char *user);

/* The application still means who r->user was when we began. */
bool lw_request_same_user(const struct lw_request *r);

/*
 * Whether a password is to be presented at all: LW_INVALID and LW_DENIED if
 * not, for no user could have it.
 */
enum lw_err lw_request_presentable(const struct lw_request *r,
				   const char *password);

/* What the front is told about this login; the strings are libpam's. */
struct lw_login lw_request_login(const struct lw_request *r,
				 const char *password);

/* r->user as it may stand in a log; out is where it is put together. */
#define LW_PRINTABLE_MAX (4 * LW_NAME_MAX)
const char *lw_request_printable(const struct lw_request *r,
				 char out[LW_PRINTABLE_MAX]);

/*
 * The end of a phase that had something to decide: one line for the log, one
 * for the user unless quiet, the delay after a refused password, and what to
 * return.
 */
int lw_request_end(const struct lw_request *r, enum lw_phase phase,
		   enum lw_err e);

#endif
