/*
 * commit.c - put /etc/sudoers.d/lightwave in its place, whole. lightwave-sudo.
 *
 * A new file beside it, with a dot in its name so that sudo does not read it;
 * on the disk, judged by visudo, and then renamed. Whoever is killed before
 * that has changed nothing.
 */
#include "edit.h"

#include "cleanup.h"
#include "visudo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define NEW "." LW_SUDO_DROPIN ".new"

static enum lw_sudo_exit fails(const struct lw_sudo *s, const char *doing)
{
	fprintf(stderr, "lightwave-sudo: %s: %s: %s; nothing was changed\n",
		s->dropin, doing, strerror(errno));
	return LW_SUDO_FAILS;
}

static bool write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t r = write(fd, p, n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		p += r;
		n -= (size_t)r;
	}
	return true;
}

/* It is root's, and read by nobody else, before there is a rule in it. */
static enum lw_sudo_exit write_new(const struct lw_sudo *s, int dir,
				   const struct lw_wr *w)
{
	lw_cleanup(lw_close) int fd = -1;

	if (unlinkat(dir, NEW, 0) < 0 && errno != ENOENT)
		return fails(s, "what another left there");
	fd = openat(dir, NEW,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
	if (fd < 0)
		return fails(s, "a new file");
	if (fchown(fd, 0, 0) < 0 || fchmod(fd, 0440) < 0)
		return fails(s, "its owner and mode");
	if (!write_all(fd, w->base, (size_t)(w->p - w->base)))
		return fails(s, "writing");
	if (fsync(fd) < 0)
		return fails(s, "to the disk");
	return LW_SUDO_GOOD;
}

/* The file must be right. The rest may be wrong already, and not by us. */
static enum lw_sudo_exit judge(const struct lw_sudo *s, bool strict)
{
	lw_cleanup(lw_free) char *words = NULL;
	lw_cleanup(lw_free) char *path = NULL;
	enum lw_err e;

	if (asprintf(&path, "%s/" NEW, s->dir) < 0) {
		path = NULL;
		return fails(s, "memory");
	}
	if (lw_visudo_file(path, &words) != LW_OK) {
		fprintf(stderr,
			"%slightwave-sudo: visudo does not take the new %s; "
			"nothing was changed\n",
			words ? words : "", s->dropin);
		return LW_SUDO_FAILS;
	}
	e = lw_visudo_policy(s->sudoers, path, &words);
	if (e == LW_OK)
		return LW_SUDO_GOOD;
	fprintf(stderr,
		"%slightwave-sudo: %s, or a file that it includes, %s%s\n",
		words ? words : "", s->sudoers,
		e == LW_INVALID ? "is wrong: visudo -c" : "cannot be judged",
		strict ? "; nothing was changed" : "");
	return strict ? LW_SUDO_FAILS : LW_SUDO_GOOD;
}

static enum lw_sudo_exit replace(const struct lw_sudo *s, int dir)
{
	if (renameat(dir, NEW, dir, LW_SUDO_DROPIN) < 0)
		return fails(s, "into its place");
	if (fsync(dir) == 0)
		return LW_SUDO_GOOD;
	fprintf(stderr,
		"lightwave-sudo: %s: %s: it is changed, but may not be after "
		"a power failure\n",
		s->dir, strerror(errno));
	return LW_SUDO_FAILS;
}

enum lw_sudo_exit lw_edit_commit(const struct lw_sudo *s, struct lw_edit *e,
				 bool strict)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	enum lw_sudo_exit x;

	lw_wr_heap(&w, LW_DROPIN_MAX);
	lw_dropin_render(&e->d, LW_SUDO_PLUGIN, &w);
	if (lw_wr_end(&w) != LW_OK) {
		errno = w.nomem ? ENOMEM : EFBIG;
		return fails(s, "its rules");
	}
	x = write_new(s, e->dir, &w);
	if (x == LW_SUDO_GOOD)
		x = judge(s, strict);
	if (x == LW_SUDO_GOOD)
		x = replace(s, e->dir);
	if (x != LW_SUDO_GOOD)
		unlinkat(e->dir, NEW, 0);
	return x;
}
