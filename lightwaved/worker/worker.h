/*
 * worker.h - one process, one job at a time, allowed to wait.
 */
#ifndef LW_WORKER_H
#define LW_WORKER_H

#include "setup.h"

/*
 * Read jobs from fd, do them, write the answers, until the master closes its
 * end. Returns the status to exit with.
 */
int lw_worker_run(const struct lw_setup *s, int fd);

#endif
