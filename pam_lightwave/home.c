/* home.c - whose home is it. Runs in whatever process logs somebody in. */
#include "home.h"

#include "cleanup.h"
#include "front.h"

#include <errno.h>
#include <security/pam_ext.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

enum lw_err lw_home_check(const struct lw_request *r)
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
	if (stat(home, &st) < 0) {
		if (errno == ENOENT)
			return LW_OK;
		pam_syslog(r->pamh, LOG_ERR, "%s: %s: login refused", home,
			   strerror(errno));
		return LW_FORBIDDEN;
	}
	if (S_ISDIR(st.st_mode) && st.st_uid == pw.uid)
		return LW_OK;
	pam_syslog(r->pamh, LOG_ERR,
		   "the home of uid %u belongs to uid %u: login refused",
		   pw.uid, st.st_uid);
	return LW_FORBIDDEN;
}
