/* file.c - small secret files. lightwaved-creds. */
#include "file.h"

#include "cleanup.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static enum lw_err complain(const char *name, const char *what)
{
	lw_log(LOG_ERR, "%s: %s: %s", name, what, strerror(errno));
	return LW_OFFLINE;
}

static bool ours_alone(const struct stat *st)
{
	return S_ISREG(st->st_mode) && !(st->st_mode & 077) &&
	       (st->st_uid == geteuid() || geteuid() == 0);
}

enum lw_err lw_file_read(int dir, const char *name, void *buf, size_t size,
			 size_t *ret_n)
{
	lw_cleanup(lw_close) int fd = openat(
		dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	size_t n = 0;

	if (fd < 0 && errno == ENOENT)
		return LW_NOTFOUND;
	if (fd < 0 && errno == ELOOP)
		return LW_INVALID;
	if (fd < 0 || fstat(fd, &st) < 0)
		return complain(name, "cannot be read");
	if (!ours_alone(&st) || st.st_size < 0 || (size_t)st.st_size > size)
		return LW_INVALID;
	while (n < (size_t)st.st_size) {
		ssize_t r = read(fd, (char *)buf + n, (size_t)st.st_size - n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return complain(name, "cannot be read");
		if (r == 0)
			return LW_INVALID;
		n += (size_t)r;
	}
	*ret_n = n;
	return LW_OK;
}

static bool write_all(int fd, const void *p, size_t n)
{
	for (const char *at = p; n > 0;) {
		ssize_t r = write(fd, at, n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		at += r;
		n -= (size_t)r;
	}
	return true;
}

/* Another name for the same file would lose it too. */
static bool overwrite(int fd)
{
	static const char zeros[512];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return true;
	for (off_t left = st.st_size; left > 0;) {
		size_t n = left < (off_t)sizeof(zeros) ? (size_t)left
						       : sizeof(zeros);

		if (!write_all(fd, zeros, n))
			return false;
		left -= (off_t)n;
	}
	return fsync(fd) == 0;
}

enum lw_err lw_file_wipe(int dir, const char *name)
{
	lw_cleanup(lw_close) int fd = openat(
		dir, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool wiped;

	if (fd < 0 && errno == ENOENT)
		return LW_OK;
	wiped = fd >= 0 && overwrite(fd);
	if (!wiped)
		complain(name, "cannot be overwritten");
	if (unlinkat(dir, name, 0) < 0 || fsync(dir) < 0)
		return complain(name, "cannot be removed");
	return wiped ? LW_OK : LW_OFFLINE;
}

static enum lw_err write_new(int dir, const char *name, const void *p, size_t n)
{
	lw_cleanup(lw_close) int fd = openat(
		dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		0600);

	if (fd < 0 || !write_all(fd, p, n) || fsync(fd) < 0)
		return complain(name, "cannot be written");
	return LW_OK;
}

/*
 * The old one stays under the new one's name until it is overwritten: what is
 * left over by who was killed is found by that name, whichever it is.
 */
static enum lw_err swap(int dir, const char *new_name, const char *name)
{
	if (renameat2(dir, new_name, dir, name, RENAME_EXCHANGE) == 0)
		return fsync(dir) < 0 ? complain(name, "cannot be synced")
				      : lw_file_wipe(dir, new_name);
	if (errno != ENOENT ||
	    renameat2(dir, new_name, dir, name, RENAME_NOREPLACE) < 0)
		return complain(name, "cannot be replaced");
	return fsync(dir) < 0 ? complain(name, "cannot be synced") : LW_OK;
}

enum lw_err lw_file_replace(int dir, const char *name, const void *p, size_t n)
{
	char new_name[NAME_MAX + 1];
	enum lw_err e;
	int r = snprintf(new_name, sizeof(new_name), "%s" LW_FILE_NEW, name);

	if (r < 0 || (size_t)r >= sizeof(new_name))
		return LW_OFFLINE;
	e = lw_file_wipe(dir, new_name);
	if (e == LW_OK)
		e = write_new(dir, new_name, p, n);
	if (e == LW_OK)
		e = swap(dir, new_name, name);
	if (e != LW_OK)
		lw_file_wipe(dir, new_name);
	return e;
}
