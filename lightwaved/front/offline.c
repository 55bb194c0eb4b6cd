/* offline.c - who may log in while the directory is away. The front. */
#include "offline.h"

#include "access.h"
#include "answer.h"
#include "creds.h"
#include "follow.h"
#include "judge.h"
#include "kept.h"
#include "link.h"
#include "lookup_ask.h"
#include "present.h"

/* Whether the directory confirmed lately what is known of that user. */
static bool confirmed(struct lw_request *r, const struct lw_object *o)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);
	int64_t now = lw_now_ms();
	int64_t max_ms =
		r->front->config->offline_authorization_max * INT64_C(1000);
	struct lw_kept kept;

	if (lw_kept_by_id(r, LW_KIND_USER, o->id, &kept) && kept.doubted)
		return false;
	if (lw_plan_fresh(p, o->at_ms, max_ms, now))
		return true;
	return lw_kept_by_id(r, LW_KIND_USER, o->id, &kept) &&
	       kept.result == LW_OK && lw_plan_replica_fresh(p, max_ms, now);
}

/* As the account question judges him; LW_PENDING only while online. */
static enum lw_err access_of(struct lw_request *r, const struct lw_object *o,
			     struct lw_str service)
{
	const struct lw_ids *groups;
	struct lw_access_rule rule;
	enum lw_err e = lw_find_groups_of(r, o, r->max_age_ms, &groups);

	return e == LW_OK ? lw_access_check(r, o, groups, service, &rule) : e;
}

/* What he is or has done ends it for good, and not only for now. */
static bool is_final(enum lw_err e)
{
	return e == LW_DISABLED || e == LW_EXPIRED || e == LW_CHANGE ||
	       e == LW_NOPASSWORD || e == LW_NOTFOUND;
}

/*
 * It may be another than the one that is kept, which then is an old one: that
 * is replaced or dropped, whatever may. What is stored opens nothing that
 * access does not: it is judged again offline.
 */
static enum lw_err taken(struct lw_request *r, const struct lw_login *l,
			 const struct lw_object *user, enum lw_err may)
{
	struct lw_creds *c = r->front->creds;

	/* Another service's rules may still let him in. */
	if (may == LW_FORBIDDEN &&
	    access_of(r, user, lw_str("")) == LW_FORBIDDEN)
		return lw_creds_drop(c, r, user->sid);
	/* By a clock that is known to be wrong no password has an end. */
	if (r->presented.ticket == LW_TICKET_SKEW) {
		lw_front_warn_once(r->front, "creds skew",
				   "the KDC says that our clock is off: no "
				   "password is kept for when it is away");
		return lw_creds_drop(c, r, user->sid);
	}
	return lw_creds_store(c, r, user->sid, l->password);
}

enum lw_err lw_offline_learn(struct lw_request *r, const struct lw_login *l,
			     const struct lw_object *user, enum lw_err e)
{
	struct lw_creds *c = r->front->creds;
	enum lw_err may;

	if (!r->front->config->offline_credentials || r->learnt || !user ||
	    !r->presented.known || r->presented.uid != user->id)
		return LW_OK;
	if (e == LW_OK) {
		may = access_of(r, user, l->service);
		if (may == LW_PENDING)
			return LW_PENDING;
		r->learnt = true;
		return taken(r, l, user, may);
	}
	r->learnt = true;
	if (e == LW_DENIED)
		lw_creds_refused(c, user->sid, l->password);
	else if (is_final(e))
		return lw_creds_drop(c, r, user->sid);
	return LW_OK;
}

/* LW_OK: all that is known lets him in, so that his password decides. */
static enum lw_err judge(struct lw_request *r, const struct lw_login *l,
			 const struct lw_object **ret, const char **ret_why)
{
	const struct lw_object *o;
	enum lw_err e = lw_judge_user(r, l->user, r->max_age_ms, &o);
	bool expired;

	*ret_why = "offline, and not known, or longer ago than "
		   "offline_authorization_max";
	if (e != LW_OK)
		return e;
	*ret = o;
	*ret_why = "offline, and what is known of him is too old";
	if (!confirmed(r, o))
		return LW_OFFLINE;
	*ret_why = "offline, and by what is known he may not log in";
	e = lw_judge_state(o, true);
	if (e == LW_OK && lw_kept_disabled(r->front, lw_str(o->sid)))
		e = LW_DISABLED;
	if (e == LW_OK && lw_recent_change_due(&r->front->recent, o->id,
					       lw_now_ms(), &expired))
		e = LW_CHANGE;
	if (e == LW_OK)
		e = access_of(r, o, l->service);
	if (e == LW_OK)
		*ret_why = "offline, and lightwaved-creds cannot say";
	return e;
}

