/* search.c - ask the directory for entries. A worker process. */
#include "search.h"

#include "cleanup.h"
#include "clock.h"
#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * On their way at once. Some servers do one after the other and read no
 * further meanwhile: what waits there has to fit into the socket's buffers.
 */
#define WINDOW 4

/*
 * A server may take its time for each piece of an answer; what never ends is
 * none. So many times the limit for one piece.
 */
#define PATIENCE 8

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
	if (rc == LDAP_SIZELIMIT_EXCEEDED && q->size_most)
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

/* Sends the search, or asks for its next page. */
static enum lw_err send_ask(struct lw_conn *c, struct lw_ask *a)
{
	const struct lw_query *q = &a->q;
	LDAPControl *ctrls[] = { NULL, NULL };
	int rc;

	if (q->page && ldap_create_page_control(c->ld, (ber_int_t)q->page,
						&a->cookie, 0, ctrls))
		return LW_NOMEM;
	/* Not the _s form: it would send our time limit to the server. */
	rc = ldap_search_ext(c->ld, q->base, q->scope, q->filter, q->attrs, 0,
			     q->page ? ctrls : NULL, NULL, NULL,
			     q->size_most ? q->size_most : LDAP_NO_LIMIT,
			     &a->id);
	ldap_control_free(ctrls[0]);
	a->until_ms =
		lw_mono_ms() + (int64_t)PATIENCE * lw_setup_op_ms(c->setup);
	a->fresh = 0;
	if (rc != LDAP_SUCCESS)
		a->id = 0;
	return translate(c, q, rc);
}

/* Whether pages bring anything new is asked once there are several. */
static enum lw_err note_entry(struct lw_conn *c, struct lw_ask *a,
			      LDAPMessage *m)
{
	struct lw_str dn;
	enum lw_err e;

	if (!a->q.page)
		return LW_OK;
	if (!a->seen)
		a->seen = calloc(1, sizeof(*a->seen));
	if (!a->seen)
		return LW_NOMEM;
	e = lw_search_dn(c->ld, m, &dn);
	if (e != LW_OK)
		return e;
	e = lw_dnset_add(a->seen, lw_dn_hash(dn), 0);
	a->fresh += e == LW_OK;
	return e == LW_NOMEM ? e : LW_OK;
}

/*
 * vmdir's cookie is the same on every page, so it cannot tell progress from a
 * circle: with it must come an entry that no page before brought.
 */
static enum lw_err check_progress(struct lw_conn *c, const struct lw_ask *a)
{
	if (a->fresh > 0 || ber_bvcmp(&a->cookie, &a->before))
		return LW_OK;
	lw_log(LOG_ERR, "%s: a paged search goes round in circles",
	       lw_conn_host(c));
	return LW_RANGE;
}

static enum lw_err read_cookie(struct lw_conn *c, struct lw_ask *a,
			       LDAPControl **ctrls)
{
	LDAPControl *ctrl =
		ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, ctrls, NULL);
	ber_int_t total;

	ber_memfree(a->before.bv_val);
	a->before = a->cookie;
	a->cookie = (struct berval) { 0, NULL };
	/* No control back: the server gave everything at once. */
	if (!ctrl || !a->q.page)
		return LW_OK;
	return translate(c, &a->q,
			 ldap_parse_pageresponse_control(c->ld, ctrl, &total,
							 &a->cookie));
}

/* The server has said all that it has to say to this, or to this page. */
static enum lw_err end_ask(struct lw_conn *c, struct lw_ask *a, LDAPMessage *m)
{
	LDAPControl **ctrls = NULL;
	int result = LDAP_SUCCESS, rc;
	enum lw_err e;

	a->id = 0;
	rc = ldap_parse_result(c->ld, m, &result, NULL, NULL, NULL, &ctrls, 0);
	/* What is no DN to the server is no entry's. */
	if (a->base_may_lack && result == LDAP_INVALID_DN_SYNTAX)
		result = LDAP_NO_SUCH_OBJECT;
	e = translate(c, &a->q, rc == LDAP_SUCCESS ? result : rc);
	if (e == LW_NOTFOUND && a->base_may_lack)
		e = LW_OK;
	if (e == LW_OK)
		e = read_cookie(c, a, ctrls);
	ldap_controls_free(ctrls);
	if (e != LW_OK)
		return e;
	a->done = a->cookie.bv_len == 0;
	if (a->done)
		return LW_OK;
	e = check_progress(c, a);
	return e == LW_OK ? send_ask(c, a) : e;
}

static struct lw_ask *whose(struct lw_ask *asks, size_t n, LDAPMessage *m)
{
	int id = ldap_msgid(m);

	for (size_t i = 0; i < n; i++) {
		if (id > 0 && asks[i].id == id)
			return &asks[i];
	}
	return NULL;
}

/* The next message, for whichever it is. */
static enum lw_err receive(struct lw_conn *c, struct lw_ask *asks, size_t n)
{
	struct timeval limit = lw_conn_limit(c);
	lw_cleanup(free_result) LDAPMessage *m = NULL;
	int type = ldap_result(c->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &limit, &m);
	struct lw_ask *a;
	enum lw_err e;

	if (type == 0 || (type > 0 && lw_mono_ms() > asks[0].until_ms))
		return translate(c, &asks[0].q, LDAP_TIMEOUT);
	if (type < 0)
		return translate(c, &asks[0].q, LDAP_SERVER_DOWN);
	a = whose(asks, n, m);
	if (!a)
		return LW_OK; /* the rest of something given up before */
	lw_conn_heard(c);
	if (type == LDAP_RES_SEARCH_RESULT)
		return end_ask(c, a, m);
	if (type != LDAP_RES_SEARCH_ENTRY)
		return LW_OK; /* a referral: not followed */
	e = note_entry(c, a, m);
	return e == LW_OK ? a->fn(a->arg, c->ld, m) : e;
}

static enum lw_err run(struct lw_conn *c, struct lw_ask *asks, size_t n)
{
	size_t first = 0, next = 0;
	enum lw_err e = LW_OK;

	while (first < n && e == LW_OK) {
		while (next < n && next - first < WINDOW && e == LW_OK)
			e = send_ask(c, &asks[next++]);
		if (e == LW_OK)
			e = receive(c, asks + first, next - first);
		while (first < next && asks[first].done)
			first++;
	}
	c->used_ms = lw_mono_ms();
	return e;
}

/* What is still to come for a search that was given up would be taken for
 * the answer to another one by nobody, but it would have to be read. */
static void give_up(struct lw_conn *c, const struct lw_ask *asks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (asks[i].id && !c->broken) {
			lw_conn_close(c);
			return;
		}
	}
}

enum lw_err lw_search_all(struct lw_conn *c, struct lw_ask *asks, size_t n)
{
	enum lw_err e = run(c, asks, n);

	if (e != LW_OK)
		give_up(c, asks, n);
	for (size_t i = 0; i < n; i++) {
		ber_memfree(asks[i].cookie.bv_val);
		ber_memfree(asks[i].before.bv_val);
		if (asks[i].seen)
			lw_dnset_done(asks[i].seen);
		free(asks[i].seen);
	}
	return e;
}

enum lw_err lw_search(struct lw_conn *c, const struct lw_query *q,
		      lw_search_fn *fn, void *arg)
{
	struct lw_ask ask = { .q = *q, .fn = fn, .arg = arg };

	return lw_search_all(c, &ask, 1);
}
