/* members.c - all users in a group, nested. A worker process. */
#include "lookup.h"

#include "answer.h"
#include "batch.h"
#include "claim.h"
#include "cleanup.h"
#include "entry.h"
#include "gone.h"
#include "log.h"

#define MAX_DEPTH   32
#define MAX_MEMBERS 100000

#define IS_MEMBER "(|" LW_IS_GROUP "(&" LW_IS_USER "))"

struct walk {
	struct lw_answer *answer;
	struct lw_strset dns; /* members that were named, of all groups */
	struct lw_dnset met;  /* of them, users and groups that are there */
	bool found;
};

static void walk_done(struct walk *w)
{
	lw_strset_done(&w->dns);
	lw_dnset_done(&w->met);
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
	struct lw_str dn;
	enum lw_err e = lw_search_dn(ld, m, &dn);

	if (e == LW_OK && lw_dnset_add(&w->met, lw_dn_hash(dn), 0) == LW_NOMEM)
		e = LW_NOMEM;
	if (e != LW_OK)
		return e;
	e = lw_entry_read(ld, m, &v);
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

/* Who was named and did not come: a computer, or nobody at all. */
static enum lw_err look_for_rest(struct lw_conn *c, const char *dn,
				 const struct walk *w)
{
	lw_cleanup(lw_strset_done) struct lw_strset rest = { 0 };
	enum lw_err e;

	for (size_t i = 0; i < w->dns.n; i++) {
		struct lw_str one = lw_str(w->dns.v[i]);

		if (!lw_dnset_find(&w->met, lw_dn_hash(one)) &&
		    lw_strset_add(&rest, one) == LW_NOMEM)
			return LW_NOMEM;
	}
	if (rest.n == 0)
		return LW_OK;
	e = lw_gone_many(c, &rest, IS_MEMBER);
	if (e == LW_OK)
		lw_log(LOG_DEBUG,
		       "'%s': %zu of %zu members are no users or groups that "
		       "are there",
		       dn, rest.n, w->dns.n);
	return e;
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
	return e == LW_OK ? look_for_rest(c, dn, w) : e;
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
