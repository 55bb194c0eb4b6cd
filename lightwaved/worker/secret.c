/* secret.c - the machine's password. A worker, and the master's checks. */
#include "secret.h"

#include "cleanup.h"
#include "secret_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

void lw_secret_done(struct lw_secret *s)
{
	explicit_bzero(s, sizeof(*s));
}

/* O_NONBLOCK: a FIFO would keep us waiting before we saw that it is one. */
static enum lw_err open_guarded(const char *path, int *ret_fd,
				const char **ret_why)
{
	lw_cleanup(lw_close) int fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	*ret_why = fd < 0 ? strerror(errno) : lw_secret_guard(fd, path);
	if (*ret_why)
		return fd < 0 ? LW_OFFLINE : LW_INVALID;
	*ret_fd = lw_take_fd(&fd);
	return LW_OK;
}

static const char *fill(int fd, struct lw_secret *s)
{
	ssize_t got = 1;

	while (got > 0 && s->n < sizeof(s->p) - 1) {
		got = read(fd, s->p + s->n, sizeof(s->p) - 1 - s->n);
		if (got > 0)
			s->n += (size_t)got;
	}
	if (got < 0)
		return strerror(errno);
	if (s->n == sizeof(s->p) - 1)
		return "too long for a password";
	if (s->n > 0 && s->p[s->n - 1] == '\n')
		s->n--;
	s->p[s->n] = '\0';
	if (s->n == 0 || memchr(s->p, '\0', s->n))
		return "holds no password";
	return NULL;
}

enum lw_err lw_secret_read(const char *path, struct lw_secret *ret, char *why,
			   size_t why_size)
{
	lw_cleanup(lw_close) int fd = -1;
	lw_cleanup(lw_secret_done) struct lw_secret s = { 0 };
	const char *bad;
	enum lw_err e = open_guarded(path, &fd, &bad);

	if (e == LW_OK) {
		bad = fill(fd, &s);
		e = bad ? LW_INVALID : LW_OK;
	}
	if (e != LW_OK)
		snprintf(why, why_size, "%s: %s", path, bad);
	else
		*ret = s;
	return e;
}

enum lw_err lw_secret_check(const char *path, const char **ret_why)
{
	lw_cleanup(lw_close) int fd = -1;

	return open_guarded(path, &fd, ret_why) == LW_OK ? LW_OK : LW_INVALID;
}
