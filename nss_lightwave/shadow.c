/*
 * shadow.c - getspnam(3), for pam_unix.so in a stack after ours. Runs in any
 * process; libc only.
 *
 * pam_unix refuses in its account phase whoever has no shadow entry, and lets
 * in whoever has one. So directory users have one in the process that was just
 * told by pam_lightwave's account phase that they may log in, and nowhere else:
 * a stack that leaves us out goes on refusing them.
 */
#include "cleanup.h"
#include "module.h"

#include <errno.h>
#include <unistd.h>

static enum lw_err by_name(const char *name, struct spwd *sp,
			   struct lw_arena *a)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	enum lw_err e;

	if (geteuid() != 0)
		return LW_NOTFOUND;
	e = lw_nss_ask_name(LW_OP_PASSED, name, &reply);
	if (e == LW_OK)
		e = lw_rd_end(&reply.body);
	if (e != LW_OK)
		return e;
	/* No password opens it; nothing in it ever expires. */
	*sp = (struct spwd) { .sp_lstchg = -1,
			      .sp_min = -1,
			      .sp_max = -1,
			      .sp_warn = -1,
			      .sp_inact = -1,
			      .sp_expire = -1,
			      .sp_flag = ~0ul };
	sp->sp_namp = lw_arena_str(a, lw_str(name));
	sp->sp_pwdp = lw_arena_str(a, LW_STR("*"));
	return a->full ? LW_RANGE : LW_OK;
}

enum nss_status _nss_lightwave_getspnam_r(const char *name, struct spwd *sp,
					  char *buf, size_t len, int *errnop)
{
	int saved = errno;
	struct lw_arena arena = { .p = buf, .left = len };

	return lw_to_nss(by_name(name, sp, &arena), saved, errnop);
}
