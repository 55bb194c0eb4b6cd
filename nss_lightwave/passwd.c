/* passwd.c - getpwnam(3) and getpwuid(3). Runs in any process; libc only. */
#include "cleanup.h"
#include "known.h"
#include "local.h"

#include <errno.h>

enum lw_err lw_nss_take_passwd(const struct lw_passwd *entry,
			       struct passwd *pwd, struct lw_arena *a)
{
	/* Whatever the front says: nobody becomes root by it. */
	if (entry->uid == 0 || entry->uid == (uid_t)-1 || entry->gid == 0 ||
	    entry->gid == (gid_t)-1 || entry->name.n == 0)
		return LW_PROTO;
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
		e = lw_passwd_decode(&reply.body, &entry);
	if (e != LW_OK)
		return e;
	if (!name && entry.uid != uid)
		return LW_PROTO;
	return lw_nss_take_passwd(&entry, pwd, a);
}

/* Whatever is in it: no string begins behind its n bytes in buf. */
lw_inline enum lw_err fill_known(struct passwd *pwd,
				 const struct lw_map_view *found, char *buf,
				 size_t len)
{
	const struct lw_map_record *r = found->r;
	uint32_t n = found->text_n;
	uint32_t password = LW_MAP_ONCE(r->at[0]);
	uint32_t gecos = LW_MAP_ONCE(r->at[1]);
	uint32_t home = LW_MAP_ONCE(r->at[2]);
	uint32_t shell = LW_MAP_ONCE(r->at[3]);
	enum lw_err e = lw_known_text(found, buf, len);

	if (e != LW_OK)
		return e;
	if (password >= n || gecos >= n || home >= n || shell >= n)
		return LW_OFFLINE;
	pwd->pw_name = buf;
	pwd->pw_passwd = buf + password;
	pwd->pw_gecos = buf + gecos;
	pwd->pw_dir = buf + home;
	pwd->pw_shell = buf + shell;
	pwd->pw_uid = LW_MAP_ONCE(r->id);
	pwd->pw_gid = LW_MAP_ONCE(r->gid);
	return lw_known_id(pwd->pw_uid) && lw_known_id(pwd->pw_gid)
		       ? LW_OK
		       : LW_OFFLINE;
}

lw_inline enum lw_err known(const char *name, uid_t uid,
			    enum lw_map_trust trust, struct passwd *pwd,
			    char *buf, size_t len)
{
	lw_unset struct lw_map_view found;
	struct lw_map_door *door;
	enum lw_err e =
		lw_known_find(LW_MAP_USER, name, uid, trust, &found, &door);

	if (e != LW_OK)
		return e;
	e = fill_known(pwd, &found, buf, len);
	lw_map_leave(door);
	return e;
}

/* What the map once knew of who has not become a local user meanwhile. */
static enum lw_err once_known(const char *name, uid_t uid, struct passwd *pwd,
			      char *buf, size_t len)
{
	enum lw_err e = known(name, uid, LW_MAP_STALE, pwd, buf, len);

	return e == LW_OK && lw_local_has(LW_LOCAL_PASSWD, name, uid)
		       ? LW_NOTOURS
		       : e;
}

/* The map is asked again: at once where no front is alive, else after it. */
static enum nss_status find(const char *name, uid_t uid, struct passwd *pwd,
			    char *buf, size_t len, int *errnop)
{
	int saved = errno;
	struct lw_arena a = { .p = buf, .left = len };
	enum lw_err e = LW_OFFLINE, old = LW_OFFLINE;

	if (!lw_known_front_lives())
		e = once_known(name, uid, pwd, buf, len);
	if (e == LW_OFFLINE)
		e = ask(name, uid, pwd, &a);
	if (e == LW_NOFRONT || e == LW_OFFLINE)
		old = once_known(name, uid, pwd, buf, len);
	return lw_to_nss(old == LW_OFFLINE ? e : old, saved, errnop);
}

enum nss_status _nss_lightwave_getpwnam_r(const char *name, struct passwd *pwd,
					  char *buf, size_t len, int *errnop)
{
	enum lw_err e = known(name, 0, LW_MAP_FRESH, pwd, buf, len);

	return e == LW_OFFLINE ? find(name, 0, pwd, buf, len, errnop)
			       : lw_known_to_nss(e, errnop);
}

enum nss_status _nss_lightwave_getpwuid_r(uid_t uid, struct passwd *pwd,
					  char *buf, size_t len, int *errnop)
{
	enum lw_err e = known(NULL, uid, LW_MAP_FRESH, pwd, buf, len);

	return e == LW_OFFLINE ? find(NULL, uid, pwd, buf, len, errnop)
			       : lw_known_to_nss(e, errnop);
}
