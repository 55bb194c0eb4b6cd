/*
 * procs.h - which users and groups the processes of this host have, as the
 * kernel says. lightwavectl.
 */
#ifndef LW_PROCS_H
#define LW_PROCS_H

#include "wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_PROC_IDS 4 /* real, effective, saved, that of the file system */

struct lw_proc {
	uint32_t pid;
	char comm[72]; /* as the kernel escapes it: no newline, no control */
	uint32_t uid[LW_PROC_IDS], gid[LW_PROC_IDS];
	uint32_t *groups;
	size_t groups_n;
	uint32_t login; /* who logged in (loginuid); UINT32_MAX: not known */
	bool elsewhere; /* in another user namespace than ours */
	uint32_t threads;
	bool ended;
};

struct lw_procs {
	struct lw_proc *v;
	size_t n;
};

/*
 * All processes under root ("/proc") that have any id but root's; one whose
 * threads have ids of their own stands there once for each of these. Those that
 * end meanwhile, or have ended and wait for their parent, are left out: they
 * hold nothing. ret is released with lw_procs_done(). LW_DENIED: the processes
 * of others are hidden from us (hidepid of proc(5)). LW_OFFLINE: root is no
 * such directory. LW_NOMEM.
 */
enum lw_err lw_procs_read(const char *root, struct lw_procs *ret);
void lw_procs_done(struct lw_procs *p);

/*
 * Inside, and its test: text is what /proc/PID/status has, and is taken apart.
 * LW_NOTFOUND: it has ended, and all of its threads. LW_PROTO: that is no such
 * text. LW_NOMEM.
 */
enum lw_err lw_proc_parse(char *text, struct lw_proc *ret);

#endif
