/* member.c - the questions of sudoers.d/ as bytes. Any process; libc only. */
#include "member.h"

#define STR_MIN	     4
#define RESOLVED_MIN (1 + 4 + 2 * STR_MIN)

void lw_member_encode(struct lw_wr *w, const struct lw_member *m)
{
	lw_wr_u8(w, (uint8_t)m->what_for);
	lw_wr_u32(w, m->uid);
	lw_wr_str(w, m->user);
	lw_wr_str(w, m->group);
}

enum lw_err lw_member_decode(struct lw_rd *r, struct lw_member *ret)
{
	struct lw_member m;
	uint8_t what_for = lw_rd_u8(r);

	m.what_for = (enum lw_member_for)what_for;
	m.uid = lw_rd_u32(r);
	m.user = lw_rd_str(r);
	m.group = lw_rd_str(r);
	if (lw_rd_end(r) != LW_OK || what_for == 0 ||
	    what_for >= LW_MEMBER_FOR_COUNT)
		return LW_PROTO;

	*ret = m;
	return LW_OK;
}

void lw_member_answer_encode(struct lw_wr *w, const struct lw_member_answer *a)
{
	lw_wr_u8(w, a->yes);
	lw_wr_u8(w, a->away);
	lw_wr_u32(w, a->age);
	lw_wr_u32(w, a->gid);
	lw_wr_str(w, a->group);
	lw_wr_str(w, a->sid);
	lw_wr_u32(w, a->count);
}

enum lw_err lw_member_answer_decode(struct lw_rd *r,
				    struct lw_member_answer *ret)
{
	struct lw_member_answer a;
	uint8_t yes = lw_rd_u8(r), away = lw_rd_u8(r);

	a.yes = yes == 1;
	a.away = away == 1;
	a.age = lw_rd_u32(r);
	a.gid = lw_rd_u32(r);
	a.group = lw_rd_str(r);
	a.sid = lw_rd_str(r);
	a.count = lw_rd_count(r, STR_MIN);
	a.path = *r;
	for (uint32_t i = 0; i < a.count && !r->bad; i++)
		lw_rd_str(r);
	if (lw_rd_end(r) != LW_OK || yes > 1 || away > 1)
		return LW_PROTO;

	*ret = a;
	return LW_OK;
}

void lw_resolve_encode(struct lw_wr *w, const struct lw_resolve *q)
{
	lw_wr_u8(w, (uint8_t)q->what);
	lw_wr_str(w, q->name);
}

enum lw_err lw_resolve_decode(struct lw_rd *r, struct lw_resolve *ret)
{
	struct lw_resolve q;
	uint8_t what = lw_rd_u8(r);

	q.what = (enum lw_resolve_what)what;
	q.name = lw_rd_str(r);
	if (lw_rd_end(r) != LW_OK || what >= LW_RESOLVE_WHAT_COUNT)
		return LW_PROTO;

	*ret = q;
	return LW_OK;
}

void lw_resolved_encode(struct lw_wr *w, const struct lw_resolved *o)
{
	lw_wr_u8(w, (uint8_t)o->what);
	lw_wr_u32(w, o->id);
	lw_wr_str(w, o->name);
	lw_wr_str(w, o->sid);
}

struct lw_resolved lw_resolved_read(struct lw_rd *r)
{
	struct lw_resolved o;
	uint8_t what = lw_rd_u8(r);

	o.what = (enum lw_resolve_what)what;
	o.id = lw_rd_u32(r);
	o.name = lw_rd_str(r);
	o.sid = lw_rd_str(r);
	if (what != LW_RESOLVE_USER && what != LW_RESOLVE_GROUP)
		r->bad = true;
	return o;
}

enum lw_err lw_resolved_list_decode(struct lw_rd *r,
				    struct lw_resolved_list *ret)
{
	struct lw_resolved_list l = { .count = lw_rd_count(r, RESOLVED_MIN) };

	l.each = *r;
	for (uint32_t i = 0; i < l.count && !r->bad; i++)
		lw_resolved_read(r);
	if (lw_rd_end(r) != LW_OK || l.count == 0 || l.count > 2)
		return LW_PROTO;

	*ret = l;
	return LW_OK;
}
