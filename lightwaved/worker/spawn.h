/*
 * spawn.h - fork a worker process.
 */
#ifndef LW_SPAWN_H
#define LW_SPAWN_H

#include "setup.h"

#include <sys/types.h>

/*
 * The new process does lw_worker_run() and ends; it keeps no descriptor of
 * the master's but standard input, output and error, and dies with it. name
 * is what ps(1) shows, cell its cell in the servers' table. LW_NOMEM: no
 * process or descriptor to be had.
 */
enum lw_err lw_spawn(const struct lw_setup *s, const char *name, uint32_t cell,
		     pid_t *ret_pid, int *ret_fd);

#endif
