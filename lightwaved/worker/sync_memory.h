/*
 * sync_memory.h - what this process remembers between two questions, and the
 * three ways to answer one. sync.c's own.
 */
#ifndef LW_SYNC_MEMORY_H
#define LW_SYNC_MEMORY_H

#include "sync_out.h"
#include "sync_seen.h"
#include "usn.h"

struct lw_sync_memory {
	struct lw_usn_space space;
	struct lw_sync_seen seen; /* of that server */
	bool fresh;		  /* space was read for this question */
};

/* Errors as lw_sync_run(); end has kind and highest to be filled in. */
enum lw_err lw_sync_changes(struct lw_conn *c, struct lw_sync_memory *m,
			    const struct lw_sync *q, struct lw_sync_out *o,
			    struct lw_sync_end *end);

/* LW_SYNC_EVERYTHING and LW_SYNC_SIDS. */
enum lw_err lw_sync_all(struct lw_conn *c, struct lw_sync_memory *m,
			const struct lw_sync *q, struct lw_sync_out *o,
			struct lw_sync_end *end);

/* Where nothing can be said about the past: end says where to go on. */
enum lw_err lw_sync_unknown(struct lw_conn *c, struct lw_sync_memory *m,
			    struct lw_sync_end *end);

#endif
