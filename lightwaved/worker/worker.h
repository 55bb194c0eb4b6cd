/*
 * worker.h - one process, one job at a time, allowed to wait.
 */
#ifndef LW_WORKER_H
#define LW_WORKER_H

#include "setup.h"

/* In the op of an answer: the verdict stands, its ticket is still to come. */
#define LW_OP_INTERIM 0x8000u

/*
 * Read jobs from fd, do them, write the answers, until the master closes its
 * end. Returns the status to exit with.
 */
int lw_worker_run(const struct lw_setup *s, int fd);

#endif
