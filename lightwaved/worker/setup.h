/*
 * setup.h - what the master decides and every worker gets with the fork.
 */
#ifndef LW_SETUP_H
#define LW_SETUP_H

#include "config.h"
#include "servers.h"

struct lw_setup {
	const struct lw_config *config; /* replaced by a reload */
	struct lw_servers *servers;	/* shared */
	uint32_t cell; /* this worker's among theirs; the master's is 0 */
	const char *ticket_dir; /* private to us; a file a worker, see below */
};

#define LW_TICKET_PATH_MAX 4096

/* Where the worker with this pid puts a ticket for a moment. */
void lw_setup_ticket_path(const struct lw_setup *s, int pid,
			  char ret[LW_TICKET_PATH_MAX]);

/*
 * How long one operation on one server may take, in milliseconds: short
 * enough that a second server can be asked within the job's deadline.
 */
int lw_setup_op_ms(const struct lw_setup *s);

#endif
