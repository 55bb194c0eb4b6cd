/* search.c - ask the directory for entries. A worker process. */
#include "search.h"

#include "cleanup.h"
#include "clock.h"
#include "log.h"
#include "strset.h"

#include <string.h>

#define PAGE 500

static void free_result(LDAPMessage **m)
{
	ldap_msgfree(*m);
}

static enum lw_err translate(struct lw_conn *c, const struct lw_query *q,
			     int rc)
{
	static int64_t logged;

	if (lw_conn_note(c, rc) == LDAP_SUCCESS)
		return LW_OK;
	if (rc == LDAP_NO_SUCH_OBJECT)
		return LW_NOTFOUND;
	if (rc == LDAP_NO_MEMORY)
		return LW_NOMEM;
	lw_log(LOG_DEBUG, "%s: search %s under %s: %s", lw_conn_host(c),
	       q->filter, q->base, ldap_err2string(rc));
	if (lw_rarely(&logged))
		lw_log(LOG_WARNING, "%s: a search failed: %s", lw_conn_host(c),
		       ldap_err2string(rc));
	return LW_OFFLINE;
}

static enum lw_err hand_over(struct lw_conn *c, LDAPMessage *all,
			     lw_search_fn *fn, void *arg)
{
	enum lw_err e = LW_OK;

	for (LDAPMessage *m = ldap_first_entry(c->ld, all); m && e == LW_OK;
	     m = ldap_next_entry(c->ld, m))
		e = fn(arg, c->ld, m);
	return e;
}

static enum lw_err ask(struct lw_conn *c, const struct lw_query *q,
		       LDAPControl *ctrl, LDAPMessage **ret)
{
	struct timeval limit = lw_conn_limit(c);
	LDAPControl *ctrls[] = { ctrl, NULL };
	int id, rc;

	/* Not the _s form: it would send our time limit to the server. */
	rc = ldap_search_ext(c->ld, q->base, q->scope, q->filter, q->attrs, 0,
			     ctrl ? ctrls : NULL, NULL, NULL, LDAP_NO_LIMIT,
			     &id);
	if (rc != LDAP_SUCCESS)
		return translate(c, q, rc);
	rc = ldap_result(c->ld, id, LDAP_MSG_ALL, &limit, ret);
	c->used_ms = lw_mono_ms();
	if (rc == LDAP_RES_SEARCH_RESULT)
		return LW_OK;
	return translate(c, q, rc == 0 ? LDAP_TIMEOUT : LDAP_SERVER_DOWN);
}

static enum lw_err one_page(struct lw_conn *c, const struct lw_query *q,
			    lw_search_fn *fn, void *arg)
{
	lw_cleanup(free_result) LDAPMessage *all = NULL;
	enum lw_err e = ask(c, q, NULL, &all);
	int result, rc;

	if (e != LW_OK)
		return e;
	rc = ldap_parse_result(c->ld, all, &result, NULL, NULL, NULL, NULL, 0);
	e = translate(c, q, rc == LDAP_SUCCESS ? result : rc);
	return e == LW_OK ? hand_over(c, all, fn, arg) : e;
}

/* A paged search on its way. */
struct pages {
	struct berval cookie, before; /* the next page's, the last one's */
	struct lw_strset seen;	      /* DNs */
};

static void pages_done(struct pages *p)
{
	ber_memfree(p->cookie.bv_val);
	ber_memfree(p->before.bv_val);
	lw_strset_done(&p->seen);
}

/*
 * vmdir's cookie is the same on every page, so it cannot tell progress from a
 * circle: with it must come an entry that no page before brought.
 */
static enum lw_err progress(struct lw_conn *c, LDAPMessage *all,
			    struct pages *p)
{
	size_t before = p->seen.n;

	for (LDAPMessage *m = ldap_first_entry(c->ld, all); m;
	     m = ldap_next_entry(c->ld, m)) {
		char *dn = ldap_get_dn(c->ld, m);
		enum lw_err e =
			dn ? lw_strset_add(&p->seen, lw_str(dn)) : LW_NOMEM;

		ldap_memfree(dn);
		if (e == LW_NOMEM)
			return e;
	}
	if (p->seen.n > before || p->cookie.bv_len == 0 ||
	    ber_bvcmp(&p->cookie, &p->before))
		return LW_OK;
	lw_log(LOG_ERR, "%s: a paged search goes round in circles",
	       lw_conn_host(c));
	return LW_RANGE;
}

/* Ends with a result that is judged and with the next page's cookie. */
static enum lw_err page_end(struct lw_conn *c, const struct lw_query *q,
			    LDAPMessage *all, struct pages *p)
{
	LDAPControl **ctrls = NULL, *ctrl;
	ber_int_t total;
	int result, rc;
	enum lw_err e;

	ber_memfree(p->before.bv_val);
	p->before = p->cookie;
	p->cookie = (struct berval) { 0, NULL };
	rc = ldap_parse_result(c->ld, all, &result, NULL, NULL, NULL, &ctrls,
			       0);
	e = translate(c, q, rc == LDAP_SUCCESS ? result : rc);
	/* No control back: the server gave everything at once. */
	ctrl = e == LW_OK ? ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, ctrls,
					      NULL)
			  : NULL;
	if (ctrl)
		e = translate(c, q,
			      ldap_parse_pageresponse_control(
				      c->ld, ctrl, &total, &p->cookie));
	ldap_controls_free(ctrls);
	return e;
}

static enum lw_err next_page(struct lw_conn *c, const struct lw_query *q,
			     struct pages *p, lw_search_fn *fn, void *arg)
{
	lw_cleanup(free_result) LDAPMessage *all = NULL;
	LDAPControl *ctrl = NULL;
	enum lw_err e;

	if (ldap_create_page_control(c->ld, PAGE, &p->cookie, 0, &ctrl))
		return LW_NOMEM;
	e = ask(c, q, ctrl, &all);
	ldap_control_free(ctrl);
	if (e == LW_OK)
		e = page_end(c, q, all, p);
	if (e == LW_OK)
		e = progress(c, all, p);
	return e == LW_OK ? hand_over(c, all, fn, arg) : e;
}

enum lw_err lw_search(struct lw_conn *c, const struct lw_query *q,
		      lw_search_fn *fn, void *arg)
{
	lw_cleanup(pages_done) struct pages p = { 0 };
	enum lw_err e;

	if (!q->paged)
		return one_page(c, q, fn, arg);
	do {
		e = next_page(c, q, &p, fn, arg);
	} while (e == LW_OK && p.cookie.bv_len > 0);
	return e;
}

enum lw_err lw_search_seen(void *arg, LDAP *ld, LDAPMessage *entry)
{
	(void)ld;
	(void)entry;
	*(bool *)arg = true;
	return LW_OK;
}

enum lw_err lw_search_dns(LDAP *ld, LDAPMessage *entry, const char *attr,
			  struct lw_strset *set)
{
	struct berval **v = ldap_get_values_len(ld, entry, attr);
	enum lw_err e = LW_OK;

	for (size_t i = 0; v && v[i] && e != LW_NOMEM; i++) {
		struct lw_str dn = { v[i]->bv_val, v[i]->bv_len };

		if (dn.n > 0 && !memchr(dn.s, '\0', dn.n))
			e = lw_strset_add(set, dn);
	}
	ldap_value_free_len(v);
	return e == LW_NOMEM ? e : LW_OK;
}
