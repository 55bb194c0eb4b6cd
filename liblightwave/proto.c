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

	if (r->bad || v >= LW_ERR_COUNT || v == LW_PENDING || v == LW_NOFRONT)
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

struct lw_passwd lw_passwd_read(struct lw_rd *r)
{
	struct lw_passwd pw;

	/* One read a statement: C does not order an initialiser's parts. */
	pw.uid = lw_rd_u32(r);
	pw.gid = lw_rd_u32(r);
	pw.name = lw_rd_str(r);
	pw.gecos = lw_rd_str(r);
	pw.dir = lw_rd_str(r);
	pw.shell = lw_rd_str(r);
	return pw;
}

enum lw_err lw_passwd_decode(struct lw_rd *r, struct lw_passwd *ret)
{
	struct lw_passwd pw = lw_passwd_read(r);

	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = pw;
	return LW_OK;
}

/* group = u32 gid, str name, u32 count, count * str member */
struct lw_group lw_group_read(struct lw_rd *r)
{
	struct lw_group g;

	g.gid = lw_rd_u32(r);
	g.name = lw_rd_str(r);
	g.count = lw_rd_count(r, 4);
	g.members = *r;
	g.members_size = 0;
	for (uint32_t i = 0; i < g.count; i++)
		g.members_size += lw_rd_str(r).n;
	return g;
}

enum lw_err lw_group_decode(struct lw_rd *r, struct lw_group *ret)
{
	struct lw_group g = lw_group_read(r);

	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = g;
	return LW_OK;
}

/* login = str user, str password, str service, str rhost */
void lw_login_encode(struct lw_wr *w, const struct lw_login *l)
{
	lw_wr_str(w, l->user);
	lw_wr_password(w, l->password);
	lw_wr_str(w, l->service);
	lw_wr_str(w, l->rhost);
}

static struct lw_login read_login(struct lw_rd *r)
{
	struct lw_login l;

	l.user = lw_rd_str(r);
	l.password = lw_rd_password(r);
	l.service = lw_rd_str(r);
	l.rhost = lw_rd_str(r);
	return l;
}

enum lw_err lw_login_decode(struct lw_rd *r, struct lw_login *ret)
{
	struct lw_login l = read_login(r);

	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = l;
	return LW_OK;
}

/* auth answer = u32 expires_in or age, u8 ticket, u32 skew */
void lw_auth_answer_encode(struct lw_wr *w, const struct lw_auth_answer *a)
{
	lw_wr_u32(w, a->ticket == LW_TICKET_OFFLINE ? a->age : a->expires_in);
	lw_wr_u8(w, (uint8_t)a->ticket);
	lw_wr_u32(w, (uint32_t)a->skew);
}

enum lw_err lw_auth_answer_decode(struct lw_rd *r, struct lw_auth_answer *ret)
{
	uint32_t expires_in = lw_rd_u32(r);
	uint8_t ticket = lw_rd_u8(r);
	int32_t skew = (int32_t)lw_rd_u32(r);

	if (lw_rd_end(r) != LW_OK || ticket >= LW_TICKET_COUNT)
		return LW_PROTO;

	*ret = (struct lw_auth_answer) { expires_in,
					 (enum lw_ticket_state)ticket, skew };
	if (ticket == LW_TICKET_OFFLINE) {
		ret->age = expires_in;
		ret->expires_in = LW_NEVER;
	}
	return LW_OK;
}

/* principal = str principal, str account */
void lw_principal_encode(struct lw_wr *w, const struct lw_principal *p)
{
	lw_wr_str(w, p->principal);
	lw_wr_str(w, p->account);
}

enum lw_err lw_principal_decode(struct lw_rd *r, struct lw_principal *ret)
{
	struct lw_principal p;

	p.principal = lw_rd_str(r);
	p.account = lw_rd_str(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = p;
	return LW_OK;
}

/* change = login, str new */
void lw_password_change_encode(struct lw_wr *w,
			       const struct lw_password_change *c)
{
	lw_login_encode(w, &c->login);
	lw_wr_password(w, c->new_password);
}

enum lw_err lw_password_change_decode(struct lw_rd *r,
				      struct lw_password_change *ret)
{
	struct lw_password_change c;

	c.login = read_login(r);
	c.new_password = lw_rd_password(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = c;
	return LW_OK;
}

/* policy = 9 * u32, in the order of the struct */
void lw_password_policy_encode(struct lw_wr *w,
			       const struct lw_password_policy *p)
{
	lw_wr_u32(w, p->min_length);
	lw_wr_u32(w, p->max_length);
	lw_wr_u32(w, p->min_alphabetic);
	lw_wr_u32(w, p->min_upper);
	lw_wr_u32(w, p->min_lower);
	lw_wr_u32(w, p->min_numeric);
	lw_wr_u32(w, p->min_special);
	lw_wr_u32(w, p->max_identical);
	lw_wr_u32(w, p->history);
}

enum lw_err lw_password_policy_decode(struct lw_rd *r,
				      struct lw_password_policy *ret)
{
	struct lw_password_policy p;

	p.min_length = lw_rd_u32(r);
	p.max_length = lw_rd_u32(r);
	p.min_alphabetic = lw_rd_u32(r);
	p.min_upper = lw_rd_u32(r);
	p.min_lower = lw_rd_u32(r);
	p.min_numeric = lw_rd_u32(r);
	p.min_special = lw_rd_u32(r);
	p.max_identical = lw_rd_u32(r);
	p.history = lw_rd_u32(r);
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;

	*ret = p;
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

const char *lw_ticket_str(enum lw_ticket_state s)
{
	switch (s) {
	case LW_TICKET_OK:
		return "ticket verified";
	case LW_TICKET_NO_KEYTAB:
		return "no ticket: no usable machine keytab to verify it with";
	case LW_TICKET_UNVERIFIED:
		return "no ticket: the machine keytab does not vouch for it";
	case LW_TICKET_NO_KDC:
		return "no ticket: no KDC answered";
	case LW_TICKET_SKEW:
		return "no ticket: clock skew too great";
	case LW_TICKET_REFUSED:
		return "no ticket: the KDC refused";
	case LW_TICKET_NOT_ASKED:
		return "no ticket: none was asked for";
	case LW_TICKET_OFFLINE:
		return "no ticket: the directory is away";
	case LW_TICKET_COUNT:
		break;
	}
	return "no ticket";
}
