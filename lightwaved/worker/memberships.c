/* memberships.c - all groups an entry is in, nested. A worker process. */
#include "lookup.h"

#include "answer.h"
#include "batch.h"
#include "claim.h"
#include "cleanup.h"
#include "entry.h"
#include "log.h"

#define MAX_DEPTH  32
#define MAX_GROUPS 65536

struct walk {
	struct lw_answer *answer;
	struct lw_strset named; /* DNs in memberOf */
	struct lw_strset dns;	/* of the groups read */
	bool found;		/* the entry itself */
};

static void walk_done(struct walk *w)
{
	lw_strset_done(&w->named);
	lw_strset_done(&w->dns);
}

static void by_member(struct lw_wr *filter, const char *value,
		      const struct lw_config *config)
{
	(void)config;
	lw_filter_pair(filter, "member", lw_str(value));
}

static const struct lw_batch by_membership = {
	.only = LW_IS_GROUP,
	.pairs = by_member,
	.attrs = lw_entry_group_attrs,
	.paged = true,
};

static enum lw_err take_member_of(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct walk *w = arg;

	w->found = true;
	return lw_search_dns(ld, m, "memberOf", &w->named);
}

/* The server computes memberOf, nested, when it is named. */
static enum lw_err ask_member_of(struct lw_conn *c, const char *dn,
				 struct walk *w)
{
	char *attrs[] = { "memberOf", NULL };
	struct lw_query q = { .base = dn,
			      .scope = LDAP_SCOPE_BASE,
			      .filter = "(objectClass=*)",
			      .attrs = attrs };
	enum lw_err e = lw_search(c, &q, take_member_of, w);

	return e == LW_OK && !w->found ? LW_NOTFOUND : e;
}

static enum lw_err take_group(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct walk *w = arg;
	char *dn = ldap_get_dn(ld, m);
	enum lw_err e = dn ? lw_strset_add(&w->dns, lw_str(dn)) : LW_NOMEM;

	ldap_memfree(dn);
	if (e == LW_RANGE)
		return LW_OK; /* met before: a cycle, or two ways to it */
	return e == LW_OK ? lw_claim_take(w->answer, ld, m) : e;
}

/* The groups he is in directly, whole, in one search. */
static enum lw_err read_direct(struct lw_conn *c, const char *dn,
			       struct walk *w)
{
	lw_cleanup(lw_strset_done) struct lw_strset self = { 0 };
	enum lw_err e = lw_strset_add(&self, lw_str(dn));

	return e == LW_OK ? lw_batch_search(c, &by_membership, &self, 0, 1,
					    take_group, w)
			  : e;
}

/* The others memberOf names: nested ones, or such as are not there. */
static enum lw_err read_nested(struct lw_conn *c, struct walk *w)
{
	const struct lw_strset *named = &w->named;
	const struct lw_batch b = { .only = LW_IS_GROUP,
				    .pairs = lw_batch_by_dn,
				    .attrs = lw_entry_group_attrs };
	lw_cleanup(lw_strset_done) struct lw_strset missing = { 0 };
	enum lw_err e = LW_OK;

	for (size_t i = 0; i < named->n && e == LW_OK; i++) {
		if (!lw_strset_has(&w->dns, lw_str(named->v[i])))
			e = lw_strset_add(&missing, lw_str(named->v[i]));
	}
	if (e == LW_OK)
		e = lw_batch_search(c, &b, &missing, 0, missing.n, take_group,
				    w);
	if (e == LW_OK && w->answer->count < named->n)
		lw_log(LOG_DEBUG,
		       "%zu of %zu groups are not there or not served",
		       named->n - w->answer->count, named->n);
	return e;
}

/* Level by level; the first entry of w->dns is where it begins. */
static enum lw_err climb(struct lw_conn *c, struct walk *w)
{
	size_t from = 0;
	enum lw_err e = LW_OK;

	for (int depth = 0; from < w->dns.n && e == LW_OK; depth++) {
		size_t to = w->dns.n;

		if (depth > MAX_DEPTH || to > MAX_GROUPS) {
			lw_log(LOG_ERR,
			       "'%s' is in too many groups, or too deep",
			       w->dns.v[0]);
			return LW_RANGE;
		}
		e = lw_batch_search(c, &by_membership, &w->dns, from, to,
				    take_group, w);
		from = to;
	}
	return e;
}

static enum lw_err all_groups(struct lw_conn *c, const char *dn, struct walk *w)
{
	enum lw_err e = ask_member_of(c, dn, w);

	if (e != LW_OK)
		return e;
	if (w->named.n > MAX_GROUPS)
		return LW_RANGE;
	if (w->named.n > 0) {
		e = read_direct(c, dn, w);
		return e == LW_OK ? read_nested(c, w) : e;
	}
	e = lw_strset_add(&w->dns, lw_str(dn));
	return e == LW_OK ? climb(c, w) : e;
}

enum lw_err lw_lookup_memberships(struct lw_conn *c, struct lw_str dn,
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
	e = all_groups(c, copy, &walk);
	if (e == LW_OK)
		e = lw_claim_others(c, &a, NULL);
	return e == LW_OK ? lw_answer_end(&a) : e;
}
