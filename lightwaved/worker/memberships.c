/* memberships.c - all groups an entry is in, nested. A worker process. */
#include "lookup.h"

#include "answer.h"
#include "batch.h"
#include "claim.h"
#include "cleanup.h"
#include "entry.h"
#include "gone.h"
#include "log.h"

#define MAX_DEPTH  32
#define MAX_GROUPS 65536
#define MAX_GONE   200 /* groups that memberOf names and nobody finds */

struct walk {
	const char *dn; /* of the entry itself */
	struct lw_answer *answer;
	struct lw_strset named; /* DNs in memberOf */
	struct lw_strset dns;	/* of the groups read */
	struct lw_strset asked; /* names: all who claim one were looked for */
	struct lw_wr others;	/* entries that only claim them */
	uint32_t other_count;
	bool found; /* the entry itself */
};

static void walk_done(struct walk *w)
{
	lw_strset_done(&w->named);
	lw_strset_done(&w->dns);
	lw_strset_done(&w->asked);
	lw_wr_done(&w->others);
}

static void by_member(struct lw_wr *filter, const char *value,
		      const struct lw_config *config)
{
	(void)config;
	lw_filter_pair(filter, "member", lw_str(value));
}

static enum lw_err take_member_of(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct walk *w = arg;

	w->found = true;
	return lw_search_dns(ld, m, "memberOf", &w->named, MAX_GROUPS);
}

static enum lw_err take_group(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct walk *w = arg;
	lw_cleanup(lw_free) char *dn = NULL;
	enum lw_err e = lw_entry_read_dn(ld, m, &dn);

	if (e == LW_OK)
		e = lw_strset_add(&w->dns, lw_str(dn));
	if (e == LW_INVALID)
		return lw_claim_take(w->answer, ld, m); /* which logs it */
	if (e == LW_RANGE)
		return LW_OK; /* met before: a cycle, or two ways to it */
	if (w->dns.n > MAX_GROUPS)
		return LW_RANGE;
	return e == LW_OK ? lw_claim_take(w->answer, ld, m) : e;
}

/*
 * What memberOf names, and the groups he is in directly, whole: two searches
 * in one round trip. The server computes memberOf, nested, when it is named.
 */
static enum lw_err ask_both(struct lw_conn *c, struct walk *w)
{
	lw_cleanup(lw_wr_done) struct lw_wr filter;
	char *attrs[] = { "memberOf", NULL };
	struct lw_ask asks[] = {
		{ .q = { .base = w->dn,
			 .scope = LDAP_SCOPE_BASE,
			 .filter = "(objectClass=*)",
			 .attrs = attrs },
		  .fn = take_member_of,
		  .arg = w },
		{ .q = { .base = c->setup->config->base_dn,
			 .scope = LDAP_SCOPE_SUBTREE,
			 .attrs = lw_entry_group_attrs,
			 .page = LW_PAGE },
		  .fn = take_group,
		  .arg = w },
	};
	enum lw_err e;

	lw_wr_heap(&filter, LW_FILTER_MAX);
	lw_filter_raw(&filter, "(&" LW_IS_GROUP);
	by_member(&filter, w->dn, c->setup->config);
	lw_filter_raw(&filter, ")");
	asks[1].q.filter = lw_filter_end(&filter);
	if (!asks[1].q.filter)
		return LW_NOMEM;
	e = lw_search_all(c, asks, 2);
	return e == LW_OK && !w->found ? LW_NOTFOUND : e;
}

/* A group that memberOf names, or one that has the name of another. */
static enum lw_err take_named(void *arg, LDAP *ld, LDAPMessage *m)
{
	lw_cleanup(lw_entry_view_done) struct lw_entry_view v = { 0 };
	struct walk *w = arg;
	lw_cleanup(lw_free) char *dn = NULL;
	enum lw_err e = lw_entry_read_dn(ld, m, &dn);

	if (e == LW_OK && lw_strset_has(&w->named, lw_str(dn)))
		return take_group(w, ld, m);
	if (e == LW_OK || e == LW_INVALID)
		e = lw_entry_read(ld, m, &v);
	if (e == LW_NOTOURS || e == LW_INVALID)
		return LW_OK;
	if (e != LW_OK)
		return e;
	lw_entry_encode(&w->others, &v.e);
	w->other_count++;
	return lw_wr_end(&w->others);
}

/* The names of the groups read so far. */
static enum lw_err collect_names(const struct lw_answer *a,
				 struct lw_strset *ret)
{
	struct lw_rd each = lw_answer_each(a);

	for (uint32_t i = 0; i < a->count; i++) {
		if (lw_strset_add(ret, lw_entry_decode(&each).sam) == LW_NOMEM)
			return LW_NOMEM;
	}
	return LW_OK;
}

static enum lw_err collect_missing(const struct walk *w, struct lw_strset *ret)
{
	for (size_t i = 0; i < w->named.n; i++) {
		struct lw_str dn = lw_str(w->named.v[i]);

		if (!lw_strset_has(&w->dns, dn) &&
		    lw_strset_add(ret, dn) == LW_NOMEM)
			return LW_NOMEM;
	}
	return LW_OK;
}

/* The names that their batches ask for too. */
static enum lw_err expect_names(const struct lw_strset *dns,
				struct lw_strset *asked)
{
	for (size_t i = 0; i < dns->n; i++) {
		lw_cleanup(lw_free) char *cn = lw_batch_cn(dns->v[i]);

		if (cn && lw_strset_add(asked, lw_str(cn)) == LW_NOMEM)
			return LW_NOMEM;
	}
	return LW_OK;
}

