/* secret.c - the machine's password. A worker, and the master's checks. */
#include "secret.h"

#include "cleanup.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

void lw_secret_done(struct lw_secret *s)
{
	explicit_bzero(s, sizeof(*s));
}

static enum lw_err complain(const char *path, const char *why, enum lw_err e)
{
	lw_log(LOG_ERR, "%s: %s", path, why);
	return e;
}

enum lw_err lw_secret_read(const char *path, struct lw_secret *ret)
{
	lw_cleanup(lw_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	lw_cleanup(lw_secret_done) struct lw_secret s = { 0 };
	ssize_t got = 1;

	if (fd < 0)
		return complain(path, strerror(errno), LW_OFFLINE);
	while (got > 0 && s.n < sizeof(s.p)) {
		got = read(fd, s.p + s.n, sizeof(s.p) - s.n);
		if (got > 0)
			s.n += (size_t)got;
	}
	if (got < 0)
		return complain(path, strerror(errno), LW_OFFLINE);
	if (s.n == sizeof(s.p))
		return complain(path, "too long for a password", LW_INVALID);
	if (s.n > 0 && s.p[s.n - 1] == '\n')
		s.n--;
	if (s.n == 0 || memchr(s.p, '\0', s.n))
		return complain(path, "holds no password", LW_INVALID);
	*ret = s;
	return LW_OK;
}

enum lw_err lw_secret_check(const char *path, const char **ret_why)
{
	lw_cleanup(lw_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	*ret_why = NULL;
	if (fd < 0 || fstat(fd, &st) < 0)
		*ret_why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		*ret_why = "not a regular file";
	else if (st.st_mode & (S_IROTH | S_IWOTH))
		*ret_why = "everybody can read or write it";
	else if (st.st_mode & S_IWGRP)
		*ret_why = "its group can write it";
	else if (st.st_size == 0)
		*ret_why = "empty";
	return *ret_why ? LW_INVALID : LW_OK;
}
