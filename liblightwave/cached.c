/* cached.c - what is known of an entry, as bytes. The front, lightwavectl. */
#include "cached.h"

#define ITEM_MIN (2 + 4 + 3 * 4 + 3 * 4 + 4 + 3 * 4)

static void put_age(struct lw_wr *w, const struct lw_cached_age *a)
{
	lw_wr_u32(w, a->age);
	lw_wr_u32(w, a->fresh);
	lw_wr_u32(w, a->offline);
}

static struct lw_cached_age take_age(struct lw_rd *r)
{
	struct lw_cached_age a;

	a.age = lw_rd_u32(r);
	a.fresh = lw_rd_u32(r);
	a.offline = lw_rd_u32(r);
	return a;
}

void lw_cached_encode(struct lw_wr *w, const struct lw_cached *c)
{
	lw_wr_u8(w, (uint8_t)c->kind);
	lw_wr_u8(w, (uint8_t)c->from);
	lw_wr_u32(w, c->id);
	lw_wr_str(w, c->name);
	lw_wr_str(w, c->sid);
	lw_wr_str(w, c->dn);
	put_age(w, &c->entry);
	lw_wr_u32(w, c->count);
	put_age(w, &c->list);
}

struct lw_cached lw_cached_decode(struct lw_rd *r)
{
	struct lw_cached c;
	uint8_t kind = lw_rd_u8(r), from = lw_rd_u8(r);

	c.id = lw_rd_u32(r);
	c.name = lw_rd_str(r);
	c.sid = lw_rd_str(r);
	c.dn = lw_rd_str(r);
	c.entry = take_age(r);
	c.count = lw_rd_u32(r);
	c.list = take_age(r);
	if ((kind != LW_KIND_USER && kind != LW_KIND_GROUP) || from == 0 ||
	    from >= LW_CACHED_FROM_COUNT)
		r->bad = true;
	c.kind = (enum lw_kind)kind;
	c.from = (enum lw_cached_from)from;
	return c;
}

enum lw_err lw_cached_list_decode(struct lw_rd *r, struct lw_cached_list *ret)
{
	struct lw_cached_list l = { .count = lw_rd_count(r, ITEM_MIN) };

	l.each = *r;
	for (uint32_t i = 0; i < l.count && !r->bad; i++)
		lw_cached_decode(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = l;
	return LW_OK;
}

void lw_drop_encode(struct lw_wr *w, const struct lw_drop *d)
{
	lw_wr_u8(w, (uint8_t)d->how);
	lw_wr_str(w, d->name);
}

enum lw_err lw_drop_decode(struct lw_rd *r, struct lw_drop *ret)
{
	struct lw_drop d;
	uint8_t how = lw_rd_u8(r);

	d.name = lw_rd_str(r);
	if (lw_rd_end(r) != LW_OK || how >= LW_DROP_HOW_COUNT ||
	    (how == LW_DROP_ALL) != (d.name.n == 0))
		return LW_PROTO;

	d.how = (enum lw_drop_how)how;
	*ret = d;
	return LW_OK;
}
