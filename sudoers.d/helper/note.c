/*
 * note.c - who changed who may become root, for the system's log.
 * lightwave-sudo.
 *
 * By su or sudo everybody is root: the login uid is who logged in.
 */
#include "sudo.h"

#include "cleanup.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

/* Where there is none it is -1, or there is no such file. */
static void login_uid(char *ret, size_t size)
{
	lw_cleanup(lw_close) int fd =
		open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, ret, size - 1) : -1;

	ret[n > 0 ? n : 0] = '\0';
	if (!*ret || !strcmp(ret, "4294967295"))
		snprintf(ret, size, "none");
}

void lw_sudo_note(const char *did, struct lw_str name, struct lw_str sid,
		  struct lw_str rule)
{
	char uid[16];

	login_uid(uid, sizeof(uid));
	openlog("lightwave-sudo", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_NOTICE, "%s %.*s (%.*s): %.*s; login uid %s", did,
	       (int)name.n, name.s, (int)sid.n, sid.s, (int)rule.n, rule.s,
	       uid);
	closelog();
}
