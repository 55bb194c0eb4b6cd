/* home.c - whose home is it. Runs in whatever process logs somebody in. */
#include "home.h"

#include "cleanup.h"
#include "front.h"

#include <errno.h>
#include <security/pam_ext.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>

/*
 * A home that pam_mkhomedir is making for another session of his is root's
 * until all is in it: worth a moment's patience. stat(2)'s result and errno.
 */
static int look(const char *home, uid_t uid, struct stat *ret)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	int tries = 50, r;

	while ((r = stat(home, ret)) == 0 && ret->st_uid == 0 && uid != 0 &&
	       --tries > 0)
		nanosleep(&pause, NULL);
	return r;
}

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
	if (look(home, pw.uid, &st) < 0) {
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
