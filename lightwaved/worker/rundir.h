/*
 * rundir.h - what lies beside the jobs socket, for this user alone.
 */
#ifndef LW_RUNDIR_H
#define LW_RUNDIR_H

#include "err.h"

/*
 * Make tickets/, mode 0700 and empty, in the directory of the socket at
 * jobs_path, and name it and the place of krb5.conf; both strings are the
 * caller's, also after an error. LW_OFFLINE: not possible; logged.
 */
enum lw_err lw_rundir_prepare(const char *jobs_path, char **ret_ticket_dir,
			      char **ret_krb5_path);

/* Remove and release; either may be NULL. */
void lw_rundir_remove(char *ticket_dir, char *krb5_path);

#endif
