/* ccache.c - a credential cache of its user's own. Runs where root logs in. */
#include "ccache.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <security/pam_ext.h>
#include <security/pam_modutil.h>
#include <stdio.h>
#include <sys/stat.h>
#include <syslog.h>

#define CCACHE_MAGIC 5 /* the first byte of every FILE ccache */

/* Never root's file; and who is not root can only make his own. */
static bool allowed(pam_handle_t *pamh, const struct lw_ticket *t)
{
	bool fits = t->uid != 0 && t->uid != (uid_t)-1 && t->gid != (gid_t)-1 &&
		    t->ccache.n > 0 && (geteuid() == 0 || geteuid() == t->uid);

	if (!fits)
		pam_syslog(pamh, LOG_NOTICE, "no ticket: not for uid %u",
			   t->uid);
	return fits;
}

static bool write_all(int fd, struct lw_str s)
{
	while (s.n > 0) {
		ssize_t r = write(fd, s.s, s.n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		s.s += r;
		s.n -= (size_t)r;
	}
	return true;
}

static bool discard(const char *path)
{
	int saved = errno;

	unlink(path);
	errno = saved;
	return false;
}

/* A new file at path, which ends in XXXXXX; on failure nothing is left. */
static bool make(char *path, struct lw_str bytes)
{
	lw_cleanup(lw_close) int fd = mkostemp(path, O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = fchmod(fd, 0600) == 0 && write_all(fd, bytes);
	/* Some file systems report a full disk only here. */
	if (close(lw_take_fd(&fd)) < 0)
		done = false;
	return done || discard(path);
}

/* Nothing is there, or a ccache of uid: no other file is to be lost. */
static bool replaceable(const char *path, uid_t uid)
{
	lw_cleanup(lw_close) int fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	char magic = CCACHE_MAGIC; /* an empty file may become one */

	if (fd < 0)
		return errno == ENOENT;
	if (fstat(fd, &st) < 0)
		return false;
	if (S_ISREG(st.st_mode) && st.st_uid == uid &&
	    read(fd, &magic, 1) >= 0 && magic == CCACHE_MAGIC)
		return true;
	errno = EINVAL;
	return false;
}

static bool replace(const char *path, const struct lw_ticket *t)
{
	lw_cleanup(lw_free) char *beside = NULL;

	if (!replaceable(path, t->uid))
		return false;
	if (asprintf(&beside, "%s_XXXXXX", path) < 0) {
		beside = NULL;
		return false;
	}
	if (!make(beside, t->ccache))
		return false;
	return rename(beside, path) == 0 || discard(beside);
}

/* Root's rights, while a user's stand in for them. */
struct rights {
	struct pam_modutil_privs privs;
	gid_t groups[PAM_MODUTIL_NGROUPS];
};

/*
 * Some versions of libpam hand the name to initgroups(3). With none, no name
 * service is asked in the middle of this, and no group's rights are needed.
 */
static bool drop(pam_handle_t *pamh, uid_t uid, gid_t gid, struct rights *r)
{
	char name[] = "";
	const struct passwd pw = { .pw_name = name,
				   .pw_uid = uid,
				   .pw_gid = gid };

	r->privs = (struct pam_modutil_privs) {
		.grplist = r->groups,
		.number_of_groups = PAM_MODUTIL_NGROUPS,
	};
	return pam_modutil_drop_priv(pamh, &r->privs, &pw) == 0;
}

/* Back to root; errno stays as it was, for the log. */
static bool regain(pam_handle_t *pamh, struct rights *r)
{
	int saved = errno;
	bool done = pam_modutil_regain_priv(pamh, &r->privs) == 0;

	errno = saved;
	return done; /* logged there */
}

bool lw_ccache_write(pam_handle_t *pamh, const struct lw_ticket *t,
		     struct lw_ccache *ret)
{
	struct lw_ccache c = { .uid = t->uid, .gid = t->gid };
	struct rights rights;
	bool made;

	if (!allowed(pamh, t) || !drop(pamh, t->uid, t->gid, &rights))
		return false;
	snprintf(c.path, sizeof(c.path), "%s/krb5cc_%u_XXXXXX", LW_CCACHE_DIR,
		 c.uid);
	made = make(c.path, t->ccache);
	if (!regain(pamh, &rights))
		return false;
	if (!made) {
		pam_syslog(pamh, LOG_NOTICE, "no ticket: %s: %m", c.path);
		return false;
	}
	*ret = c;
	return true;
}

bool lw_ccache_replace(pam_handle_t *pamh, const struct lw_ticket *t,
		       const char *path)
{
	struct rights rights;
	bool made;

	if (!allowed(pamh, t) || !drop(pamh, t->uid, t->gid, &rights))
		return false;
	made = replace(path, t);
	if (!regain(pamh, &rights))
		return false;
	/* The path may be the user's own words. */
	if (!made)
		pam_syslog(pamh, LOG_NOTICE, "ticket of uid %u not renewed: %m",
			   t->uid);
	return made;
}

void lw_ccache_remove(pam_handle_t *pamh, const struct lw_ccache *c)
{
	struct rights rights;

	if (!drop(pamh, c->uid, c->gid, &rights))
		return;
	if (unlink(c->path) < 0 && errno != ENOENT)
		pam_syslog(pamh, LOG_NOTICE, "cannot remove %s: %m", c->path);
	regain(pamh, &rights);
}
