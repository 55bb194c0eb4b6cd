/* sync.c - what changed, or all there is. A worker process of the sync pool. */
#include "sync.h"

#include "cleanup.h"
#include "sync_memory.h"

#include <malloc.h>
#include <string.h>

static struct lw_sync_memory memory;

/* Which groups there were stays true: a bad answer takes no such memory. */
static void forget_numbers(void)
{
	lw_sync_seen_done(&memory.seen);
	memory.space = (struct lw_usn_space) { .link = 0 };
	memory.fresh = false;
}

void lw_sync_forget(void)
{
	forget_numbers();
	lw_strset_done(&memory.groups);
}

/* Another server's numbers are others: nothing of what was seen holds. */
static enum lw_err look_around(struct lw_conn *c, struct lw_sync_memory *m)
{
	struct lw_usn_space now = m->space;
	enum lw_err e = lw_usn_space_read(c, &now, &m->fresh);

	if (e == LW_OK && strcmp(now.server, m->space.server) != 0)
		lw_sync_seen_done(&m->seen);
	if (e == LW_OK)
		m->space = now;
	return e;
}

static enum lw_err answer(struct lw_conn *c, struct lw_sync_memory *m,
			  const struct lw_sync *q, struct lw_sync_out *o,
			  struct lw_sync_end *end)
{
	switch (q->how) {
	case LW_SYNC_CHANGES:
		return lw_sync_changes(c, m, q, o, end);
	case LW_SYNC_EVERYTHING:
	case LW_SYNC_SIDS:
		return lw_sync_all(c, m, q, o, end);
	case LW_SYNC_HOW_COUNT:
		break;
	}
	return LW_PROTO;
}

enum lw_err lw_sync_run(struct lw_conn *c, struct lw_rd *question,
			lw_sync_emit_fn *emit, void *arg, struct lw_wr *w)
{
	lw_cleanup(lw_sync_out_done) struct lw_sync_out out;
	struct lw_sync_end end = { .highest = 0 };
	char domain_sid[LW_SID_MAX];
	struct lw_sync q;
	enum lw_err e = lw_sync_decode(question, &q);

	lw_sync_out_init(&out, emit, arg);
	if (e != LW_OK)
		return e;
	memcpy(domain_sid, c->sid, sizeof(domain_sid)); /* a close takes it */
	e = look_around(c, &memory);
	if (e == LW_OK)
		e = answer(c, &memory, &q, &out, &end);
	/* A whole directory is not read again for long. */
	if (q.how != LW_SYNC_CHANGES)
		malloc_trim(0);
	if (e == LW_OK && end.kind != LW_SYNCED_TOO_MANY &&
	    end.kind != LW_SYNCED_UNTOLD && end.kind != LW_SYNCED_UNKNOWN)
		e = lw_sync_out_flush(&out);
	/* Nobody knows what of it arrived. */
	if (e != LW_OK) {
		forget_numbers();
		return e == LW_NOTFOUND ? LW_OFFLINE : e;
	}
	end.domain_sid = lw_str(domain_sid);
	end.server = lw_str(memory.space.server);
	end.total = out.total - out.count; /* what was emitted */
	lw_sync_end_encode(w, &end);
	return lw_wr_end(w);
}
