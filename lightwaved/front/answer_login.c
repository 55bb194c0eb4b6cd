/* answer_login.c - what PAM asks: verdict, account, ticket. The front. */
#include "answer.h"

#include "access.h"
#include "cleanup.h"
#include "log.h"

#include <string.h>

#define FRESH 0 /* facts from before this request are not enough */

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

/* Users are asked for by name; a local account is never one of them. */
static enum lw_err find_user(struct lw_request *r, struct lw_str typed,
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

static void log_decision(const char *what, const struct lw_login *l,
			 const char *name, enum lw_err e, const char *why)
{
	bool good = e == LW_OK;

	lw_log(good ? LOG_INFO : LOG_NOTICE,
	       "%s: user %.*s%s%s%s, service %.*s%s%.*s: %s%s%s", what,
	       (int)l->user.n, l->user.s, name ? " (" : "", name ? name : "",
	       name ? ")" : "", (int)l->service.n, l->service.s,
	       l->rhost.n ? ", from " : "", (int)l->rhost.n, l->rhost.s,
	       good ? "allowed" : lw_strerror(e), *why ? ": " : "", why);
}

/* A good password does not open what the entry says is closed. */
static enum lw_err state(const struct lw_object *o, bool locked_too)
{
	if (o->uac & LW_UAC_DISABLED)
		return LW_DISABLED;
	if (o->uac & LW_UAC_EXPIRED)
		return LW_EXPIRED;
	if (locked_too && o->uac & LW_UAC_LOCKED)
		return LW_LOCKED;
	return LW_OK;
}

/* An account may lose its ticket when the entry says more than the bind. */
static void forget_ticket(struct lw_request *r, uint32_t uid)
{
	lw_cleanup(lw_free) uint8_t *ccache = NULL;
	size_t n;

	if (lw_tickets_take(&r->front->tickets, uid, lw_now_ms(), &ccache,
			    &n) == LW_OK)
		explicit_bzero(ccache, n);
}

enum lw_err lw_answer_auth(struct lw_request *r, struct lw_rd *body,
			   struct lw_wr *rest)
{
	const struct lw_object *o = NULL;
	struct lw_login l;
	enum lw_err e = lw_login_decode(body, &l);

	if (e != LW_OK)
		return e;
	if (l.password.n == 0 || l.password.n > LW_PASSWORD_MAX)
		e = LW_DENIED;
	else
		e = find_user(r, l.user, FRESH, &o);
	if (e == LW_OK && !r->verdict_asked && !r->offline) {
		r->verdict_asked = true;
		r->verdict_uid = o->id;
		e = lw_ask_verdict(r, o, l.password);
	} else if (e == LW_OK &&
		   (!r->verdict_known || r->verdict_uid != o->id)) {
		e = LW_OFFLINE;
	} else if (e == LW_OK) {
		e = r->verdict;
		if (e == LW_OK)
			e = state(o, true);
		if (e != LW_OK)
			forget_ticket(r, o->id);
	}
	if (e == LW_PENDING)
		return e;
	log_decision("auth", &l, o ? o->name : NULL, e, "");
	if (e == LW_OK)
		lw_wr_u32(rest, r->expires_in);
	return e;
}

enum lw_err lw_answer_account(struct lw_request *r, struct lw_rd *body,
			      struct lw_wr *rest)
{
	const struct lw_object *o = NULL;
	const struct lw_ids *groups;
	char rule[LW_NAME_MAX + 64] = "";
	struct lw_login l;
	enum lw_err e = lw_login_decode(body, &l);

	(void)rest;
	if (e != LW_OK)
		return e;
	e = find_user(r, l.user, FRESH, &o);
	if (e == LW_OK)
		e = state(o, r->front->config->locked_denies_all);
	if (e == LW_OK)
		e = lw_find_groups_of(r, o, FRESH, &groups);
	if (e == LW_OK)
		e = lw_access_check(r, o, groups, rule, sizeof(rule));
	if (e != LW_PENDING)
		log_decision("account", &l, o ? o->name : NULL, e, rule);
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
		e = find_user(r, typed, r->front->config->ttl * INT64_C(1000),
			      &o);
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
