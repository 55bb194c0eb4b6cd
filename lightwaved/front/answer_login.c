/* answer_login.c - account, ticket, principal. The front. */
#include "answer.h"

#include "access.h"
#include "cleanup.h"
#include "judge.h"
#include "local_groups.h"
#include "path.h"

#include <string.h>
#include <strings.h>

enum lw_err lw_answer_ours(struct lw_request *r, struct lw_rd *body,
			   struct lw_wr *rest)
{
	struct lw_str typed = lw_rd_str(body);
	char account[LW_NAME_MAX];
	enum lw_err e = lw_rd_end(body);

	(void)rest;
	if (e != LW_OK)
		return e;
	e = lw_typed_name(r, LW_KIND_USER, typed, account);
	return e == LW_NOTFOUND ? LW_NOTOURS : e;
}

/* What the record of it says. */
struct decided {
	struct lw_access_rule rule;
	struct lw_wr local_groups; /* their names */
};

static void decided_done(struct decided *by)
{
	lw_wr_done(&by->local_groups);
}

/* The local groups that his session will have. */
static enum lw_err given(struct lw_request *r, const struct lw_ids *groups,
			 struct decided *by)
{
	lw_cleanup(lw_free) struct lw_local_given *v = NULL;
	struct lw_wr *w = &by->local_groups;
	size_t n = 0;
	enum lw_err e = lw_local_groups_of(r, groups, &v, &n);

	lw_wr_done(w);
	lw_wr_heap(w, LW_JOURNAL_VALUE);
	for (size_t i = 0; e == LW_OK && i < n; i++) {
		lw_wr_raw(w, " ", i > 0);
		lw_wr_raw(w, v[i].local, strlen(v[i].local));
	}
	return e;
}

static struct lw_str written(const struct lw_wr *w)
{
	return (struct lw_str) { (const char *)w->base,
				 w->base ? (size_t)(w->p - w->base) : 0 };
}

static void say(struct lw_request *r, const struct lw_login *l,
		const struct lw_object *o, enum lw_err e,
		const struct decided *by)
{
	lw_cleanup(lw_wr_done) struct lw_wr path;
	lw_cleanup(lw_path_done) struct lw_path p = { 0 };
	struct lw_judged more = { .rule = lw_str(by->rule.text),
				  .group_sid = lw_str(by->rule.group) };

	lw_wr_heap(&path, LW_JOURNAL_VALUE);
	if (e == LW_OK && *by->rule.group)
		lw_path_find(r, o->sid, by->rule.group, &p);
	lw_path_put(r, &p, &path);
	more.path = written(&path);
	if (e == LW_OK)
		more.local_groups = written(&by->local_groups);
	lw_judge_log(r, LW_AUDIT_ACCOUNT, l, o, e, by->rule.text, &more);
}

/*
 * What this login's password question brought in counts here too. A way to
 * change an expired password turns its end into an errand.
 */
static enum lw_err account(struct lw_request *r, const struct lw_login *l,
			   const struct lw_object **ret, struct decided *by)
{
	const struct lw_config *c = r->front->config;
	const struct lw_ids *groups;
	bool expired = false, due;
	enum lw_err e;

	e = lw_judge_user(r, l->user, r->max_age_ms, ret);
	if (e != LW_OK)
		return e;
	due = lw_recent_change_due(&r->front->recent, (*ret)->id, lw_now_ms(),
				   &expired);
	e = lw_judge_state(*ret, c->locked_denies_all);
	/* Who was let in by the bind can change it by another one. */
	if (e == LW_EXPIRED && (c->kpasswd || (due && !expired))) {
		due = true;
		e = LW_OK;
	}
	if (e == LW_OK)
		e = lw_find_groups_of(r, *ret, r->max_age_ms, &groups);
	if (e == LW_OK)
		e = lw_access_check(r, *ret, groups, l->service, &by->rule);
	/* Whose list of groups would have an error has no session. */
	if (e == LW_OK)
		e = given(r, groups, by);
	return e == LW_OK && due ? LW_CHANGE : e;
}

enum lw_err lw_answer_account(struct lw_request *r, struct lw_rd *body,
			      struct lw_wr *rest)
{
	const struct lw_object *o = NULL;
	lw_cleanup(decided_done) struct decided by = { 0 };
	struct lw_login l;
	enum lw_err e = lw_login_decode(body, &l);

	(void)rest;
	if (e != LW_OK)
		return e;
	if (r->runs == 1)
		r->max_age_ms = lw_recent_age(&r->front->recent, l.service,
					      l.user, r->started_ms);
	e = account(r, &l, &o, &by);
	if (lw_judge_again(r, e))
		e = account(r, &l, &o, &by);
	e = lw_judge_away(r, e);
	if (e != LW_PENDING)
		say(r, &l, o, e, &by);
	if (e == LW_OK && o)
		lw_recent_passed(&r->front->recent, r->pid, o->id, lw_now_ms());
	return e;
}

