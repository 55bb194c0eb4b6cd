/*
 * sync_out.h - entries on their way to who follows the directory, part by
 * part, so that all of a domain takes the memory of one part. sync.c's own.
 */
#ifndef LW_SYNC_OUT_H
#define LW_SYNC_OUT_H

#include "entry.h"
#include "job_sync.h"
#include "sync.h"

struct lw_sync_out {
	lw_sync_emit_fn *emit;
	void *arg;
	struct lw_wr w; /* the part that is being written */
	uint32_t count; /* entries in it */
	uint32_t total; /* ... and in all */
};

void lw_sync_out_init(struct lw_sync_out *o, lw_sync_emit_fn *emit, void *arg);
void lw_sync_out_done(struct lw_sync_out *o);

/*
 * Add an entry; members (may be NULL) as lw_search_values() gives them;
 * their DNs go in the spelling of dn.h, what is none is left out.
 * LW_RANGE: it fits into no message, which is logged. LW_NOMEM, or what emit
 * gave.
 */
enum lw_err lw_sync_out_add(struct lw_sync_out *o,
			    const struct lw_entry_view *v,
			    const struct berval *members);

/* Emit what is left. */
enum lw_err lw_sync_out_flush(struct lw_sync_out *o);

#endif