/*
 * The others memberOf names: nested ones, or such as are not there. A group
 * is mostly called as its entry is, so who else has that name is asked at
 * once; and who else has the direct groups' names.
 */
static enum lw_err read_nested(struct lw_conn *c, struct walk *w)
{
	lw_cleanup(lw_strset_done) struct lw_strset missing = { 0 };
	struct lw_batch b[] = {
		{ .pairs = lw_claim_by_group, .set = &w->asked },
		{ .pairs = lw_batch_by_dn_and_cn, .set = &missing },
	};
	enum lw_err e = collect_names(w->answer, &w->asked);

	b[0].to = w->asked.n;
	if (e == LW_OK)
		e = collect_missing(w, &missing);
	if (e == LW_OK)
		e = expect_names(&missing, &w->asked);
	b[1].to = missing.n;
	for (size_t i = 0; i < 2; i++) {
		b[i].only = LW_IS_GROUP;
		b[i].attrs = lw_entry_group_attrs;
		b[i].fn = take_named;
		b[i].arg = w;
	}
	if (e == LW_OK)
		e = lw_batch_search(c, b, 2);
	return e;
}

/* LW_RANGE: too many for each to be asked for. */
static enum lw_err are_gone(struct lw_conn *c, const struct walk *w,
			    const struct lw_strset *missing)
{
	lw_cleanup(lw_strset_done) struct lw_strset rest = { 0 };
	enum lw_err e;

	for (size_t i = 0; i < missing->n; i++) {
		struct lw_str dn = lw_str(missing->v[i]);

		if (!lw_strset_has(&w->dns, dn) &&
		    lw_strset_add(&rest, dn) == LW_NOMEM)
			return LW_NOMEM;
	}
	if (rest.n > MAX_GONE)
		return LW_RANGE;
	e = lw_gone_each(c, &rest, LW_IS_GROUP);
	if (e == LW_OK)
		lw_log(LOG_DEBUG, "'%s': %zu of %zu groups are not there",
		       w->dn, rest.n, w->named.n);
	return e;
}

/* What was named and not met is mostly not there. */
static enum lw_err read_rest(struct lw_conn *c, struct walk *w)
{
	lw_cleanup(lw_strset_done) struct lw_strset missing = { 0 };
	struct lw_batch b = { .only = LW_IS_GROUP,
			      .pairs = lw_batch_by_dn,
			      .attrs = lw_entry_group_attrs,
			      .fn = take_group,
			      .arg = w,
			      .set = &missing };
	size_t before = w->dns.n;
	enum lw_err e = collect_missing(w, &missing);

	b.to = missing.n;
	if (e == LW_OK)
		e = lw_batch_search(c, &b, 1);
	if (e == LW_OK && w->dns.n - before < missing.n)
		e = are_gone(c, w, &missing);
	return e;
}

/* Without memberOf: level by level. */
static enum lw_err climb(struct lw_conn *c, struct walk *w)
{
	struct lw_batch b = { .only = LW_IS_GROUP,
			      .pairs = by_member,
			      .attrs = lw_entry_group_attrs,
			      .fn = take_group,
			      .arg = w,
			      .set = &w->dns };
	enum lw_err e = LW_OK;

	for (int depth = 0; b.from < w->dns.n && e == LW_OK; depth++) {
		if (depth > MAX_DEPTH)
			return LW_RANGE;
		b.to = w->dns.n;
		e = lw_batch_search(c, &b, 1);
		b.from = b.to;
	}
	return e;
}

/* Those that were met on the way: no name was asked for twice. */
static enum lw_err add_others(struct walk *w)
{
	struct lw_rd r;
	enum lw_err e = LW_OK;

	lw_answer_others(w->answer);
	lw_rd_init(&r, w->others.base,
		   w->others.base ? (size_t)(w->others.p - w->others.base) : 0);
	for (uint32_t i = 0; i < w->other_count && e == LW_OK; i++) {
		struct lw_entry other = lw_entry_decode(&r);

		e = lw_answer_add(w->answer, &other);
	}
	return e;
}

static enum lw_err all_groups(struct lw_conn *c, struct walk *w)
{
	enum lw_err e = ask_both(c, w);

	if (e == LW_OK)
		e = w->named.n > 0 ? read_nested(c, w) : climb(c, w);
	if (e == LW_OK)
		e = read_rest(c, w);
	if (e == LW_RANGE)
		lw_log(LOG_ERR, "'%s' is in too many groups, or too deep",
		       w->dn);
	if (e == LW_OK)
		e = lw_claim_others(c, w->answer, &w->asked);
	return e == LW_OK ? add_others(w) : e;
}

enum lw_err lw_lookup_memberships(struct lw_conn *c, struct lw_str dn,
				  struct lw_wr *w)
{
	lw_cleanup(lw_answer_done) struct lw_answer a;
	lw_cleanup(lw_free) char *copy = lw_str_dup(dn);
	lw_cleanup(walk_done) struct walk walk = { .dn = copy, .answer = &a };
	enum lw_err e;

	lw_wr_heap(&walk.others, LW_REPLY_MAX);
	lw_answer_init(&a, w, lw_str(c->sid));
	if (!copy)
		return LW_NOMEM;
	if (!*copy)
		return LW_INVALID;
	e = all_groups(c, &walk);
	return e == LW_OK ? lw_answer_end(&a) : e;
}
