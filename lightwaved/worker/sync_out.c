/* sync_out.c - entries on their way, part by part. A worker; pure. */
#include "sync_out.h"

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

static bool is_dn(const struct berval *v)
{
	return v->bv_len > 0 && !memchr(v->bv_val, '\0', v->bv_len);
}

enum lw_err lw_sync_out_add(struct lw_sync_out *o,
			    const struct lw_entry_view *v,
			    const struct berval *members)
{
	uint32_t n = 0;

	if (v->e.kind != LW_KIND_GROUP)
		members = NULL;
	for (size_t i = 0; members && members[i].bv_val; i++)
		n += is_dn(&members[i]);
	lw_sync_entry_encode(&o->w, &v->e, v->usn, n);
	for (size_t i = 0; members && members[i].bv_val; i++) {
		if (is_dn(&members[i]))
			lw_wr_str(&o->w, (struct lw_str) { members[i].bv_val,
							   members[i].bv_len });
	}
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
