/* front.c - questions of pam_lightwave. Whatever process logs somebody in. */
#include "front.h"

#include "cleanup.h"

#include <string.h>

/* Wide enough for a change of passwords; wiped, for it may hold them. */
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
	enum lw_err e = lw_call(LW_PRIV_SOCKET, m->p, (size_t)(m->w.p - m->p),
				budget_ms, reply);

	/* Without a status it is not the front that says so. */
	return e == LW_OFFLINE && !reply->body.p ? LW_NOFRONT : e;
}

static enum lw_err end(struct lw_reply *reply, enum lw_err e)
{
	return e == LW_OK ? lw_rd_end(&reply->body) : e;
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

	return end(&reply, ask_name(LW_OP_OURS, user, &reply));
}

enum lw_err lw_front_auth(const struct lw_login *l, struct lw_auth_answer *ret)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	enum lw_err e = ask_login(LW_OP_AUTH, l, &reply);
	int32_t skew;

	if (e == LW_OK)
		return lw_auth_answer_decode(&reply.body, ret);
	if (e != LW_SKEW)
		return e;
	skew = (int32_t)lw_rd_u32(&reply.body);
	if (lw_rd_end(&reply.body) != LW_OK)
		return LW_PROTO;

	*ret = (struct lw_auth_answer) { .skew = skew };
	return LW_SKEW;
}

enum lw_err lw_front_verify(const struct lw_login *l)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };

	return end(&reply, ask_login(LW_OP_VERIFY, l, &reply));
}

enum lw_err lw_front_account(const struct lw_login *l)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	struct lw_login asked = *l;

	asked.password = lw_password("");
	return end(&reply, ask_login(LW_OP_ACCOUNT, &asked, &reply));
}

enum lw_err lw_front_policy(struct lw_password_policy *ret)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	struct message m;
	enum lw_err e;

	lw_wr_init(&m.w, m.p, sizeof(m.p));
	lw_msg_begin(&m.w, LW_OP_POLICY, 0);
	e = lw_msg_end(&m.w, m.p);
	if (e == LW_OK)
		e = ask(&m, LW_PAM_BUDGET_MS, &reply);
	return e == LW_OK ? lw_password_policy_decode(&reply.body, ret) : e;
}

enum lw_err lw_front_change(const struct lw_login *l, const char *new_password)
{
	const struct lw_password_change c = { *l, lw_password(new_password) };
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(wipe) struct message m;
	enum lw_err e;

	lw_wr_init(&m.w, m.p, sizeof(m.p));
	lw_msg_begin(&m.w, LW_OP_PASSWORD, 0);
	lw_password_change_encode(&m.w, &c);
	e = lw_msg_end(&m.w, m.p);
	if (e == LW_OK)
		e = ask(&m, LW_PAM_BUDGET_MS, &reply);
	return end(&reply, e);
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
