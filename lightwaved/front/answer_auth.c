/* answer_auth.c - is this his password? The front. */
#include "answer.h"

#include "cleanup.h"
#include "judge.h"
#include "log.h"
#include "offline.h"

#include <stdlib.h>
#include <string.h>

#define DAY 86400u

/* An account may lose its tickets when the entry says more than the bind. */
static void forget_tickets(struct lw_request *r, uint32_t uid)
{
	uint8_t *ccache;
	size_t n;

	while (lw_tickets_take(&r->front->tickets, uid, lw_now_ms(), &ccache,
			       &n) == LW_OK) {
		explicit_bzero(ccache, n);
		free(ccache);
	}
}

/* Seconds until the password expires, if he should be told so now. */
static uint32_t to_tell(struct lw_request *r, uint32_t uid)
{
	uint64_t within = (uint64_t)r->front->config->warn_days * DAY;
	uint32_t expires = r->presented.expires_in;

	if (expires == LW_NEVER || expires >= within ||
	    !lw_recent_warn(&r->front->recent, uid, lw_now_ms()))
		return LW_NEVER;
	return expires;
}

/*
 * The password was right. LW_SKEW, LW_NOTICKET: that is not enough here. Who
 * must change it gets no ticket for the old one.
 */
static enum lw_err let_in(struct lw_request *r, const struct lw_login *l,
			  const struct lw_object *o, bool change,
			  struct lw_wr *rest)
{
	const struct lw_presented *p = &r->presented;
	struct lw_auth_answer a = { LW_NEVER, p->ticket, p->skew };

	if (change) {
		lw_recent_must_change(&r->front->recent, o->id,
				      p->result != LW_CHANGE, lw_now_ms());
		a.ticket = LW_TICKET_NOT_ASKED;
		forget_tickets(r, o->id);
	} else if (r->front->config->require_ticket &&
		   p->ticket != LW_TICKET_OK) {
		if (p->ticket != LW_TICKET_SKEW)
			return LW_NOTICKET;
		lw_wr_u32(rest, (uint32_t)p->skew);
		return LW_SKEW;
	} else {
		lw_recent_changed(&r->front->recent, o->id);
		a.expires_in = to_tell(r, o->id);
		/* Nor one that sudo, which wants none, left behind. */
		if (p->ticket != LW_TICKET_OK)
			forget_tickets(r, o->id);
	}
	lw_recent_began(&r->front->recent, l->service, l->user, r->started_ms);
	lw_auth_answer_encode(rest, &a);
	return LW_OK;
}

/* By his last known password: there is no ticket, and none of before. */
static enum lw_err let_in_offline(struct lw_request *r,
				  const struct lw_login *l,
				  const struct lw_object *o, struct lw_wr *rest)
{
	struct lw_auth_answer a = { LW_NEVER, LW_TICKET_OFFLINE, 0,
				    r->stored.age };

	forget_tickets(r, o->id);
	lw_recent_began(&r->front->recent, l->service, l->user, r->started_ms);
	lw_auth_answer_encode(rest, &a);
	return LW_OK;
}

/* What anybody can bring about costs nobody a ticket that waits for him. */
static bool a_guess(const struct lw_presented *p)
{
	return !p->known || p->result == LW_DENIED || p->result == LW_LOCKED;
}

enum lw_err lw_answer_auth(struct lw_request *r, struct lw_rd *body,
			   struct lw_wr *rest)
{
	const struct lw_object *o = NULL;
	const char *why = "";
	struct lw_login l;
	enum lw_err e = lw_login_decode(body, &l);
	bool change;

	if (e != LW_OK)
		return e;
	e = lw_judge_password(r, &l, true, &o);
	if (e == LW_PENDING || lw_offline_learn(r, &l, o, e) == LW_PENDING)
		return LW_PENDING;
	if (e == LW_OFFLINE || e == LW_NOWORKER) {
		e = lw_offline_auth(r, &l, e, &o, &why);
		if (e == LW_PENDING)
			return e;
		if (e == LW_OK)
			e = let_in_offline(r, &l, o, rest);
		lw_judge_log(r, LW_AUDIT_AUTH, &l, o, e, why, NULL);
		return e;
	}
	change = e == LW_CHANGE;
	if (e == LW_OK)
		why = lw_ticket_str(r->presented.ticket);
	else if (change)
		why = lw_strerror(LW_CHANGE);
	if (e == LW_OK || change)
		e = let_in(r, &l, o, change, rest);
	if (e != LW_OK && !a_guess(&r->presented))
		forget_tickets(r, r->presented.uid);
	lw_judge_log(r, LW_AUDIT_AUTH, &l, o, e, why, NULL);
	return e;
}

enum lw_err lw_answer_verify(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest)
{
	const struct lw_object *o = NULL;
	struct lw_login l;
	enum lw_err e = lw_login_decode(body, &l);

	(void)rest;
	if (e != LW_OK)
		return e;
	e = lw_judge_password(r, &l, false, &o);
	if (e == LW_PENDING)
		return e;
	if (e == LW_CHANGE) {
		lw_recent_must_change(&r->front->recent, o->id,
				      r->presented.result != LW_CHANGE,
				      lw_now_ms());
		e = LW_OK;
	}
	lw_judge_log(r, LW_AUDIT_OLD_PASSWORD, &l, o, e, "", NULL);
	return e;
}
