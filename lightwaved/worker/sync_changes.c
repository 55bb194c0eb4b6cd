/* sync_changes.c - what changed since a number. A worker process. */
#include "sync_memory.h"

#include "batch.h"
#include "cleanup.h"
#include "clock.h"
#include "dn.h"
#include "dnset.h"
#include "log.h"
#include "search.h"
#include "sync_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE 1000
/* More than that are sooner read with all the others. */
#define CHANGES_MAX 20000
/* No server limits an answer to less. */
#define CHECK_FROM 100
/* Listed and then not found: so many are asked for one by one. */
#define MISSING_MAX 200

struct changes {
	struct lw_sync_memory *m;
	struct lw_sync_out *out;
	struct lw_strset dns; /* of those to be reported */
	struct lw_dnset met;  /* all that the list had */
	struct lw_dnset came; /* of dns, whatever they were */
	uint64_t highest;     /* number in the list; 0: it was empty */
	bool too_many;
	bool too_large; /* one of them, for any message */
};

static void free_values(struct berval **v)
{
	ber_memfree(*v);
}

static void changes_done(struct changes *ch)
{
	lw_strset_done(&ch->dns);
	lw_dnset_done(&ch->met);
	lw_dnset_done(&ch->came);
}

static enum lw_err note(struct changes *ch, struct lw_str raw, uint64_t usn)
{
	lw_cleanup(lw_dn_done) struct lw_dn dn = { .own = NULL };
	uint64_t hash = lw_dn_hash(raw);
	enum lw_err e;

	ch->too_many |= ch->dns.n == CHANGES_MAX;
	if (ch->too_many)
		return LW_OK; /* read to the end, for the connection's sake */
	if (lw_dnset_add(&ch->met, hash, usn) == LW_NOMEM)
		return LW_NOMEM;
	if (usn > ch->highest)
		ch->highest = usn;
	if (!lw_sync_seen_new(&ch->m->seen, hash, usn))
		return LW_OK;
	e = lw_dn_read(raw, &dn);
	if (e == LW_OK)
		e = lw_strset_add(&ch->dns, dn.s);
	return e == LW_NOMEM ? e : LW_OK;
}

static enum lw_err take_listed(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct lw_str dn;
	enum lw_err e = lw_search_dn(ld, m, &dn);

	return e == LW_OK ? note(arg, dn, lw_search_number(ld, m, "uSNChanged"))
			  : e;
}

/* The one small search of an idle poll: DNs and numbers. */
static enum lw_err list(struct lw_conn *c, struct changes *ch, uint64_t from)
{
	char filter[256], *attrs[] = { "uSNChanged", NULL };
	struct lw_query q = { .base = c->setup->config->base_dn,
			      .scope = LDAP_SCOPE_SUBTREE,
			      .filter = filter,
			      .attrs = attrs,
			      .page = PAGE };

	snprintf(filter, sizeof(filter),
		 "(&(uSNChanged>=%" PRIu64 ")" LW_IS_FOLLOWED ")", from);
	return lw_search(c, &q, take_listed, ch);
}

/* What is there already is no change since then. */
static void remember(struct lw_sync_memory *m, const struct lw_dnset *met)
{
	for (size_t i = 0; i < met->room; i++) {
		const struct lw_dnset_item *it = &met->items[i];

		if (it->hash)
			lw_sync_seen_add(&m->seen, it->hash, it->number,
					 lw_mono_ms());
	}
}

uint64_t lw_sync_begin(const struct lw_dnset *met, uint64_t highest)
{
	uint64_t last = lw_dnset_highest(met, highest);

	return last ? last : highest;
}

enum lw_err lw_sync_unknown(struct lw_conn *c, struct lw_sync_memory *m,
			    struct lw_sync_end *end)
{
	lw_cleanup(changes_done) struct changes ch = { .m = m };
	uint64_t highest = 0;
	enum lw_err e = lw_usn_highest(c, &highest);

	lw_sync_seen_done(&m->seen);
	if (e == LW_OK)
		e = list(c, &ch,
			 highest > LW_SYNC_MARGIN ? highest - LW_SYNC_MARGIN
						  : 1);
	if (e != LW_OK)
		return e;
	highest = lw_sync_begin(&ch.met, highest);
	remember(m, &ch.met);
	lw_sync_seen_end(&m->seen, highest);
	end->kind = LW_SYNCED_UNKNOWN;
	end->highest = highest;
	return LW_OK;
}

/* Only a list of all of them begins what is remembered. */
static enum lw_err report(struct changes *ch, LDAP *ld, LDAPMessage *m,
			  const struct lw_entry_view *v)
{
	lw_cleanup(free_values) struct berval *members = NULL;
	enum lw_err e = lw_search_values(ld, m, "member", &members);

	if (e == LW_OK)
		e = lw_sync_out_add(ch->out, v, members);
	if (e == LW_OK && v->e.kind == LW_KIND_GROUP && ch->m->groups.n > 0 &&
	    lw_strset_add(&ch->m->groups, v->e.dn) == LW_NOMEM)
		return LW_NOMEM;
	if (e == LW_OK)
		lw_sync_seen_add(&ch->m->seen, lw_dn_hash(v->e.dn), v->usn,
				 lw_mono_ms());
	return e;
}