enum lw_err lw_answer_passed(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest)
{
	struct lw_str typed = lw_rd_str(body);
	const struct lw_object *o;
	char account[LW_NAME_MAX];
	enum lw_err e = lw_rd_end(body);

	(void)rest;
	if (e == LW_OK)
		e = lw_typed_name(r, LW_KIND_USER, typed, account);
	if (e != LW_OK)
		return e;
	/* From memory, whatever its age: whoever has just passed is there. */
	r->offline = true;
	e = lw_find_by_name(r, LW_KIND_USER, account, INT64_MAX, &o);
	return e == LW_OK && lw_recent_has_passed(&r->front->recent, r->pid,
						  o->id, lw_now_ms())
		       ? LW_OK
		       : LW_NOTFOUND;
}

/*
 * One name and our realm. Two realms may differ in case alone, and what a
 * reader of principals could take for more than one name is none.
 */
static bool plain_principal(struct lw_str s, const char *realm)
{
	const char *at = s.n ? memchr(s.s, '@', s.n) : NULL;
	size_t n = strlen(realm);

	return at && !memchr(s.s, '\\', s.n) && !memchr(s.s, '/', s.n) &&
	       s.n - (size_t)(at + 1 - s.s) == n && !memcmp(at + 1, realm, n);
}

/*
 * The KDC calls people by their userPrincipalName, which each may choose
 * himself: it opens the account that its entry owns here, and no other.
 */
static enum lw_err of_principal(struct lw_request *r,
				const struct lw_principal *p,
				const struct lw_object **ret)
{
	const struct lw_object *o;
	enum lw_err e;

	if (!plain_principal(p->principal, r->front->config->realm))
		return LW_NOTOURS;
	e = lw_judge_user(r, p->principal, r->max_age_ms, ret);
	if (e != LW_OK)
		return e;
	if (p->principal.n != strlen((*ret)->upn) ||
	    strncasecmp(p->principal.s, (*ret)->upn, p->principal.n) != 0)
		return LW_DENIED;
	/* Not everybody who asks goes on to ask about the account. */
	e = lw_judge_state(*ret, false);
	if (e == LW_DISABLED)
		return e;
	if (p->account.n == 0)
		return LW_OK;
	e = lw_judge_user(r, p->account, r->max_age_ms, &o);
	if (e == LW_PENDING || e == LW_OFFLINE)
		return e;
	return e == LW_OK && o->id == (*ret)->id ? LW_OK : LW_DENIED;
}

static void say_principal(const struct lw_request *r,
			  const struct lw_principal *p,
			  const struct lw_object *o, enum lw_err e)
{
	const char *why = e == LW_DENIED ? "not that account's" : "";
	const struct lw_audit a = { .event = LW_AUDIT_PRINCIPAL,
				    .user = p->account,
				    .principal = p->principal,
				    .account = o,
				    .result = e,
				    .why = why,
				    .as_of_ms = r->as_of_ms,
				    .away = r->offline };

	lw_audit_say(r->front, &a, "principal %.*s for user %.*s: %s",
		     (int)p->principal.n, p->principal.s, (int)p->account.n,
		     p->account.s,
		     e == LW_OK ? "allowed"
		     : *why	? why
				: lw_strerror(e));
}

enum lw_err lw_answer_principal(struct lw_request *r, struct lw_rd *body,
				struct lw_wr *rest)
{
	const struct lw_object *o = NULL;
	struct lw_principal p;
	enum lw_err e = lw_principal_decode(body, &p);

	if (e != LW_OK)
		return e;
	e = of_principal(r, &p, &o);
	if (lw_judge_again(r, e))
		e = of_principal(r, &p, &o);
	e = lw_judge_away(r, e);
	if (e == LW_PENDING)
		return e;
	say_principal(r, &p, o, e);
	if (e == LW_OK && o)
		lw_wr_str(rest, lw_str(o->name));
	return e;
}

enum lw_err lw_answer_ticket(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest)
{
	struct lw_policy p = lw_front_policy(r->front);
	struct lw_str typed = lw_rd_str(body);
	lw_cleanup(lw_free) uint8_t *ccache = NULL;
	const struct lw_object *o;
	struct lw_ticket t;
	size_t n;
	enum lw_err e = lw_rd_end(body);

	if (e == LW_OK)
		e = lw_judge_user(r, typed,
				  r->front->config->ttl * INT64_C(1000), &o);
	if (e == LW_OK)
		e = lw_policy_primary_gid(&p, o->id, &t.gid);
	if (e == LW_OK)
		e = lw_tickets_take(&r->front->tickets, o->id, lw_now_ms(),
				    &ccache, &n);
	if (e != LW_OK)
		return e;
	t.uid = o->id;
	t.ccache = (struct lw_str) { (const char *)ccache, n };
	rest->wipe = true;
	lw_ticket_encode(rest, &t);
	explicit_bzero(ccache, n);
	return LW_OK;
}
