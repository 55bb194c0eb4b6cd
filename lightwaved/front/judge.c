/* judge.c - user, password, state. The front. */
#include "judge.h"

#include "answer.h"
#include "follow.h"
#include "present.h"

enum lw_err lw_judge_user(struct lw_request *r, struct lw_str typed,
			  int64_t max_age_ms, const struct lw_object **ret)
{
	char account[LW_NAME_MAX];
	enum lw_err e = lw_typed_name(r, LW_KIND_USER, typed, account);

	if (e == LW_NOTFOUND)
		return LW_NOTOURS;
	if (e != LW_OK)
		return e;
	e = lw_find_by_name(r, LW_KIND_USER, account, max_age_ms, ret);
	if (e == LW_OK && (lw_localdb_name(&r->front->passwd, (*ret)->name) ||
			   lw_localdb_id(&r->front->passwd, (*ret)->id)))
		return LW_NOTFOUND;
	return e;
}

/* A good password does not open what the entry says is closed. */
enum lw_err lw_judge_state(const struct lw_object *o, bool locked_too)
{
	if (o->uac & LW_UAC_DISABLED)
		return LW_DISABLED;
	if (locked_too && o->uac & LW_UAC_LOCKED)
		return LW_LOCKED;
	if (o->uac & LW_UAC_EXPIRED)
		return LW_EXPIRED;
	return LW_OK;
}

bool lw_judge_absurd(struct lw_password password)
{
	return password.n == 0 || password.n > LW_PASSWORD_MAX;
}

bool lw_judge_again(struct lw_request *r, enum lw_err e)
{
	if (e != LW_DENIED && e != LW_DISABLED && e != LW_LOCKED &&
	    e != LW_EXPIRED && e != LW_CHANGE && e != LW_FORBIDDEN)
		return false;
	if (r->max_age_ms == LW_ASK || r->offline || r->busy ||
	    !lw_follow_active(r->front->follow))
		return false;
	r->max_age_ms = LW_ASK;
	return true;
}

enum lw_err lw_judge_away(const struct lw_request *r, enum lw_err e)
{
	if (e == LW_OFFLINE && r->outdated)
		return LW_OUTDATED;
	return e == LW_OFFLINE && !lw_link_up(r->front->link) ? LW_NOWORKER : e;
}

/*
 * The bind and the entry together. A bind says no in one way to accounts that
 * are disabled and to those without a password; the entry tells them apart.
 */
static enum lw_err verdict(const struct lw_request *r,
			   const struct lw_object *o)
{
	enum lw_err said = r->presented.result, state = lw_judge_state(o, true);

	if (said == LW_DISABLED && state != LW_DISABLED)
		return LW_NOPASSWORD;
	if ((said == LW_OK || said == LW_CHANGE || said == LW_EXPIRED) &&
	    state != LW_OK && state != LW_EXPIRED)
		return state;
	if (said == LW_OK && state == LW_EXPIRED)
		said = LW_EXPIRED;
	if (said == LW_EXPIRED && r->front->config->kpasswd)
		return LW_CHANGE;
	return said;
}

/* The bind has just said otherwise than what was kept of the entry. */
static bool contradicted(const struct lw_request *r, const struct lw_object *o)
{
	enum lw_err said = r->presented.result, state = lw_judge_state(o, true);

	if (said == LW_DISABLED)
		return state != LW_DISABLED;
	return (said == LW_OK || said == LW_CHANGE || said == LW_EXPIRED) &&
	       state != LW_OK;
}

/* Where a password could not be judged either, his name is not. */
static enum lw_err nobody(struct lw_request *r)
{
	if (!r->presented.asked && !r->offline &&
	    lw_present_decoy(r) == LW_PENDING)
		return LW_PENDING;
	return r->offline || r->busy ? lw_judge_away(r, LW_OFFLINE)
				     : LW_NOTFOUND;
}

enum lw_err lw_judge_password(struct lw_request *r, const struct lw_login *l,
			      bool want_ticket, const struct lw_object **ret)
{
	enum lw_err e;

	if (lw_judge_absurd(l->password))
		return LW_DENIED;
	e = lw_judge_user(r, l->user, r->max_age_ms, ret);
	if (e == LW_NOTFOUND)
		return nobody(r);
	if (e != LW_OK)
		return lw_judge_away(r, e);
	if (!r->presented.asked && !r->offline) {
		/* The account question comes next and will want these. */
		if (want_ticket)
			lw_prefetch_groups_of(r, *ret);
		e = lw_present_verdict(r, *ret, l->password, want_ticket);
		return lw_judge_away(r, e);
	}
	if (!r->presented.known || r->presented.uid != (*ret)->id)
		return lw_judge_away(r, LW_OFFLINE);
	if (contradicted(r, *ret) && lw_judge_again(r, LW_DISABLED))
		return lw_judge_password(r, l, want_ticket, ret);
	return verdict(r, *ret);
}

void lw_judge_log(const struct lw_request *r, enum lw_audit_event event,
		  const struct lw_login *l, const struct lw_object *o,
		  enum lw_err e, const char *why, const struct lw_judged *more)
{
	static const struct lw_judged none = { 0 };
	const struct lw_judged *m = more ? more : &none;
	bool good = e == LW_OK;
	const struct lw_audit a = { .event = event,
				    .user = l->user,
				    .account = o,
				    .service = l->service,
				    .rhost = l->rhost,
				    .rule = m->rule,
				    .group_sid = m->group_sid,
				    .path = m->path,
				    .local_groups = m->local_groups,
				    .result = e,
				    .why = more ? "" : why,
				    .as_of_ms = r->as_of_ms,
				    .away = r->offline };

	lw_audit_say(
		r->front, &a, "%s: user %.*s%s%s%s, service %.*s%s%.*s: %s%s%s",
		lw_audit_name(event), (int)l->user.n, l->user.s, o ? " (" : "",
		o ? o->name : "", o ? ")" : "", (int)l->service.n, l->service.s,
		l->rhost.n ? ", from " : "", (int)l->rhost.n, l->rhost.s,
		good ? "allowed" : lw_strerror(e), *why ? ": " : "", why);
}
