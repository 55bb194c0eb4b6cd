/*
 * tool.h - run one of sudo's programs: no shell, no environment of the
 * caller's, a deadline. lightwave-sudo.
 */
#ifndef LW_TOOL_H
#define LW_TOOL_H

#include "wire.h"

#ifndef LW_CVTSUDOERS
#define LW_CVTSUDOERS "/usr/bin/cvtsudoers"
#endif
#ifndef LW_VISUDO
#define LW_VISUDO "/usr/sbin/visudo"
#endif
#ifndef LW_SUDO
#define LW_SUDO "/usr/bin/sudo"
#endif

#ifndef LW_TOOL_SECONDS
#define LW_TOOL_SECONDS 60
#endif
#define LW_TOOL_OUT (64 * 1024 * 1024) /* more than this nobody wrote */

/* What it said, NUL-terminated, and how it ended. lw_tool_done() frees. */
struct lw_tool {
	char *out, *err;
	size_t out_n, err_n;
	int status; /* its exit status; -1: a signal's */
};

/*
 * Run argv[0], an absolute path, with in on its standard input. ret is to be
 * released in any case. LW_NOTFOUND: there is no such program. LW_OFFLINE: it
 * was not done in time, and was ended. LW_RANGE: it said too much. LW_NOMEM,
 * also where the system does not tell how it ended.
 */
enum lw_err lw_tool_run(char *const argv[], struct lw_str in,
			struct lw_tool *ret);
void lw_tool_done(struct lw_tool *t);

/* Say on stderr why that program could not be run to its end. */
void lw_tool_say(const char *program, enum lw_err e);

#endif
