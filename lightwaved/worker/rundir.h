/*
 * rundir.h - what lies beside the jobs socket, for this user alone.
 */
#ifndef LW_RUNDIR_H
#define LW_RUNDIR_H

#include "err.h"

/*
 * Make the directory jobs_path.tickets, mode 0700 and empty, and name it and
 * jobs_path.krb5.conf, libkrb5's configuration; both strings are the
 * caller's, also after an error. LW_OFFLINE: not possible; logged.
 */
enum lw_err lw_rundir_prepare(const char *jobs_path, char **ret_ticket_dir,
			      char **ret_krb5_path);

/* Remove and release; either may be NULL. */
void lw_rundir_remove(char *ticket_dir, char *krb5_path);

#endif
