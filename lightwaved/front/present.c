/* present.c - passwords on their way to the directory. The front. */
#include "present.h"

#include "cleanup.h"
#include "log.h"

#define MSG_MAX (64 * 1024)
#define NOBODY	"cn=lightwave-login-nobody,"

/* Questions with a password are equal to none: each is asked by itself. */
static enum lw_err ask(struct lw_request *r, enum lw_op op, uint32_t uid,
		       struct lw_wr *msg)
{
	struct lw_question q = {
		.op = op, .key = (char[]) { "" }, .login = true, .subject = uid
	};
	enum lw_err e;

	if (lw_msg_end(msg, msg->base) != LW_OK)
		return LW_NOMEM;
	e = lw_link_ask(r->front->link, r, &q, msg);
	if (e == LW_OFFLINE)
		r->offline = true;
	/* Whether there is such a name must not show in that. */
	if (e == LW_NOMEM)
		r->busy = true;
	return e == LW_NOMEM ? LW_OFFLINE : e;
}

static enum lw_err ask_verdict(struct lw_request *r, uint32_t uid,
			       const struct lw_verdict *v)
{
	lw_cleanup(lw_wr_done) struct lw_wr msg;

	r->presented = (struct lw_presented) { .asked = true,
					       .uid = uid,
					       .want_ticket = v->want_ticket };
	lw_wr_heap(&msg, MSG_MAX);
	msg.wipe = true;
	lw_msg_begin(&msg, LW_OP_VERDICT, 0);
	lw_verdict_encode(&msg, v);
	return ask(r, LW_OP_VERDICT, uid, &msg);
}

enum lw_err lw_present_verdict(struct lw_request *r,
			       const struct lw_object *user,
			       struct lw_password password, bool want_ticket)
{
	struct lw_verdict v = { lw_str(user->dn), lw_str(user->upn), password,
				want_ticket };

	return ask_verdict(r, user->id, &v);
}

enum lw_err lw_present_decoy(struct lw_request *r)
{
	struct lw_verdict v = { .password = lw_password("nobody") };
	lw_cleanup(lw_free) char *dn = NULL;

	if (asprintf(&dn, NOBODY "%s", r->front->config->base_dn) < 0) {
		dn = NULL;
		return LW_NOMEM;
	}
	v.dn = lw_str(dn);
	return ask_verdict(r, 0, &v);
}

enum lw_err lw_present_change(struct lw_request *r,
			      const struct lw_object *user,
			      struct lw_password old_password,
			      struct lw_password new_password, bool kpasswd)
{
	lw_cleanup(lw_wr_done) struct lw_wr msg;
	struct lw_change c = { lw_str(user->dn), lw_str(user->upn),
			       old_password, new_password, kpasswd };

	r->presented = (struct lw_presented) { .asked = true,
					       .uid = user->id,
					       .kpasswd = kpasswd };
	lw_wr_heap(&msg, MSG_MAX);
	msg.wipe = true;
	lw_msg_begin(&msg, LW_OP_CHANGE, 0);
	lw_change_encode(&msg, &c);
	return ask(r, LW_OP_CHANGE, user->id, &msg);
}

enum lw_err lw_present_rules(struct lw_request *r)
{
	lw_cleanup(lw_wr_done) struct lw_wr msg;

	lw_wr_heap(&msg, MSG_MAX);
	lw_msg_begin(&msg, LW_OP_RULES, 0);
	return ask(r, LW_OP_RULES, 0, &msg);
}

/* Nothing else is one: least of all what would have PAM ask somebody else. */
static bool is_verdict(enum lw_err e)
{
	return e == LW_OK || e == LW_DENIED || e == LW_LOCKED ||
	       e == LW_DISABLED || e == LW_EXPIRED || e == LW_NOTFOUND ||
	       e == LW_NOPASSWORD || e == LW_CHANGE;
}

static bool is_change_result(enum lw_err e)
{
	return (is_verdict(e) && e != LW_CHANGE) || e == LW_TOOSHORT ||
	       e == LW_WEAK || e == LW_HISTORY || e == LW_TOOSOON ||
	       e == LW_NOTALLOWED;
}

static void keep_ticket(struct lw_front *f, uint32_t uid,
			const struct lw_verdict_answer *a)
{
	if (a->ticket == LW_TICKET_OK &&
	    lw_tickets_keep(&f->tickets, uid, a->ccache, lw_now_ms()) != LW_OK)
		lw_log(LOG_WARNING, "uid %u: no memory for a ticket", uid);
}

static enum lw_err absorb_verdict(struct lw_front *f,
				  const struct lw_question *q,
				  enum lw_err status, struct lw_rd *body)
{
	struct lw_request *r = TAILQ_FIRST(&q->waiters);
	struct lw_verdict_answer a = { .expires_in = LW_NEVER,
				       .ticket = LW_TICKET_NOT_ASKED };

	if (status == LW_OK && lw_verdict_answer_decode(body, &a) != LW_OK)
		return LW_PROTO;
	if (!is_verdict(status)) {
		if (r)
			r->presented.unanswered = status == LW_OFFLINE;
		return LW_OFFLINE;
	}
	if (!r)
		return LW_OK; /* the client has gone: no ticket is kept */
	r->presented.known = true;
	r->presented.result = status;
	r->presented.expires_in = a.expires_in;
	r->presented.ticket = a.ticket;
	r->presented.skew = a.skew;
	if (status == LW_OK && r->presented.want_ticket)
		keep_ticket(f, q->subject, &a);
	return LW_OK;
}

enum lw_err lw_present_absorb(struct lw_front *f, const struct lw_question *q,
			      enum lw_err status, struct lw_rd *body)
{
	struct lw_request *r = TAILQ_FIRST(&q->waiters);
	struct lw_password_policy policy;

	if (q->op == LW_OP_VERDICT)
		return absorb_verdict(f, q, status, body);
	if (q->op == LW_OP_CHANGE) {
		if (status == LW_OK && lw_rd_end(body) != LW_OK)
			return LW_PROTO;
		if (!is_change_result(status))
			return LW_OFFLINE;
		if (r) {
			r->presented.known = true;
			r->presented.result = status;
		}
		return LW_OK;
	}
	if (status != LW_OK)
		return LW_OFFLINE;
	if (lw_password_policy_decode(body, &policy) != LW_OK)
		return LW_PROTO;
	if (r) {
		r->policy = policy;
		r->policy_known = true;
	}
	return LW_OK;
}
