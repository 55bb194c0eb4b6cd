/*
 * enumerate.c - getpwent(3) and getgrent(3). Runs in any process; libc only.
 */
#include "walk.h"

#include <errno.h>

static struct lw_walk users = { .op = LW_OP_PASSWD_PAGE },
		      groups = { .op = LW_OP_GROUP_PAGE };

/* The module is unloaded: what it kept goes with it. */
__attribute__((destructor)) static void forget(void)
{
	lw_walk_reset(&users);
	lw_walk_reset(&groups);
}

static enum nss_status from_the_beginning(struct lw_walk *w)
{
	int saved = errno;

	lw_walk_reset(w);
	errno = saved;
	return NSS_STATUS_SUCCESS;
}

/* An end is no error: who asks on looks at errno to tell them apart. */
static enum nss_status end_or(enum lw_err e, int saved, int *errnop)
{
	if (e != LW_NOTFOUND)
		return lw_to_nss(e, saved, errnop);
	errno = saved;
	return NSS_STATUS_NOTFOUND;
}

/* What did not fit is given again. */
static enum lw_err next_user(struct passwd *pwd, struct lw_arena *a)
{
	enum lw_err e = lw_walk_next(&users);
	struct lw_rd rd = users.each;
	struct lw_passwd entry;

	if (e != LW_OK)
		return e;
	entry = lw_passwd_read(&rd);
	e = lw_nss_take_passwd(&entry, pwd, a);
	if (e != LW_OK)
		return e;
	users.each = rd;
	users.left--;
	return LW_OK;
}

static enum lw_err next_group(struct group *grp, struct lw_arena *a)
{
	enum lw_err e = lw_walk_next(&groups);
	struct lw_rd rd = groups.each;
	struct lw_group entry;

	if (e != LW_OK)
		return e;
	entry = lw_group_read(&rd);
	e = lw_nss_take_group(&entry, grp, a);
	if (e != LW_OK)
		return e;
	groups.each = rd;
	groups.left--;
	return LW_OK;
}

enum nss_status _nss_lightwave_setpwent(int stayopen)
{
	(void)stayopen;
	return from_the_beginning(&users);
}

enum nss_status _nss_lightwave_endpwent(void)
{
	return from_the_beginning(&users);
}

enum nss_status _nss_lightwave_getpwent_r(struct passwd *pwd, char *buf,
					  size_t len, int *errnop)
{
	int saved = errno;
	struct lw_arena a = { .p = buf, .left = len };

	return end_or(next_user(pwd, &a), saved, errnop);
}

enum nss_status _nss_lightwave_setgrent(int stayopen)
{
	(void)stayopen;
	return from_the_beginning(&groups);
}

enum nss_status _nss_lightwave_endgrent(void)
{
	return from_the_beginning(&groups);
}

enum nss_status _nss_lightwave_getgrent_r(struct group *grp, char *buf,
					  size_t len, int *errnop)
{
	int saved = errno;
	struct lw_arena a = { .p = buf, .left = len };

	return end_or(next_group(grp, &a), saved, errnop);
}
