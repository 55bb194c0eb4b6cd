/* passwd.c - getpwnam(3) and getpwuid(3). Runs in any process; libc only. */
#include "cleanup.h"
#include "known.h"
#include "own.h"

#include <errno.h>

static enum lw_err fill(struct passwd *pwd, const struct lw_passwd *entry,
			struct lw_arena *a)
{
	pwd->pw_name = lw_arena_str(a, entry->name);
	/* Never "*", which pam_unix and sshd read as a locked account. */
	pwd->pw_passwd = lw_arena_str(a, LW_STR("x"));
	pwd->pw_uid = entry->uid;
	pwd->pw_gid = entry->gid;
	pwd->pw_gecos = lw_arena_str(a, entry->gecos);
	pwd->pw_dir = lw_arena_str(a, entry->dir);
	pwd->pw_shell = lw_arena_str(a, entry->shell);
	return a->full ? LW_RANGE : LW_OK;
}

/* Whatever the front says: nobody becomes root by it. */
static enum lw_err decode(struct lw_reply *reply, struct lw_passwd *ret)
{
	enum lw_err e = lw_passwd_decode(&reply->body, ret);

	if (e == LW_OK &&
	    (ret->uid == 0 || ret->uid == (uid_t)-1 || ret->gid == 0 ||
	     ret->gid == (gid_t)-1 || ret->name.n == 0))
		return LW_PROTO;
	return e;
}

/* By name, or by uid where that is NULL. */
static enum lw_err ask(const char *name, uid_t uid, struct passwd *pwd,
		       struct lw_arena *a)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	struct lw_passwd entry;
	enum lw_err e;

	e = name ? lw_nss_ask_name(LW_OP_PASSWD_BY_NAME, name, &reply)
		 : lw_nss_ask_id(LW_OP_PASSWD_BY_UID, uid, &reply);
	if (e == LW_OK)
		e = decode(&reply, &entry);
	if (e != LW_OK)
		return e;
	if (!name && entry.uid != uid)
		return LW_PROTO;
	return fill(pwd, &entry, a);
}

static enum lw_err find(const char *name, uid_t uid, struct passwd *pwd,
			char *buf, size_t len)
{
	struct lw_arena a = { .p = buf, .left = len };
	enum lw_err e;

	if (lw_own())
		return LW_NOTOURS;
	e = lw_known_passwd(name, uid, LW_MAP_FRESH, pwd, buf, len);
	if (e == LW_OFFLINE)
		e = ask(name, uid, pwd, &a);
	if (e == LW_NOFRONT)
		e = lw_known_passwd(name, uid, LW_MAP_STALE, pwd, buf, len);
	return e;
}

enum nss_status _nss_lightwave_getpwnam_r(const char *name, struct passwd *pwd,
					  char *buf, size_t len, int *errnop)
{
	int saved = errno;

	return lw_to_nss(find(name, 0, pwd, buf, len), saved, errnop);
}

enum nss_status _nss_lightwave_getpwuid_r(uid_t uid, struct passwd *pwd,
					  char *buf, size_t len, int *errnop)
{
	int saved = errno;

	return lw_to_nss(find(NULL, uid, pwd, buf, len), saved, errnop);
}
