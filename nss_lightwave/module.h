/*
 * module.h - what the files of libnss_lightwave share, and its entry points.
 *
 * The module is a guest in every process: it asks the front on one socket
 * (client.h), copies the answer into what the caller brought, and keeps
 * nothing. libc only; it never logs.
 */
#ifndef LW_NSS_MODULE_H
#define LW_NSS_MODULE_H

#include "arena.h"
#include "client.h"

#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <shadow.h>
#include <sys/types.h>

/*
 * Ask the front op about a name or an id. LW_NOTOURS without asking anybody
 * for what can be nobody's: an empty or overlong name, one without a domain
 * where the front takes none (client.h), id 0, id -1. LW_NOFRONT: no answer
 * came, which says nothing of the directory. Never LW_RANGE, which would have
 * the caller come back with ever larger buffers. ret is to be released after
 * errors too.
 */
enum lw_err lw_nss_ask_name(enum lw_op op, const char *name,
			    struct lw_reply *ret);
enum lw_err lw_nss_ask_id(enum lw_op op, uint32_t id, struct lw_reply *ret);

/* How long a call may wait in all. */
int lw_nss_budget_ms(void);
/* As these, for the page of a list after that id (walk.h). */
enum lw_err lw_nss_ask_page(enum lw_op op, uint32_t after, int budget_ms,
			    struct lw_reply *ret);

/*
 * The front's answer in the caller's buffer. LW_RANGE: that is too small.
 * LW_PROTO: it would make somebody root, or has no name.
 */
enum lw_err lw_nss_take_passwd(const struct lw_passwd *entry,
			       struct passwd *pwd, struct lw_arena *a);
enum lw_err lw_nss_take_group(const struct lw_group *entry, struct group *grp,
			      struct lw_arena *a);

/*
 * What an entry point returns for e: puts errno back to saved, then writes
 * *errnop, which is often &errno itself.
 */
enum nss_status lw_to_nss(enum lw_err e, int saved, int *errnop);

/* The same for what came without a system call, which left errno alone. */
static inline enum nss_status lw_known_to_nss(enum lw_err e, int *errnop)
{
	if (e == LW_OK)
		return NSS_STATUS_SUCCESS;
	if (e == LW_NOTFOUND || e == LW_NOTOURS) {
		*errnop = ENOENT;
		return NSS_STATUS_NOTFOUND;
	}
	return lw_to_nss(e, errno, errnop);
}

enum nss_status _nss_lightwave_getpwnam_r(const char *name, struct passwd *pwd,
					  char *buf, size_t len, int *errnop);
enum nss_status _nss_lightwave_getpwuid_r(uid_t uid, struct passwd *pwd,
					  char *buf, size_t len, int *errnop);
enum nss_status _nss_lightwave_getgrnam_r(const char *name, struct group *grp,
					  char *buf, size_t len, int *errnop);
enum nss_status _nss_lightwave_getgrgid_r(gid_t gid, struct group *grp,
					  char *buf, size_t len, int *errnop);

/*
 * All users, and all groups with their members, by ascending id; none where
 * the host does not have them listed. At their end NSS_STATUS_NOTFOUND, and
 * errno as it was. glibc calls these under a lock of its own; a list belongs
 * to the process, and a child goes on where its parent was.
 */
enum nss_status _nss_lightwave_setpwent(int stayopen);
enum nss_status _nss_lightwave_getpwent_r(struct passwd *pwd, char *buf,
					  size_t len, int *errnop);
enum nss_status _nss_lightwave_endpwent(void);
enum nss_status _nss_lightwave_setgrent(int stayopen);
enum nss_status _nss_lightwave_getgrent_r(struct group *grp, char *buf,
					  size_t len, int *errnop);
enum nss_status _nss_lightwave_endgrent(void);

enum nss_status _nss_lightwave_getspnam_r(const char *name, struct spwd *sp,
					  char *buf, size_t len, int *errnop);

/*
 * Add the gids of user to the *start that *groupsp holds already, growing it
 * (*size) up to limit, where that is positive: all of them, or none and an
 * error.
 */
enum nss_status _nss_lightwave_initgroups_dyn(const char *user, gid_t skip,
					      long *start, long *size,
					      gid_t **groupsp, long limit,
					      int *errnop);

#endif
