/* members.c - all users in a group, nested. A worker process. */
#include "lookup.h"

#include "answer.h"
#include "batch.h"
#include "claim.h"
#include "cleanup.h"
#include "entry.h"
#include "log.h"

#define MAX_DEPTH   32
#define MAX_MEMBERS 100000

#define IS_MEMBER "(|" LW_IS_GROUP "(&" LW_IS_USER "))"

struct walk {
	struct lw_answer *answer;
	struct lw_strset dns; /* members met, users and groups */
	size_t met;	      /* of them, entries that are there */
	bool found;
};

static void walk_done(struct walk *w)
{
	lw_strset_done(&w->dns);
}

static enum lw_err take_members(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct walk *w = arg;

	w->found = true;
	return lw_search_dns(ld, m, "member", &w->dns, MAX_MEMBERS);
}

/* A user is a result; a group leads to more of both. */
static enum lw_err take_either(void *arg, LDAP *ld, LDAPMessage *m)
{
	lw_cleanup(lw_entry_view_done) struct lw_entry_view v = { 0 };
	struct walk *w = arg;
	enum lw_err e = lw_entry_read(ld, m, &v);

	w->met++;
	if (e == LW_OK && v.e.kind == LW_KIND_USER)
		return lw_answer_add(w->answer, &v.e);
	if (e != LW_OK && e != LW_NOTOURS && e != LW_INVALID)
		return e;
	/* A group that cannot be served itself still has members. */
	return lw_search_dns(ld, m, "member", &w->dns, MAX_MEMBERS);
}

static enum lw_err start(struct lw_conn *c, const char *dn, struct walk *w)
{
	char *attrs[] = { "member", NULL };
	struct lw_query q = { .base = dn,
			      .scope = LDAP_SCOPE_BASE,
			      .filter = LW_IS_GROUP,
			      .attrs = attrs };
	enum lw_err e = lw_search(c, &q, take_members, w);

	return e == LW_OK && !w->found ? LW_NOTFOUND : e;
}

/* Level by level: one round of batches for each. */
static enum lw_err descend(struct lw_conn *c, const char *dn, struct walk *w)
{
	struct lw_batch b = { .only = IS_MEMBER,
			      .pairs = lw_batch_by_dn,
			      .attrs = lw_entry_member_attrs,
			      .fn = take_either,
			      .arg = w,
			      .set = &w->dns };
	enum lw_err e = start(c, dn, w);
	int depth = 0;

	for (; b.from < w->dns.n && e == LW_OK && depth <= MAX_DEPTH; depth++) {
		b.to = w->dns.n;
		e = lw_batch_search(c, &b, 1);
		b.from = b.to;
	}
	if (e == LW_OK && depth > MAX_DEPTH)
		e = LW_RANGE;
	if (e == LW_RANGE)
		lw_log(LOG_ERR, "'%s' has too many members, or too deep", dn);
	if (e == LW_OK && w->met < w->dns.n)
		lw_log(LOG_DEBUG, "'%s': %zu of %zu members are not there", dn,
		       w->dns.n - w->met, w->dns.n);
	return e;
}

enum lw_err lw_lookup_members(struct lw_conn *c, struct lw_str dn,
			      struct lw_wr *w)
{
	lw_cleanup(lw_answer_done) struct lw_answer a;
	lw_cleanup(walk_done) struct walk walk = { .answer = &a };
	lw_cleanup(lw_free) char *copy = lw_str_dup(dn);
	enum lw_err e;

	lw_answer_init(&a, w, lw_str(c->sid));
	if (!copy)
		return LW_NOMEM;
	if (!*copy)
		return LW_INVALID;
	e = descend(c, copy, &walk);
	if (e == LW_OK)
		e = lw_claim_others(c, &a, NULL);
	return e == LW_OK ? lw_answer_end(&a) : e;
}
