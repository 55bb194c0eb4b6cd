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
	bool debug, quiet;
	const char *unknown_option; /* the first one, or NULL; libpam's */
	char user[LW_NAME_MAX];
};

/* Read flags and options; the user is still "". Logs an unknown option. */
void lw_request_init(struct lw_request *r, pam_handle_t *pamh, int flags,
		     int argc, const char **argv);

/*
 * Find out who logs in, asking him if PAM does not know. As
 * lw_request_ours(), and PAM_INCOMPLETE or the conversation's own error.
 */
int lw_request_user(struct lw_request *r);

/*
 * Whether user is of our domain; then PAM_SUCCESS, and r->user is a copy.
 * PAM_USER_UNKNOWN: not ours - local, root, impossible, or a bare name while
 * nobody can say. PAM_SERVICE_ERR: /etc/passwd is not readable or an option is
 * unknown. PAM_AUTHINFO_UNAVAIL: looks like ours, but the front is away.
 */
int lw_request_ours(struct lw_request *r, const char *user);

/* What the front is told about this login; the strings are libpam's. */
struct lw_login lw_request_login(const struct lw_request *r,
				 const char *password);

/*
 * The end of a phase that had something to decide: one line for the log, one
 * for the user unless quiet, the delay after a failed authentication, and
 * what to return.
 */
int lw_request_end(const struct lw_request *r, enum lw_phase phase,
		   enum lw_err e);

#endif
