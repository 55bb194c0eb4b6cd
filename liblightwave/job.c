/* job.c - messages between front and worker. Both processes; pure. */
#include "job.h"

void lw_find_encode(struct lw_wr *w, const struct lw_find *f)
{
	lw_wr_u8(w, (uint8_t)f->kind);
	lw_wr_u8(w, (uint8_t)f->by);
	lw_wr_str(w, f->value);
}

static bool is_kind(uint8_t k)
{
	return k == LW_KIND_USER || k == LW_KIND_GROUP;
}

enum lw_err lw_find_decode(struct lw_rd *r, struct lw_find *ret)
{
	uint8_t kind = lw_rd_u8(r);
	uint8_t by = lw_rd_u8(r);
	struct lw_str value = lw_rd_str(r);

	if (lw_rd_end(r) != LW_OK || !is_kind(kind) ||
	    (by != LW_BY_NAME && by != LW_BY_RID))
		return LW_PROTO;

	*ret = (struct lw_find) { (enum lw_kind)kind, (enum lw_by)by, value };
	return LW_OK;
}

void lw_entry_encode(struct lw_wr *w, const struct lw_entry *e)
{
	lw_wr_u8(w, (uint8_t)e->kind);
	lw_wr_str(w, e->dn);
	lw_wr_str(w, e->sid);
	lw_wr_str(w, e->sam);
	lw_wr_str(w, e->upn);
	lw_wr_str(w, e->given);
	lw_wr_str(w, e->sn);
	lw_wr_u32(w, e->uac);
}

struct lw_entry lw_entry_decode(struct lw_rd *r)
{
	struct lw_entry e = { 0 };
	uint8_t kind = lw_rd_u8(r);

	e.dn = lw_rd_str(r);
	e.sid = lw_rd_str(r);
	e.sam = lw_rd_str(r);
	e.upn = lw_rd_str(r);
	e.given = lw_rd_str(r);
	e.sn = lw_rd_str(r);
	e.uac = lw_rd_u32(r);
	if (!is_kind(kind))
		r->bad = true;
	else
		e.kind = (enum lw_kind)kind;
	return e;
}

enum lw_err lw_entries_decode(struct lw_rd *r, struct lw_entries *ret)
{
	struct lw_entries es;

	es.domain_sid = lw_rd_str(r);
	es.primary = lw_rd_u32(r);
	es.count = lw_rd_count(r, LW_ENTRY_MIN);
	es.each = *r;
	for (uint32_t i = 0; i < es.count; i++)
		lw_entry_decode(r);
	if (lw_rd_end(r) != LW_OK || es.primary > es.count)
		return LW_PROTO;

	*ret = es;
	return LW_OK;
}

void lw_verdict_encode(struct lw_wr *w, const struct lw_verdict *v)
{
	lw_wr_str(w, v->dn);
	lw_wr_str(w, v->upn);
	lw_wr_password(w, v->password);
	lw_wr_u8(w, v->want_ticket);
}

/* LDAP takes a bind without a password as anonymous, and says yes. */
static bool can_bind(struct lw_str dn, struct lw_password password)
{
	return dn.n > 0 && password.n > 0 && password.n <= LW_PASSWORD_MAX;
}

enum lw_err lw_verdict_decode(struct lw_rd *r, struct lw_verdict *ret)
{
	struct lw_verdict v;
	uint8_t want_ticket;

	v.dn = lw_rd_str(r);
	v.upn = lw_rd_str(r);
	v.password = lw_rd_password(r);
	want_ticket = lw_rd_u8(r);
	if (lw_rd_end(r) != LW_OK || !can_bind(v.dn, v.password) ||
	    want_ticket > 1)
		return LW_PROTO;

	v.want_ticket = want_ticket;
	*ret = v;
	return LW_OK;
}

void lw_verdict_answer_encode(struct lw_wr *w,
			      const struct lw_verdict_answer *a)
{
	lw_wr_u32(w, a->expires_in);
	lw_wr_u8(w, (uint8_t)a->ticket);
	lw_wr_u32(w, (uint32_t)a->skew);
	lw_wr_str(w, a->ccache);
}

enum lw_err lw_verdict_answer_decode(struct lw_rd *r,
				     struct lw_verdict_answer *ret)
{
	uint32_t expires_in = lw_rd_u32(r);
	uint8_t ticket = lw_rd_u8(r);
	int32_t skew = (int32_t)lw_rd_u32(r);
	struct lw_str ccache = lw_rd_bytes(r);

	/* A worker that has a verdict is not offline. */
	if (lw_rd_end(r) != LW_OK || ticket >= LW_TICKET_OFFLINE ||
	    ccache.n > LW_CCACHE_MAX)
		return LW_PROTO;
	/* A ticket that was not verified is no ticket. */
	if ((ticket == LW_TICKET_OK) != (ccache.n > 0))
		return LW_PROTO;

	ret->expires_in = expires_in;
	ret->ticket = (enum lw_ticket_state)ticket;
	ret->skew = skew;
	ret->ccache = ccache;
	return LW_OK;
}

void lw_change_encode(struct lw_wr *w, const struct lw_change *c)
{
	lw_wr_str(w, c->dn);
	lw_wr_str(w, c->upn);
	lw_wr_password(w, c->old_password);
	lw_wr_password(w, c->new_password);
	lw_wr_u8(w, c->kpasswd);
}

enum lw_err lw_change_decode(struct lw_rd *r, struct lw_change *ret)
{
	struct lw_change c;
	uint8_t kpasswd;

	c.dn = lw_rd_str(r);
	c.upn = lw_rd_str(r);
	c.old_password = lw_rd_password(r);
	c.new_password = lw_rd_password(r);
	kpasswd = lw_rd_u8(r);
	if (lw_rd_end(r) != LW_OK || !can_bind(c.dn, c.old_password) ||
	    !can_bind(c.dn, c.new_password) || kpasswd > 1)
		return LW_PROTO;

	c.kpasswd = kpasswd;
	*ret = c;
	return LW_OK;
}
