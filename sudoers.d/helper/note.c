/*
 * note.c - who changed who may become root, for the system's log.
 * lightwave-sudo.
 *
 * By su or sudo everybody is root: the login uid is who logged in.
 */
#include "sudo.h"

#include "cleanup.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

static void login_uid(char *ret, size_t size)
{
	lw_cleanup(lw_fclose) FILE *f = fopen("/proc/self/loginuid", "re");

	if (!f || !fgets(ret, (int)size, f))
		snprintf(ret, size, "unknown");
	/* What never logged in has -1. */
	if (!strcmp(ret, "4294967295"))
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
