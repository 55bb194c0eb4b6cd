/* front.c - questions of pam_lightwave. Whatever process logs somebody in. */
#include "front.h"

#include "cleanup.h"

#include <string.h>

/* Wide enough for a login; wiped, for it may hold a password. */
struct message {
	uint8_t p[LW_HEAD_SIZE + LW_REQUEST_MAX];
	struct lw_wr w;
};

static void wipe(struct message *m)
{
	explicit_bzero(m->p, sizeof(m->p));
}

static enum lw_err ask(const struct message *m, int budget_ms,
		       struct lw_reply *reply)
{
	return lw_call(LW_PRIV_SOCKET, m->p, (size_t)(m->w.p - m->p), budget_ms,
		       reply);
}

/* From the front's memory: nobody waits longer for that than NSS does. */
static enum lw_err ask_name(enum lw_op op, const char *user,
			    struct lw_reply *reply)
{
	struct message m;
	enum lw_err e;

	lw_wr_init(&m.w, m.p, sizeof(m.p));
	e = lw_ask_str(&m.w, op, 0, lw_str(user));
	if (e != LW_OK)
		return e;
	return ask(&m, LW_NSS_BUDGET_MS, reply);
}

static enum lw_err ask_login(enum lw_op op, const struct lw_login *l,
			     struct lw_reply *reply)
{
	lw_cleanup(wipe) struct message m;
	enum lw_err e;

	lw_wr_init(&m.w, m.p, sizeof(m.p));
	lw_msg_begin(&m.w, op, 0);
	lw_login_encode(&m.w, l);
	e = lw_msg_end(&m.w, m.p);
	if (e != LW_OK)
		return e;
	return ask(&m, LW_PAM_BUDGET_MS, reply);
}

enum lw_err lw_front_ours(const char *user)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	enum lw_err e = ask_name(LW_OP_OURS, user, &reply);

	return e == LW_OK ? lw_rd_end(&reply.body) : e;
}

enum lw_err lw_front_auth(const struct lw_login *l, uint32_t *ret_expires)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	uint32_t expires;
	enum lw_err e;

	e = ask_login(LW_OP_AUTH, l, &reply);
	if (e != LW_OK)
		return e;
	expires = lw_rd_u32(&reply.body);
	if (lw_rd_end(&reply.body) != LW_OK)
		return LW_PROTO;

	*ret_expires = expires;
	return LW_OK;
}

enum lw_err lw_front_account(const struct lw_login *l)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	struct lw_login asked = *l;
	enum lw_err e;

	asked.password = LW_STR("");
	e = ask_login(LW_OP_ACCOUNT, &asked, &reply);
	return e == LW_OK ? lw_rd_end(&reply.body) : e;
}

enum lw_err lw_front_passwd(const char *user, struct lw_reply *reply,
			    struct lw_passwd *ret)
{
	enum lw_err e = ask_name(LW_OP_PASSWD_BY_NAME, user, reply);

	return e == LW_OK ? lw_passwd_decode(&reply->body, ret) : e;
}

enum lw_err lw_front_ticket(const char *user, struct lw_reply *reply,
			    struct lw_ticket *ret_ticket)
{
	enum lw_err e = ask_name(LW_OP_TICKET, user, reply);

	return e == LW_OK ? lw_ticket_decode(&reply->body, ret_ticket) : e;
}
