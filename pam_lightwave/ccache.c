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

/* Never root's file; and who is not root can only make his own. */
static bool allowed(uid_t uid, gid_t gid)
{
	if (uid == 0 || uid == (uid_t)-1 || gid == (gid_t)-1)
		return false;
	return geteuid() == 0 || geteuid() == uid;
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

/* With the user's rights already; on failure nothing is left behind. */
static bool make(struct lw_str bytes, struct lw_ccache *c)
{
	lw_cleanup(lw_close) int fd = -1;
	bool done;

	snprintf(c->path, sizeof(c->path), "%s/krb5cc_%u_XXXXXX", LW_CCACHE_DIR,
		 c->uid);
	fd = mkostemp(c->path, O_CLOEXEC);
	if (fd < 0)
		return false;
	done = fchmod(fd, 0600) == 0 && write_all(fd, bytes);
	/* Some file systems report a full disk only here. */
	if (close(lw_take_fd(&fd)) < 0)
		done = false;
	if (!done) {
		int saved = errno;

		unlink(c->path);
		errno = saved;
	}
	return done;
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
static bool drop(pam_handle_t *pamh, const struct lw_ccache *c,
		 struct rights *r)
{
	char name[] = "";
	const struct passwd pw = { .pw_name = name,
				   .pw_uid = c->uid,
				   .pw_gid = c->gid };

	r->privs = (struct pam_modutil_privs) {
		.grplist = r->groups,
		.number_of_groups = PAM_MODUTIL_NGROUPS,
	};
	return pam_modutil_drop_priv(pamh, &r->privs, &pw) == 0;
}

bool lw_ccache_write(pam_handle_t *pamh, const struct lw_ticket *t,
		     struct lw_ccache *ret)
{
	struct lw_ccache c = { .uid = t->uid, .gid = t->gid };
	struct rights rights;
	bool made;
	int error;

	if (!allowed(t->uid, t->gid) || t->ccache.n == 0) {
		pam_syslog(pamh, LOG_NOTICE, "no ticket: not for uid %u",
			   t->uid);
		return false;
	}
	if (!drop(pamh, &c, &rights))
		return false; /* logged there */
	made = make(t->ccache, &c);
	error = errno;
	if (pam_modutil_regain_priv(pamh, &rights.privs) < 0)
		return false;
	if (!made) {
		errno = error;
		pam_syslog(pamh, LOG_NOTICE, "no ticket: %s: %m", c.path);
		return false;
	}
	*ret = c;
	return true;
}

void lw_ccache_remove(pam_handle_t *pamh, const struct lw_ccache *c)
{
	struct rights rights;

	if (!drop(pamh, c, &rights))
		return;
	if (unlink(c->path) < 0 && errno != ENOENT)
		pam_syslog(pamh, LOG_NOTICE, "cannot remove %s: %m", c->path);
	pam_modutil_regain_priv(pamh, &rights.privs);
}
