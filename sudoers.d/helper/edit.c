/*
 * edit.c - read /etc/sudoers.d/lightwave, and hold it. lightwave-sudo.
 *
 * Two locks: flock(2) on the policy, for lightwave-sudo alone, and on the file
 * the one that visudo(8) takes, so that neither writes over what the other has
 * open. Whoever can open a file can hold the first: the policy is root's to
 * read, the directory may be everybody's.
 */
#include "edit.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define LOCK_MS	      30000
#define LOCK_PAUSE_MS 50

static enum lw_sudo_exit fails(const char *path, const char *why)
{
	fprintf(stderr, "lightwave-sudo: %s: %s\n", path, why);
	return LW_SUDO_FAILS;
}

void lw_edit_done(struct lw_edit *e)
{
	lw_dropin_done(&e->d);
	free(e->text);
	lw_close(&e->file);
	lw_close(&e->dir);
	lw_close(&e->lock);
	*e = (struct lw_edit)LW_EDIT_CLOSED;
}

/* Who can write there decides who is root. */
static bool only_roots(const struct stat *st)
{
	bool group = (st->st_mode & S_IWGRP) && st->st_gid != 0;

	return st->st_uid == 0 && !group && !(st->st_mode & S_IWOTH);
}

static enum lw_sudo_exit open_dir(const struct lw_sudo *s, struct lw_edit *e)
{
	struct stat st;

	e->dir = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (e->dir < 0 || fstat(e->dir, &st) < 0)
		return fails(s->dir, strerror(errno));
	if (!only_roots(&st))
		return fails(s->dir, "others than root may write there: sudo "
				     "does not read it; chown root: and chmod "
				     "0750");
	return LW_SUDO_GOOD;
}

/* A revocation needs no policy: without one the directory must do. */
static enum lw_sudo_exit lock(const struct lw_sudo *s, struct lw_edit *e)
{
	struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };

	e->lock = open(s->sudoers, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (e->lock < 0 && errno != ENOENT)
		return fails(s->sudoers, strerror(errno));
	for (int waited = 0; waited < LOCK_MS; waited += LOCK_PAUSE_MS) {
		if (flock(e->lock < 0 ? e->dir : e->lock, LOCK_EX | LOCK_NB) ==
		    0)
			return LW_SUDO_GOOD;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fails(s->sudoers, strerror(errno));
		nanosleep(&pause, NULL);
	}
	return fails(s->sudoers, "another lightwave-sudo is at work");
}

static enum lw_sudo_exit lock_file(const struct lw_sudo *s, int fd)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &fl) == 0)
		return LW_SUDO_GOOD;
	if (errno == EACCES || errno == EAGAIN)
		return fails(s->dropin, "visudo has it open: end that first");
	return fails(s->dropin, strerror(errno));
}

static enum lw_sudo_exit slurp(const struct lw_sudo *s, struct lw_edit *e,
			       size_t size, struct lw_str *ret)
{
	size_t n = 0;

	e->text = malloc(size + 1);
	if (!e->text)
		return fails(s->dropin, strerror(ENOMEM));
	while (n < size) {
		ssize_t r = read(e->file, e->text + n, size - n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return fails(s->dropin, r < 0 ? strerror(errno)
						      : "it changes meanwhile");
		n += (size_t)r;
	}
	*ret = (struct lw_str) { e->text, n };
	return LW_SUDO_GOOD;
}

static enum lw_sudo_exit parse(const struct lw_sudo *s, struct lw_edit *e,
			       struct lw_str text)
{
	unsigned int line = 0;
	enum lw_err err;

	/* Where a line of ours ended with it, it would hide what follows. */
	if (memchr(text.s, '\0', text.n))
		return fails(s->dropin, "no text: it has a NUL in it");
	err = lw_dropin_parse(text, &e->d, &line);
	if (err == LW_OK)
		return LW_SUDO_GOOD;
	if (err == LW_NOTOURS)
		return fails(s->dropin,
			     "lightwave-sudo did not write this file: rename "
			     "it, and sudo goes on reading it");
	if (err == LW_INVALID) {
		fprintf(stderr,
			"lightwave-sudo: %s:%u: lightwave-sudo did not write "
			"this line: move it to a file of its own beside this "
			"one\n",
			s->dropin, line);
		return LW_SUDO_FAILS;
	}
	return fails(s->dropin, lw_strerror(err));
}

static enum lw_sudo_exit read_file(const struct lw_sudo *s, bool hold,
				   struct lw_edit *e)
{
	struct lw_str text = { 0 };
	enum lw_sudo_exit x;
	struct stat st;

	e->file = openat(e->dir, LW_SUDO_DROPIN,
			 (hold ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK |
				 O_CLOEXEC);
	if (e->file < 0 && errno == ENOENT)
		return LW_SUDO_GOOD;
	if (e->file < 0)
		return fails(s->dropin, errno == ELOOP ? "a symbolic link: "
							 "remove it"
						       : strerror(errno));
	if (fstat(e->file, &st) < 0)
		return fails(s->dropin, strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size > LW_DROPIN_MAX)
		return fails(s->dropin, "no file that lightwave-sudo wrote");
	if (!only_roots(&st))
		return fails(s->dropin,
			     "others than root may write it: see what it says, "
			     "then chown root: and chmod 0440");
	x = hold ? lock_file(s, e->file) : LW_SUDO_GOOD;
	if (x == LW_SUDO_GOOD)
		x = slurp(s, e, (size_t)st.st_size, &text);
	return x == LW_SUDO_GOOD ? parse(s, e, text) : x;
}

enum lw_sudo_exit lw_edit_read(const struct lw_sudo *s, struct lw_edit *ret)
{
	enum lw_sudo_exit x = open_dir(s, ret);

	return x == LW_SUDO_GOOD ? read_file(s, false, ret) : x;
}

enum lw_sudo_exit lw_edit_begin(const struct lw_sudo *s, struct lw_edit *ret)
{
	enum lw_sudo_exit x = open_dir(s, ret);

	if (x == LW_SUDO_GOOD)
		x = lock(s, ret);
	return x == LW_SUDO_GOOD ? read_file(s, true, ret) : x;
}
