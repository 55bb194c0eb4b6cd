/* granted.c - who has which groups, as bytes. The front, lightwavectl. */
#include "granted.h"

#define MAPPED_MIN (1 + 4 + 2 * 4)

void lw_granted_encode(struct lw_wr *w, const struct lw_granted *q)
{
	lw_wr_u32(w, q->uid);
	lw_wr_str(w, q->user);
}

enum lw_err lw_granted_decode(struct lw_rd *r, struct lw_granted *ret)
{
	struct lw_granted q;

	q.uid = lw_rd_u32(r);
	q.user = lw_rd_str(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = q;
	return LW_OK;
}

void lw_granted_answer_encode(struct lw_wr *w,
			      const struct lw_granted_answer *a)
{
	lw_wr_u8(w, a->disabled);
	lw_wr_u8(w, a->away);
	lw_wr_u32(w, a->age);
	lw_wr_u32(w, a->uid);
	lw_wr_str(w, a->name);
}

enum lw_err lw_granted_answer_decode(struct lw_rd *r,
				     struct lw_granted_answer *ret)
{
	struct lw_granted_answer a;
	uint8_t disabled = lw_rd_u8(r), away = lw_rd_u8(r);
	uint32_t count;

	a.disabled = disabled == 1;
	a.away = away == 1;
	a.age = lw_rd_u32(r);
	a.uid = lw_rd_u32(r);
	a.name = lw_rd_str(r);
	a.gids = *r;
	count = lw_rd_count(r, 4);
	for (uint32_t i = 0; i < count && !r->bad; i++)
		lw_rd_u32(r);
	if (lw_rd_end(r) != LW_OK || disabled > 1 || away > 1)
		return LW_PROTO;

	*ret = a;
	return LW_OK;
}

void lw_local_mapped_encode(struct lw_wr *w, const struct lw_local_mapped *m)
{
	lw_wr_u8(w, m->given);
	lw_wr_u32(w, m->gid);
	lw_wr_str(w, m->local);
	lw_wr_str(w, m->directory);
}

struct lw_local_mapped lw_local_mapped_read(struct lw_rd *r)
{
	struct lw_local_mapped m;
	uint8_t given = lw_rd_u8(r);

	m.given = given == 1;
	m.gid = lw_rd_u32(r);
	m.local = lw_rd_str(r);
	m.directory = lw_rd_str(r);
	if (given > 1)
		r->bad = true;
	return m;
}

enum lw_err lw_local_mapped_list_decode(struct lw_rd *r,
					struct lw_local_mapped_list *ret)
{
	struct lw_local_mapped_list l = { .count = lw_rd_count(r, MAPPED_MIN) };

	l.each = *r;
	for (uint32_t i = 0; i < l.count && !r->bad; i++)
		lw_local_mapped_read(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = l;
	return LW_OK;
}
