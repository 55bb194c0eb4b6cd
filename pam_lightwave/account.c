/*
 * account.c - pam_acct_mgmt(3). Runs in whatever process logs somebody in.
 *
 * Asked for every login, those with a key or a ticket too: the only place
 * that refuses an account which is disabled or has no access to this host.
 */
#include "cleanup.h"
#include "front.h"
#include "request.h"

#include <errno.h>
#include <security/pam_ext.h>
#include <sys/stat.h>
#include <syslog.h>

/*
 * A home is named after its owner, and in the directory users rename
 * themselves: what somebody prepared under another's name must not run as him.
 */
static enum lw_err check_home(const struct lw_request *r)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(lw_free) char *home = NULL;
	struct lw_passwd pw;
	struct stat st;
	enum lw_err e = lw_front_passwd(r->user, &reply, &pw);

	if (e != LW_OK)
		return e;
	home = lw_str_dup(pw.dir);
	if (!home)
		return LW_NOMEM;
	if (stat(home, &st) < 0)
		return errno == ENOENT ? LW_OK : LW_OFFLINE;
	if (S_ISDIR(st.st_mode) && st.st_uid == pw.uid)
		return LW_OK;
	pam_syslog(r->pamh, LOG_ERR,
		   "the home of uid %u belongs to uid %u: login refused",
		   pw.uid, st.st_uid);
	return LW_FORBIDDEN;
}

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct lw_request r;
	struct lw_login login;
	enum lw_err e;
	int code;

	lw_request_init(&r, pamh, flags, argc, argv);
	code = lw_request_user(&r);
	if (code == PAM_AUTHINFO_UNAVAIL)
		return lw_request_end(&r, LW_PHASE_ACCOUNT, LW_OFFLINE);
	if (code != PAM_SUCCESS)
		return code;

	login = lw_request_login(&r, NULL);
	e = lw_front_account(&login);
	if (e == LW_OK)
		e = check_home(&r);
	return lw_request_end(&r, LW_PHASE_ACCOUNT, e);
}
