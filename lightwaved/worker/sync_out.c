/* sync_out.c - entries on their way, part by part. A worker; pure. */
#include "sync_out.h"

#include "cleanup.h"
#include "dn.h"
#include "log.h"

#include <string.h>

#define PART_BYTES   (256 * 1024)
#define PART_ENTRIES 1000

static void begin(struct lw_sync_out *o)
{
	/* What a large group has taken is given back. */
	if (o->w.base && o->w.end - o->w.base > 2 * PART_BYTES) {
		lw_wr_done(&o->w);
		lw_wr_heap(&o->w, LW_REPLY_MAX);
	}
	o->w.p = o->w.base;
	o->count = 0;
	lw_wr_u32(&o->w, LW_OK);
	lw_wr_u32(&o->w, 0);
}

void lw_sync_out_init(struct lw_sync_out *o, lw_sync_emit_fn *emit, void *arg)
{
	*o = (struct lw_sync_out) { .emit = emit, .arg = arg };
	lw_wr_heap(&o->w, LW_REPLY_MAX);
	begin(o);
}

void lw_sync_out_done(struct lw_sync_out *o)
{
	lw_wr_done(&o->w);
}

enum lw_err lw_sync_out_flush(struct lw_sync_out *o)
{
	enum lw_err e = lw_wr_end(&o->w);

	if (e != LW_OK || o->count == 0)
		return e;
	lw_put_u32(o->w.base + 4, o->count);
	e = o->emit(o->arg, (struct lw_str) { (const char *)o->w.base,
					      (size_t)(o->w.p - o->w.base) });
	begin(o);
	return e;
}

/* How many of them are DNs, which are written; the others are nobody's. */
static enum lw_err write_members(struct lw_wr *w, const struct berval *members,
				 uint32_t *ret_n)
{
	uint32_t n = 0;

	for (size_t i = 0; members && members[i].bv_val; i++) {
		lw_cleanup(lw_dn_done) struct lw_dn dn = { .own = NULL };
		struct lw_str raw = { members[i].bv_val, members[i].bv_len };
		enum lw_err e = lw_dn_read(raw, &dn);

		if (e == LW_NOMEM)
			return e;
		if (e != LW_OK)
			continue;
		lw_wr_str(w, dn.s);
		n++;
	}
	*ret_n = n;
	return LW_OK;
}

enum lw_err lw_sync_out_add(struct lw_sync_out *o,
			    const struct lw_entry_view *v,
			    const struct berval *members)
{
	uint32_t n = 0;
	size_t at;
	enum lw_err e;

	if (v->e.kind != LW_KIND_GROUP)
		members = NULL;
	lw_sync_entry_encode(&o->w, &v->e, v->usn, 0);
	at = (size_t)(o->w.p - o->w.base);
	e = write_members(&o->w, members, &n);
	if (e != LW_OK)
		return e;
	if (lw_wr_end(&o->w) == LW_OK)
		lw_put_u32(o->w.base + at - 4, n);
	o->count++;
	o->total++;
	if (lw_wr_end(&o->w) == LW_RANGE)
		lw_log(LOG_ERR,
		       "'%s' has too many members: the domain is not followed",
		       v->dn);
	if (lw_wr_end(&o->w) != LW_OK)
		return lw_wr_end(&o->w);
	return o->count >= PART_ENTRIES || o->w.p - o->w.base > PART_BYTES
		       ? lw_sync_out_flush(o)
		       : LW_OK;
}
