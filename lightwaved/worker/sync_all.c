/* sync_all.c - all users and groups of the domain. A worker process. */
#include "sync_memory.h"

#include "cleanup.h"
#include "clock.h"
#include "dnset.h"
#include "log.h"
#include "search.h"
#include "sync_check.h"
#include "sync_groups.h"

#define PAGE 1000

struct reading {
	const struct lw_sync *q;
	struct lw_sync_out *out;
	struct lw_dnset met;	 /* all entries, with their numbers */
	struct lw_strset groups; /* DNs */
	bool too_many;
	bool untold; /* a group fits nowhere, or is not whole */
};

static void reading_done(struct reading *r)
{
	lw_dnset_done(&r->met);
	lw_strset_done(&r->groups);
}

static void free_values(struct berval **v)
{
	ber_memfree(*v);
}

/* What cannot be followed was met all the same. */
static enum lw_err meet(struct reading *r, LDAP *ld, LDAPMessage *m)
{
	uint64_t usn = lw_search_number(ld, m, "uSNChanged");
	struct lw_str dn;
	enum lw_err e = lw_search_dn(ld, m, &dn);

	if (e == LW_OK)
		e = lw_dnset_add(&r->met, lw_dn_hash(dn), usn);
	return e == LW_RANGE ? LW_OK : e;
}

static enum lw_err report(struct reading *r, LDAP *ld, LDAPMessage *m,
			  const struct lw_entry_view *v)
{
	lw_cleanup(free_values) struct berval *members = NULL;
	enum lw_err e = LW_OK;

	r->too_many = r->out->total >= r->q->max;
	if (r->too_many)
		return LW_RANGE;
	if (v->e.kind == LW_KIND_GROUP)
		e = lw_strset_add(&r->groups, v->e.dn);
	if (e == LW_NOMEM)
		return e;
	e = LW_OK;
	if (r->q->how == LW_SYNC_EVERYTHING)
		e = lw_search_values(ld, m, "member", &members);
	return e == LW_OK ? lw_sync_out_add(r->out, v, members) : e;
}

static enum lw_err take(void *arg, LDAP *ld, LDAPMessage *m)
{
	lw_cleanup(lw_entry_view_done) struct lw_entry_view v = { 0 };
	struct reading *r = arg;
	enum lw_err e = meet(r, ld, m);

	if (e == LW_OK)
		e = r->q->how == LW_SYNC_SIDS ? lw_entry_read_sid(ld, m, &v)
					      : lw_entry_read_bare(ld, m, &v);
	if (e == LW_NOTOURS || e == LW_INVALID)
		return LW_OK;
	if (e == LW_OK)
		e = report(r, ld, m, &v);
	r->untold = e == LW_RANGE && !r->too_many;
	return e;
}

static enum lw_err check(struct lw_conn *c, const struct reading *r,
			 uint64_t highest)
{
	const struct lw_sync_checked k = {
		.met = &r->met,
		.from = 1,
		.highest =
			highest > LW_SYNC_MARGIN ? highest - LW_SYNC_MARGIN : 0,
	};

	return lw_sync_check(c, &k);
}

/* The latest of them need not be reported as changes. */
static void remember(struct lw_sync_memory *m, struct reading *r,
		     uint64_t highest)
{
	int64_t now = lw_mono_ms();

	lw_sync_seen_done(&m->seen);
	for (size_t i = 0; i < r->met.room; i++) {
		const struct lw_dnset_item *it = &r->met.items[i];

		if (it->hash && it->number + LW_SYNC_MARGIN >= highest)
			lw_sync_seen_add(&m->seen, it->hash, it->number, now);
	}
	lw_sync_seen_end(&m->seen, highest);
}

static void remember_groups(struct lw_sync_memory *m, struct reading *r)
{
	lw_strset_done(&m->groups);
	m->groups = r->groups;
	r->groups = (struct lw_strset) { 0 };
}

static enum lw_err read_all(struct lw_conn *c, struct lw_sync_memory *m,
			    struct reading *r, uint64_t highest)
{
	struct lw_query all = { .base = c->setup->config->base_dn,
				.scope = LDAP_SCOPE_SUBTREE,
				.filter = LW_IS_FOLLOWED,
				.attrs = r->q->how == LW_SYNC_SIDS
						 ? lw_entry_sid_attrs
						 : lw_entry_sync_attrs,
				.page = PAGE };
	enum lw_err e = lw_search(c, &all, take, r);

	if (e == LW_OK)
		e = check(c, r, highest);
	if (e == LW_OK)
		e = lw_sync_groups_gone(c, &m->groups, &r->met);
	return e;
}

enum lw_err lw_sync_all(struct lw_conn *c, struct lw_sync_memory *m,
			const struct lw_sync *q, struct lw_sync_out *o,
			struct lw_sync_end *end)
{
	lw_cleanup(reading_done) struct reading r = { .q = q, .out = o };
	bool sids = q->how == LW_SYNC_SIDS;
	uint64_t highest = sids ? m->seen.highest : 0;
	enum lw_err e = LW_OK;

	/* First: what changes while we read has a higher number. */
	if (highest == 0)
		e = lw_usn_highest(c, &highest);
	if (e == LW_OK)
		e = read_all(c, m, &r, highest);
	if (e != LW_OK && !r.too_many && !r.untold)
		return e;
	if (e == LW_OK)
		remember_groups(m, &r);
	if (!sids) {
		highest = lw_sync_begin(&r.met, highest);
		remember(m, &r, highest);
	}
	end->kind = r.too_many ? LW_SYNCED_TOO_MANY
		    : r.untold ? LW_SYNCED_UNTOLD
		    : sids     ? LW_SYNCED_SIDS
			       : LW_SYNCED_EVERYTHING;
	end->highest = highest;
	return LW_OK;
}
