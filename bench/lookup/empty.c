/*
 * empty.c - an NSS module that does nothing: libnss_empty.so.2, in the place of
 * libnss_lightwave.so.2.
 *
 * Whoever it is asked for is there and always the same, but for names that
 * begin with "no" and for the ids that nssbench has for nobody: what comes
 * after it in nsswitch.conf is asked as often as it is after ours.
 */
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdbool.h>

#define NOBODYS	  20000000u
#define SOMEBODYS 16777216u

static char name[] = "empty", *no_members[] = { 0 };

static enum nss_status say(bool found, int *errnop)
{
	if (found)
		return NSS_STATUS_SUCCESS;
	*errnop = ENOENT;
	return NSS_STATUS_NOTFOUND;
}

static bool is_somebody(const char *who)
{
	return who[0] != 'n' || who[1] != 'o';
}

static enum nss_status give_user(bool found, struct passwd *ret, int *errnop)
{
	if (found)
		*ret = (struct passwd) {
			.pw_name = name,
			.pw_passwd = name,
			.pw_uid = SOMEBODYS,
			.pw_gid = SOMEBODYS,
			.pw_gecos = name,
			.pw_dir = name,
			.pw_shell = name,
		};
	return say(found, errnop);
}

static enum nss_status give_group(bool found, struct group *ret, int *errnop)
{
	if (found)
		*ret = (struct group) {
			.gr_name = name,
			.gr_passwd = name,
			.gr_gid = SOMEBODYS,
			.gr_mem = no_members,
		};
	return say(found, errnop);
}

enum nss_status _nss_empty_getpwnam_r(const char *who, struct passwd *ret,
				      char *buf, size_t len, int *errnop)
{
	(void)buf;
	(void)len;
	return give_user(is_somebody(who), ret, errnop);
}

enum nss_status _nss_empty_getpwuid_r(uid_t uid, struct passwd *ret, char *buf,
				      size_t len, int *errnop)
{
	(void)buf;
	(void)len;
	return give_user(uid < NOBODYS, ret, errnop);
}

enum nss_status _nss_empty_getgrnam_r(const char *who, struct group *ret,
				      char *buf, size_t len, int *errnop)
{
	(void)buf;
	(void)len;
	return give_group(is_somebody(who), ret, errnop);
}

enum nss_status _nss_empty_getgrgid_r(gid_t gid, struct group *ret, char *buf,
				      size_t len, int *errnop)
{
	(void)buf;
	(void)len;
	return give_group(gid < NOBODYS, ret, errnop);
}

enum nss_status _nss_empty_initgroups_dyn(const char *who, gid_t primary,
					  long *start, long *size, gid_t **gids,
					  long limit, int *errnop)
{
	(void)primary;
	(void)limit;
	if (is_somebody(who) && *start < *size)
		(*gids)[(*start)++] = SOMEBODYS;
	return say(is_somebody(who), errnop);
}
