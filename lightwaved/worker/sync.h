/*
 * sync.h - what changed in the directory, or all there is. A worker process.
 *
 * One process asks again and again over one connection, and remembers per
 * server what it has reported, so that a question after which nothing has
 * happened costs one small search.
 */
#ifndef LW_SYNC_H
#define LW_SYNC_H

#include "conn.h"
#include "job.h"

/*
 * Numbers are given out before they are committed, so a lower one may appear
 * after a higher one: so far back everything is looked at again.
 */
#define LW_SYNC_MARGIN 50

/*
 * Takes one part of the answer, the body of a message as job.h has it (status
 * LW_OK, count, entries); body is borrowed. What it returns, unless LW_OK,
 * ends the reading and comes back from it.
 */
typedef enum lw_err lw_sync_emit_fn(void *arg, struct lw_str body);

/*
 * Answer a SYNC on a connection bound as the machine: question is the body of
 * its message, the parts go to emit as they come, in bounded memory, and the
 * sync_end is written to end (after the status, which is the caller's).
 *
 * LW_OK: the end says what the parts are worth. LW_PROTO: no such question.
 * LW_OFFLINE: not answered, or not whole, and nothing of what was emitted may
 * be used; c->broken tells whether asking again could help, which is for who
 * asked to decide: parts are never taken back. LW_RANGE: more than can be
 * held. LW_NOMEM, or what emit gave.
 */
enum lw_err lw_sync_run(struct lw_conn *c, struct lw_rd *question,
			lw_sync_emit_fn *emit, void *arg, struct lw_wr *end);

/* Remember nothing of any server: the next answers say more than they need. */
void lw_sync_forget(void);

#endif
