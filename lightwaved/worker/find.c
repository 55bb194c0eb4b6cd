/* find.c - users and groups by name or by SID. A worker process. */
#include "lookup.h"

#include "answer.h"
#include "claim.h"
#include "cleanup.h"
#include "entry.h"
#include "filter.h"
#include "log.h"
#include "search.h"

#include <string.h>

#define MAX_CLAIMANTS 64

/* The domain's SID and one RID part: "1025" or "1-1025". */
static enum lw_err sid_pair(struct lw_wr *filter, const char *domain_sid,
			    struct lw_str rid)
{
	char sid[LW_SID_MAX + LW_RID_MAX];
	int n = snprintf(sid, sizeof(sid), "%s-%.*s", domain_sid, (int)rid.n,
			 rid.s);
	struct lw_str s = { sid, (size_t)n };

	if (rid.n == 0 || !lw_sid_valid(s))
		return LW_INVALID;
	lw_filter_pair(filter, "objectSid", s);
	return LW_OK;
}

static enum lw_err rid_pairs(struct lw_wr *filter, const char *domain_sid,
			     struct lw_str rids)
{
	const char *blank = memchr(rids.s, ' ', rids.n);
	struct lw_str one = { rids.s,
			      blank ? (size_t)(blank - rids.s) : rids.n };
	struct lw_str two = { blank ? blank + 1 : NULL,
			      blank ? rids.n - one.n - 1 : 0 };
	enum lw_err e;

	if (rids.n >= LW_RID_MAX)
		return LW_INVALID;
	e = sid_pair(filter, domain_sid, one);
	return e == LW_OK && blank ? sid_pair(filter, domain_sid, two) : e;
}

static enum lw_err write_filter(struct lw_conn *c, const struct lw_find *f,
				const char *value, struct lw_wr *w)
{
	enum lw_err e = LW_OK;

	lw_filter_raw(w, "(&");
	lw_filter_raw(w, f->kind == LW_KIND_USER ? LW_IS_USER : LW_IS_GROUP);
	lw_filter_raw(w, "(|");
	if (f->by == LW_BY_RID)
		e = rid_pairs(w, c->sid, f->value);
	else if (f->kind == LW_KIND_USER)
		lw_claim_by_user(w, value, c->setup->config);
	else
		lw_claim_by_group(w, value, c->setup->config);
	lw_filter_raw(w, "))");
	return e;
}

static enum lw_err run(struct lw_conn *c, const struct lw_find *f,
		       const char *value, struct lw_answer *a)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	lw_cleanup(lw_strset_done) struct lw_strset known = { 0 };
	struct lw_query q = { .base = c->setup->config->base_dn,
			      .scope = LDAP_SCOPE_SUBTREE };
	enum lw_err e;

	lw_wr_heap(&w, LW_FILTER_MAX);
	e = write_filter(c, f, value, &w);
	if (e != LW_OK)
		return e;
	q.filter = lw_filter_end(&w);
	if (!q.filter)
		return LW_NOMEM;
	q.attrs = f->kind == LW_KIND_USER ? lw_entry_user_attrs
					  : lw_entry_group_attrs;
	e = lw_search(c, &q, lw_claim_take, a);
	if (e == LW_OK && f->by == LW_BY_NAME)
		e = lw_strset_add(&known, lw_str(value));
	if (e == LW_OK && a->count <= MAX_CLAIMANTS)
		e = lw_claim_others(c, a, &known);
	if (e == LW_OK && a->count > MAX_CLAIMANTS) {
		lw_log(LOG_ERR, "more than %d accounts claim one name",
		       MAX_CLAIMANTS);
		return LW_RANGE;
	}
	return e == LW_NOTFOUND ? LW_OFFLINE : e;
}

enum lw_err lw_lookup_find(struct lw_conn *c, const struct lw_find *f,
			   struct lw_wr *w)
{
	lw_cleanup(lw_answer_done) struct lw_answer a;
	lw_cleanup(lw_free) char *value = lw_str_dup(f->value);
	enum lw_err e;

	lw_answer_init(&a, w, lw_str(c->sid));
	if (!value)
		return LW_NOMEM;
	if (!*value)
		return LW_INVALID;
	e = run(c, f, value, &a);
	return e == LW_OK ? lw_answer_end(&a) : e;
}
