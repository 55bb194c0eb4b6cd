/*
 * session.c - pam_open_session(3) and pam_close_session(3). Runs in whatever
 * process logs somebody in. Not ours is who no earlier call on this handle
 * found to be: nobody is asked here whose a name is.
 */
#include "cred.h"
#include "home.h"
#include "note.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <syslog.h>

static const char *session_user(pam_handle_t *pamh)
{
	const void *user = NULL;

	return pam_get_item(pamh, PAM_USER, &user) == PAM_SUCCESS && user ? user
									  : "";
}

/*
 * pam_mkhomedir(8) stands before us: what it found there in place of making a
 * home is looked at once more. Whatever else fails, the account phase has
 * said yes already.
 */
static int check(const struct lw_request *r)
{
	enum lw_err e = lw_home_check(r);

	if (e == LW_FORBIDDEN) {
		if (!r->quiet)
			pam_error(r->pamh,
				  "Your home directory is somebody else's.");
		return PAM_SESSION_ERR;
	}
	if (e != LW_OK && r->debug)
		pam_syslog(r->pamh, LOG_DEBUG, "home not looked at: %s",
			   lw_strerror(e));
	return PAM_SUCCESS;
}

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc,
			const char **argv)
{
	const char *user = session_user(pamh);
	struct lw_request r;

	lw_request_init(&r, pamh, flags, argc, argv);
	if (lw_noted_another(pamh, user))
		return PAM_SUCCESS;
	if (!lw_noted_of(pamh, LW_NOTE_OURS, user))
		return PAM_IGNORE;
	if (r.unknown_option)
		return PAM_SERVICE_ERR;
	snprintf(r.user, sizeof(r.user), "%s", user);
	return check(&r);
}

int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc,
			 const char **argv)
{
	const char *user = session_user(pamh);
	struct lw_request r;

	lw_request_init(&r, pamh, flags, argc, argv);
	lw_cred_end(&r, user);
	if (lw_noted_another(pamh, user))
		return PAM_SUCCESS;
	return lw_noted_of(pamh, LW_NOTE_OURS, user) ? PAM_SUCCESS : PAM_IGNORE;
}
