/* listen.c - a socket the front asks on. The worker's master and creds. */
#include "listen.h"

#include "cleanup.h"
#include "localdb.h"
#include "log.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define FRONT_USER "lightwave"

static enum lw_err complain(const char *path, const char *why)
{
	lw_log(LOG_ERR, "%s: %s", path, why);
	return LW_OFFLINE;
}

static int new_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* LW_OK: nothing is in the way any more. */
static enum lw_err clear_way(const struct sockaddr_un *sun)
{
	lw_cleanup(lw_close) int fd = -1;
	struct stat st;

	if (lstat(sun->sun_path, &st) < 0)
		return errno == ENOENT
			       ? LW_OK
			       : complain(sun->sun_path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return complain(sun->sun_path, "is there and no socket");
	fd = new_socket();
	if (fd < 0)
		return complain(sun->sun_path, strerror(errno));
	/* Any answer but this one means that somebody listens. */
	if (connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == 0 ||
	    errno != ECONNREFUSED)
		return complain(sun->sun_path, "another instance runs");
	if (unlink(sun->sun_path) < 0)
		return complain(sun->sun_path, strerror(errno));
	return LW_OK;
}

enum lw_err lw_listen(const char *path, int *ret_fd)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	lw_cleanup(lw_close) int fd = new_socket();
	mode_t before;
	int rc;

	if (strlen(path) >= sizeof(sun.sun_path))
		return complain(path, "too long for a socket");
	memcpy(sun.sun_path, path, strlen(path) + 1);
	if (clear_way(&sun) != LW_OK)
		return LW_OFFLINE;

	before = umask(0177);
	rc = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&sun, sizeof(sun));
	umask(before);
	if (rc < 0 || chmod(path, 0660) < 0 || listen(fd, 16) < 0)
		return complain(path, strerror(errno));
	*ret_fd = lw_take_fd(&fd);
	return LW_OK;
}

bool lw_listen_may_speak(int fd)
{
	struct ucred cred;
	socklen_t n = sizeof(cred);
	uint32_t front;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) < 0)
		return false;
	if (cred.uid == 0 || cred.uid == geteuid())
		return true;
	/* Not by getpwnam(): it would ask the front, which asks us. */
	if (lw_local_id(LW_ETC_PASSWD, FRONT_USER, &front) == LW_OK &&
	    cred.uid == front)
		return true;
	lw_log(LOG_WARNING, "process %d of uid %u may not ask us",
	       (int)cred.pid, (unsigned int)cred.uid);
	return false;
}
