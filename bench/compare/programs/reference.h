/*
 * reference.h - as fast as it can be: the same records in a hash table of this
 * process's own, which nobody else sees or changes.
 *
 * The functions are those of an NSS module, and give what one has to give:
 * copies in the caller's buffer.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdbool.h>

/* Reads DIR/passwd and DIR/group. False says why on stderr. */
bool lw_reference_load(const char *dir);

enum nss_status lw_reference_user(const char *name, struct passwd *pw,
				  char *buf, size_t len, int *errnop);
enum nss_status lw_reference_uid(uid_t uid, struct passwd *pw, char *buf,
				 size_t len, int *errnop);
enum nss_status lw_reference_group(const char *name, struct group *gr,
				   char *buf, size_t len, int *errnop);
enum nss_status lw_reference_gid(gid_t gid, struct group *gr, char *buf,
				 size_t len, int *errnop);
enum nss_status lw_reference_initgroups(const char *user, gid_t primary,
					long *start, long *size, gid_t **gids,
					long limit, int *errnop);

#endif
