/*
 * account.c - pam_acct_mgmt(3). Runs in whatever process logs somebody in.
 *
 * Asked for every login, those with a key or a ticket too: the only place
 * that refuses an account which is disabled or has no access to this host.
 */
#include "front.h"
#include "request.h"

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct lw_request r;
	struct lw_login login;
	int code;

	lw_request_init(&r, pamh, flags, argc, argv);
	code = lw_request_user(&r);
	if (code == PAM_AUTHINFO_UNAVAIL)
		return lw_request_end(&r, LW_PHASE_ACCOUNT, LW_OFFLINE);
	if (code != PAM_SUCCESS)
		return code;

	login = lw_request_login(&r, NULL);
	return lw_request_end(&r, LW_PHASE_ACCOUNT, lw_front_account(&login));
}
