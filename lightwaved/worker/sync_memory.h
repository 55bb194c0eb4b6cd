/*
 * sync_memory.h - what this process remembers between two questions, and the
 * three ways to answer one. sync.c's own.
 */
#ifndef LW_SYNC_MEMORY_H
#define LW_SYNC_MEMORY_H

#include "dnset.h"
#include "strset.h"
#include "sync_out.h"
#include "sync_seen.h"
#include "usn.h"

struct lw_sync_memory {
	struct lw_usn_space space;
	struct lw_sync_seen seen; /* of that server */
	struct lw_strset groups;  /* DNs: of the last list, and since */
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

/*
 * Where to go on from after a list of entries and their numbers, which ended
 * with `highest`: the last of them, whose entry shows at the next question
 * that the numbers have not gone back; else highest.
 */
uint64_t lw_sync_begin(const struct lw_dnset *met, uint64_t highest);

/* Where nothing can be said about the past: end says where to go on. */
enum lw_err lw_sync_unknown(struct lw_conn *c, struct lw_sync_memory *m,
			    struct lw_sync_end *end);

#endif
