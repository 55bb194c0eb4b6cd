/* place.c - where sockets are. The front. */
#include "place.h"

#include "cleanup.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/*
 * A socket file is stale if nobody answers on it. Who has more clients waiting
 * than he takes does not answer at once, and is there.
 */
static bool somebody_listens(const struct sockaddr_un *sun)
{
	lw_cleanup(lw_close) int fd = -1;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd >= 0 &&
	       (connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == 0 ||
		errno == EAGAIN);
}

enum lw_err lw_place_find(const char *dir, const char *name,
			  struct sockaddr_un *ret)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int n = snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/%s", dir,
			 name);

	if (n < 0 || (size_t)n >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return LW_RANGE;
	}
	if (somebody_listens(&sun)) {
		errno = EADDRINUSE;
		return LW_OFFLINE;
	}
	*ret = sun;
	return LW_OK;
}

void lw_place_complain(const char *dir)
{
	lw_log(LOG_ERR, "cannot listen in %s, which must exist: %s", dir,
	       errno == EADDRINUSE ? "another lightwaved runs"
				   : strerror(errno));
}

enum lw_err lw_place_alone(const char *dir)
{
	struct sockaddr_un sun;
	enum lw_err e = lw_place_find(dir, "priv", &sun);

	if (e == LW_OK)
		e = lw_place_find(dir, "nss", &sun);
	if (e != LW_OK)
		lw_place_complain(dir);
	return e;
}