static enum lw_err outcome(struct lw_request *r, const struct lw_login *l,
			   const struct lw_object **ret, const char **ret_why)
{
	const struct lw_stored *s = &r->stored;

	*ret_why = "it answers again";
	if (lw_link_heard_since(r->front->link, r->started_ms))
		return LW_OFFLINE;
	/* What is known may have changed while we waited. */
	if (judge(r, l, ret, ret_why) != LW_OK)
		return s->known && (s->result == LW_OK ||
				    s->result == LW_DENIED)
			       ? LW_DENIED
			       : LW_OFFLINE;
	*ret_why = "offline, and lightwaved-creds cannot say";
	if (!s->known || (s->result != LW_OK && s->result != LW_DENIED))
		return LW_OFFLINE;
	*ret_why = s->result == LW_OK ? "offline, by the last known password"
				      : "offline: it is another one, or none "
					"that counts is kept, as "
					"lightwaved-creds's log says";
	return s->result == LW_OK && s->uid == (*ret)->id ? LW_OK : LW_DENIED;
}

/* Only for whether anybody answers it: who he is could not be looked up. */
static enum lw_err bind_to_see(struct lw_request *r, const struct lw_login *l)
{
	const struct lw_object *o;
	enum lw_err e = lw_judge_user(r, l->user, r->max_age_ms, &o);

	e = e == LW_OK ? lw_present_verdict(r, o, l->password, false)
		       : lw_present_decoy(r);
	r->presented.uid = 0;
	return e;
}

static enum lw_err look_up_to_see(struct lw_request *r,
				  const struct lw_login *l)
{
	char account[LW_NAME_MAX];

	r->probed = true;
	if (lw_typed_name(r, LW_KIND_USER, l->user, account) != LW_OK)
		return LW_OFFLINE;
	return lw_ask_find(r, LW_KIND_USER, LW_BY_NAME, account, 0);
}

/*
 * A bind that came to nothing is no outage: it may be this server alone, or a
 * connection. So this login's own was sent, and nobody answered it; nor what
 * was looked up; and all that time nothing was heard of the directory by any
 * other way. LW_OK: it is away. LW_PENDING; LW_OFFLINE: nobody can say.
 */
static enum lw_err away(struct lw_request *r, const struct lw_login *l)
{
	const struct lw_link *link = r->front->link;
	enum lw_err e = LW_OFFLINE;

	if (!r->offline || r->busy || !lw_link_up(link) ||
	    lw_link_heard_since(link, r->started_ms))
		return LW_OFFLINE;
	if (!r->presented.asked)
		e = r->late ? LW_OFFLINE : bind_to_see(r, l);
	else if (!r->presented.unanswered)
		return LW_OFFLINE;
	else if (lw_link_refused_since(link, r->started_ms))
		return LW_OK;
	else if (!r->late && !r->probed)
		e = look_up_to_see(r, l);
	return e == LW_PENDING ? LW_PENDING : LW_OFFLINE;
}

enum lw_err lw_offline_auth(struct lw_request *r, const struct lw_login *l,
			    enum lw_err e, const struct lw_object **ret,
			    const char **ret_why)
{
	const struct lw_object *o = NULL;
	enum lw_err may;

	if (!r->front->config->offline_credentials ||
	    (e != LW_OFFLINE && e != LW_NOWORKER))
		return e;
	if (r->stored.asked)
		return outcome(r, l, ret, ret_why);
	/* A password that the directory might refuse is not for us. */
	may = away(r, l);
	if (may != LW_OK)
		return may == LW_PENDING ? LW_PENDING : e;
	may = judge(r, l, &o, ret_why);
	if (o)
		*ret = o;
	if (o && is_final(may))
		lw_creds_drop(r->front->creds, NULL, o->sid);
	r->stored.asked = true;
	r->stored.uid = may == LW_OK ? o->id : 0;
	e = lw_creds_check(r->front->creds, r, may == LW_OK ? o->sid : "",
			   l->password);
	return e == LW_PENDING ? LW_PENDING : LW_OFFLINE;
}