static enum lw_err take_changed(void *arg, LDAP *ld, LDAPMessage *m)
{
	lw_cleanup(lw_entry_view_done) struct lw_entry_view v = { 0 };
	struct changes *ch = arg;
	struct lw_str dn;
	enum lw_err e = lw_search_dn(ld, m, &dn);

	if (e == LW_OK &&
	    lw_dnset_add(&ch->came, lw_dn_hash(dn), 0) == LW_NOMEM)
		e = LW_NOMEM;
	if (e == LW_OK)
		e = lw_entry_read_bare(ld, m, &v);
	if (e == LW_NOTOURS || e == LW_INVALID)
		return LW_OK;
	if (e == LW_OK)
		e = report(ch, ld, m, &v);
	ch->too_large = e == LW_RANGE;
	return e;
}

/*
 * What was listed and then not found may be gone, or no longer what is
 * followed; or the server keeps it back, and it would be no change for good.
 */
static enum lw_err fetch_missing(struct lw_conn *c, struct changes *ch)
{
	struct lw_query q = { .scope = LDAP_SCOPE_BASE,
			      .filter = LW_IS_FOLLOWED,
			      .attrs = lw_entry_sync_attrs };
	enum lw_err e = LW_OK;
	size_t asked = 0;

	for (size_t i = 0; i < ch->dns.n && e == LW_OK; i++) {
		q.base = ch->dns.v[i];
		if (lw_dnset_find(&ch->came, lw_dn_hash(lw_str(q.base))))
			continue;
		ch->too_many = ++asked > MISSING_MAX;
		if (ch->too_many)
			return LW_OK;
		e = lw_search(c, &q, take_changed, ch);
		if (e == LW_NOTFOUND)
			e = LW_OK;
	}
	return e;
}

static enum lw_err fetch(struct lw_conn *c, struct changes *ch)
{
	const struct lw_batch b = { .only = LW_IS_FOLLOWED,
				    .pairs = lw_batch_by_dn,
				    .attrs = lw_entry_sync_attrs,
				    .fn = take_changed,
				    .arg = ch,
				    .set = &ch->dns,
				    .to = ch->dns.n };
	enum lw_err e = lw_batch_search(c, &b, 1);

	return e == LW_OK ? fetch_missing(c, ch) : e;
}

static enum lw_err check(struct lw_conn *c, const struct changes *ch,
			 uint64_t from)
{
	const struct lw_sync_checked k = { .met = &ch->met,
					   .from = from,
					   .highest = ch->highest };

	return ch->met.n < CHECK_FROM ? LW_OK : lw_sync_check(c, &k);
}

/*
 * Numbers go backwards where a server was set up again or restored. Whoever
 * has the number that was asked for, or a higher one, shows that they have
 * not. Nobody may have it any more: then the server is asked.
 */
static enum lw_err has_gone_back(struct lw_conn *c, const struct changes *ch,
				 uint64_t from, bool *ret)
{
	bool reaches = ch->highest >= from;
	enum lw_err e = LW_OK;

	/* Read for this question, on this connection. */
	if (!reaches && ch->m->fresh)
		reaches = ch->m->space.highest >= from;
	if (!reaches)
		e = lw_usn_reaches(c, from, LW_SYNC_MARGIN, &reaches);
	*ret = !reaches;
	return e;
}

/* What was listed is told, unless so much that all is sooner read. */
static enum lw_err tell(struct lw_conn *c, struct changes *ch, uint64_t from,
			bool *ret_unknown)
{
	enum lw_err e = ch->too_many ? LW_OK : check(c, ch, from);

	if (e == LW_OK && !ch->too_many)
		e = fetch(c, ch);
	*ret_unknown = ch->too_many;
	return e;
}

enum lw_err lw_sync_changes(struct lw_conn *c, struct lw_sync_memory *m,
			    const struct lw_sync *q, struct lw_sync_out *o,
			    struct lw_sync_end *end)
{
	lw_cleanup(changes_done) struct changes ch = { .m = m, .out = o };
	bool unknown = q->from == 0 || !lw_str_eq(q->server, m->space.server);
	uint64_t from;
	enum lw_err e;

	if (unknown)
		return lw_sync_unknown(c, m, end);
	from = lw_sync_seen_ask(&m->seen, q->from, LW_SYNC_MARGIN,
				lw_mono_ms());
	e = list(c, &ch, from);
	if (e == LW_OK)
		e = has_gone_back(c, &ch, q->from, &unknown);
	if (ch.highest < q->from)
		ch.highest = q->from;
	if (e == LW_OK && !unknown)
		e = tell(c, &ch, from, &unknown);
	if (e == LW_OK && unknown)
		return lw_sync_unknown(c, m, end);
	if (e != LW_OK && !ch.too_large)
		return e;
	lw_sync_seen_end(&m->seen, ch.highest);
	end->kind = ch.too_large ? LW_SYNCED_UNTOLD : LW_SYNCED_CHANGES;
	end->highest = ch.highest;
	return LW_OK;
}
