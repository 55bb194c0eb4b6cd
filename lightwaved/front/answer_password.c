/* answer_password.c - change a password. The front. */
#include "answer.h"

#include "creds.h"
#include "follow.h"
#include "judge.h"
#include "present.h"

enum lw_err lw_answer_policy(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest)
{
	enum lw_err e = lw_rd_end(body);

	if (e != LW_OK)
		return e;
	if (!r->policy_known && (r->offline || r->busy))
		return lw_judge_away(r, LW_OFFLINE);
	if (!r->policy_known)
		return lw_judge_away(r, lw_present_rules(r));
	lw_password_policy_encode(rest, &r->policy);
	return LW_OK;
}

/* Which way is open to him: LDAP wants a bind, which the expired do not get. */
static bool by_kpasswd(const struct lw_request *r, const struct lw_object *o)
{
	bool expired = false;

	if (!r->front->config->kpasswd)
		return false;
	if (lw_judge_state(o, false) == LW_EXPIRED)
		return true;
	return lw_recent_change_due(&r->front->recent, o->id, lw_now_ms(),
				    &expired) &&
	       expired;
}

static enum lw_err change(struct lw_request *r,
			  const struct lw_password_change *c,
			  const struct lw_object **ret)
{
	struct lw_presented *p = &r->presented;
	enum lw_err e;

	if (lw_judge_absurd(c->login.password))
		return LW_DENIED;
	if (lw_judge_absurd(c->new_password))
		return c->new_password.n ? LW_WEAK : LW_TOOSHORT;
	e = lw_judge_user(r, c->login.user, r->max_age_ms, ret);
	if (e != LW_OK)
		return lw_judge_away(r, e);
	if (lw_judge_state(*ret, false) == LW_DISABLED)
		return lw_judge_again(r, LW_DISABLED) ? change(r, c, ret)
						      : LW_DISABLED;
	if (!p->asked && !r->offline)
		return lw_judge_away(r, lw_present_change(r, *ret,
							  c->login.password,
							  c->new_password,
							  by_kpasswd(r, *ret)));
	if (!p->known || p->uid != (*ret)->id)
		return lw_judge_away(r, LW_OFFLINE);
	if (p->result == LW_EXPIRED && !p->kpasswd && r->front->config->kpasswd)
		return lw_present_change(r, *ret, c->login.password,
					 c->new_password, true);
	return p->result;
}

enum lw_err lw_answer_password(struct lw_request *r, struct lw_rd *body,
			       struct lw_wr *rest)
{
	const struct lw_object *o = NULL;
	struct lw_password_change c;
	enum lw_err e = lw_password_change_decode(body, &c);

	(void)rest;
	/* It was changed, and the old one is dropped by now. */
	if (e != LW_OK || r->learnt)
		return e;
	e = change(r, &c, &o);
	if (e == LW_PENDING)
		return e;
	lw_judge_log(r, LW_AUDIT_CHANGE, &c.login, o, e, "", NULL);
	if (e != LW_OK)
		return e;
	r->learnt = true;
	lw_recent_changed(&r->front->recent, o->id);
	if (r->front->config->offline_credentials)
		e = lw_creds_drop(r->front->creds, r, o->sid);
	/* That it was to be changed stands in what is kept of him. */
	lw_follow_doubt(r->front->follow, LW_KIND_USER, o->id);
	return e;
}
