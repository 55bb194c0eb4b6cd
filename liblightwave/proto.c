/* proto.c - messages between clients and the front. Any process; pure. */
#include "proto.h"

enum lw_err lw_head_decode(const uint8_t p[LW_HEAD_SIZE], size_t max,
			   struct lw_head *ret)
{
	struct lw_rd r;
	struct lw_head h;
	uint16_t version;

	lw_rd_init(&r, p, LW_HEAD_SIZE);
	h.len = lw_rd_u32(&r);
	version = lw_rd_u16(&r);
	h.op = lw_rd_u16(&r);
	h.id = lw_rd_u32(&r);
	if (lw_rd_end(&r) != LW_OK || version != LW_PROTO_VERSION ||
	    h.len > max)
		return LW_PROTO;

	*ret = h;
	return LW_OK;
}

static void head(struct lw_wr *w, size_t len, enum lw_op op, uint32_t id)
{
	lw_wr_u32(w, (uint32_t)len);
	lw_wr_u16(w, LW_PROTO_VERSION);
	lw_wr_u16(w, (uint16_t)op);
	lw_wr_u32(w, id);
}

void lw_msg_begin(struct lw_wr *w, enum lw_op op, uint32_t id)
{
	head(w, 0, op, id);
}

enum lw_err lw_msg_end(struct lw_wr *w, uint8_t *start)
{
	if (lw_wr_end(w) == LW_OK)
		lw_put_u32(start, (uint32_t)(w->p - start - LW_HEAD_SIZE));
	return lw_wr_end(w);
}

enum lw_err lw_ask_str(struct lw_wr *w, enum lw_op op, uint32_t id,
		       struct lw_str s)
{
	head(w, 4 + s.n, op, id);
	lw_wr_str(w, s);
	return lw_wr_end(w);
}

enum lw_err lw_ask_u32(struct lw_wr *w, enum lw_op op, uint32_t id, uint32_t v)
{
	head(w, 4, op, id);
	lw_wr_u32(w, v);
	return lw_wr_end(w);
}

enum lw_err lw_status_decode(struct lw_rd *r)
{
	uint32_t v = lw_rd_u32(r);

	if (r->bad || v >= LW_ERR_COUNT || v == LW_PENDING)
		return LW_PROTO;
	return (enum lw_err)v;
}

/* passwd = u32 uid, u32 gid, str name, str gecos, str dir, str shell */
void lw_passwd_encode(struct lw_wr *w, const struct lw_passwd *pw)
{
	lw_wr_u32(w, pw->uid);
	lw_wr_u32(w, pw->gid);
	lw_wr_str(w, pw->name);
	lw_wr_str(w, pw->gecos);
	lw_wr_str(w, pw->dir);
	lw_wr_str(w, pw->shell);
}

enum lw_err lw_passwd_decode(struct lw_rd *r, struct lw_passwd *ret)
{
	struct lw_passwd pw;

	/* One read a statement: C does not order an initialiser's parts. */
	pw.uid = lw_rd_u32(r);
	pw.gid = lw_rd_u32(r);
	pw.name = lw_rd_str(r);
	pw.gecos = lw_rd_str(r);
	pw.dir = lw_rd_str(r);
	pw.shell = lw_rd_str(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = pw;
	return LW_OK;
}

/* group = u32 gid, str name, u32 count, count * str member */
enum lw_err lw_group_decode(struct lw_rd *r, struct lw_group *ret)
{
	struct lw_group g;

	g.gid = lw_rd_u32(r);
	g.name = lw_rd_str(r);
	g.count = lw_rd_count(r, 4);
	g.members = *r;
	g.members_size = 0;
	for (uint32_t i = 0; i < g.count; i++)
		g.members_size += lw_rd_str(r).n;
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = g;
	return LW_OK;
}

/* login = str user, str password, str service, str rhost */
void lw_login_encode(struct lw_wr *w, const struct lw_login *l)
{
	lw_wr_str(w, l->user);
	lw_wr_str(w, l->password);
	lw_wr_str(w, l->service);
	lw_wr_str(w, l->rhost);
}

enum lw_err lw_login_decode(struct lw_rd *r, struct lw_login *ret)
{
	struct lw_login l;

	l.user = lw_rd_str(r);
	l.password = lw_rd_str(r);
	l.service = lw_rd_str(r);
	l.rhost = lw_rd_str(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = l;
	return LW_OK;
}

/* ticket = u32 uid, u32 gid, bytes ccache */
void lw_ticket_encode(struct lw_wr *w, const struct lw_ticket *t)
{
	lw_wr_u32(w, t->uid);
	lw_wr_u32(w, t->gid);
	lw_wr_str(w, t->ccache);
}

enum lw_err lw_ticket_decode(struct lw_rd *r, struct lw_ticket *ret)
{
	struct lw_ticket t;

	t.uid = lw_rd_u32(r);
	t.gid = lw_rd_u32(r);
	t.ccache = lw_rd_bytes(r);
	if (lw_rd_end(r) != LW_OK || t.ccache.n > LW_CCACHE_MAX)
		return LW_PROTO;

	*ret = t;
	return LW_OK;
}
