/*
 * account.c - pam_acct_mgmt(3). Runs in whatever process logs somebody in.
 *
 * Asked for every login, those with a key or a ticket too: the only place
 * that refuses an account which is disabled or has no access to this host.
 */
#include "front.h"
#include "home.h"
#include "note.h"
#include "request.h"

static enum lw_err judge(const struct lw_request *r)
{
	struct lw_login login = lw_request_login(r, NULL);
	enum lw_err e, home;

	if (r->impossible)
		return LW_INVALID;
	e = lw_front_account(&login);
	/* With a new password he is let in without being asked about again. */
	if (e != LW_OK && e != LW_CHANGE)
		return e;
	home = lw_home_check(r);
	return home == LW_OK ? e : home;
}

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct lw_request r;
	enum lw_err e;
	int code;

	lw_request_init(&r, pamh, flags, argc, argv);
	code = lw_request_user(&r);
	if (code == PAM_AUTHINFO_UNAVAIL)
		return lw_request_end(&r, LW_PHASE_ACCOUNT, r.trouble);
	if (code != PAM_SUCCESS)
		return code;

	e = judge(&r);
	/* pam_chauthtok(3) may follow, and ask whether there is need for it. */
	if (!lw_note(pamh, LW_NOTE_CHANGE, e == LW_CHANGE ? r.user : NULL) &&
	    e == LW_CHANGE)
		e = LW_NOMEM;
	return lw_request_end(&r, LW_PHASE_ACCOUNT, e);
}
