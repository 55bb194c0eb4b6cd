/* sync_changes.c - what changed since a number. A worker process. */
#include "sync_memory.h"

#include "batch.h"
#include "cleanup.h"
#include "clock.h"
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

struct changes {
	struct lw_sync_memory *m;
	struct lw_sync_out *out;
	struct lw_strset dns; /* of those to be reported */
	struct lw_dnset met;  /* all that the list had */
	uint64_t highest;     /* number in the list */
	bool too_many;
	bool too_large; /* one of them, for any message */
};

static void changes_done(struct changes *ch)
{
	lw_strset_done(&ch->dns);
	lw_dnset_done(&ch->met);
}

static enum lw_err note(struct changes *ch, struct lw_str dn, uint64_t usn)
{
	uint64_t hash = lw_dn_hash(dn);

	ch->too_many |= ch->dns.n == CHANGES_MAX;
	if (ch->too_many)
		return LW_OK; /* read to the end, for the connection's sake */
	if (lw_dnset_add(&ch->met, hash, usn) == LW_NOMEM)
		return LW_NOMEM;
	if (usn > ch->highest)
		ch->highest = usn;
	if (!lw_sync_seen_new(&ch->m->seen, hash, usn) || dn.n == 0 ||
	    memchr(dn.s, '\0', dn.n))
		return LW_OK;
	return lw_strset_add(&ch->dns, dn) == LW_NOMEM ? LW_NOMEM : LW_OK;
}

static enum lw_err take_listed(void *arg, LDAP *ld, LDAPMessage *m)
{
	uint64_t usn = lw_search_number(ld, m, "uSNChanged");
	BerElement *ber = NULL;
	struct berval dn;
	enum lw_err e;

	if (ldap_get_dn_ber(ld, m, &ber, &dn) != LDAP_SUCCESS)
		return LW_OFFLINE;
	e = note(arg, (struct lw_str) { dn.bv_val, dn.bv_len }, usn);
	ber_free(ber, 0);
	return e;
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
	remember(m, &ch.met);
	lw_sync_seen_end(&m->seen, highest);
	end->kind = LW_SYNCED_UNKNOWN;
	end->highest = highest;
	return LW_OK;
}

static enum lw_err take_changed(void *arg, LDAP *ld, LDAPMessage *m)
{
	lw_cleanup(lw_entry_view_done) struct lw_entry_view v = { 0 };
	struct changes *ch = arg;
	enum lw_err e = lw_entry_read_bare(ld, m, &v);
	struct berval *members;

	if (e != LW_OK)
		return e == LW_NOTOURS || e == LW_INVALID ? LW_OK : e;
	members = lw_search_values(ld, m, "member");
	e = lw_sync_out_add(ch->out, &v, members);
	ber_memfree(members);
	ch->too_large = e == LW_RANGE;
	if (e == LW_OK)
		lw_sync_seen_add(&ch->m->seen, lw_dn_hash(v.e.dn), v.usn,
				 lw_mono_ms());
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

	return lw_batch_search(c, &b, 1);
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
 * Numbers go backwards where a server was set up again or restored, which ends
 * every connection to it: asked once on each.
 */
static enum lw_err has_gone_back(struct lw_conn *c,
				 const struct lw_sync_memory *m, uint64_t from,
				 bool *ret)
{
	bool reaches = m->space.highest >= from;
	enum lw_err e = LW_OK;

	if (!m->fresh)
		return LW_OK;
	if (m->space.highest == 0)
		e = lw_usn_reaches(c, from, &reaches);
	*ret = !reaches;
	return e;
}

enum lw_err lw_sync_changes(struct lw_conn *c, struct lw_sync_memory *m,
			    const struct lw_sync *q, struct lw_sync_out *o,
			    struct lw_sync_end *end)
{
	lw_cleanup(changes_done) struct changes ch = { .m = m, .out = o };
	bool unknown = q->from == 0 || !lw_str_eq(q->server, m->space.server);
	uint64_t from;
	enum lw_err e = LW_OK;

	if (!unknown)
		e = has_gone_back(c, m, q->from, &unknown);
	if (e != LW_OK)
		return e;
	if (unknown)
		return lw_sync_unknown(c, m, end);
	ch.highest = q->from;
	from = lw_sync_seen_ask(&m->seen, q->from, LW_SYNC_MARGIN,
				lw_mono_ms());
	e = list(c, &ch, from);
	if (e == LW_OK && ch.too_many)
		return lw_sync_unknown(c, m, end);
	if (e == LW_OK)
		e = check(c, &ch, from);
	if (e == LW_OK)
		e = fetch(c, &ch);
	if (e != LW_OK && !ch.too_large)
		return e;
	lw_sync_seen_end(&m->seen, ch.highest);
	end->kind = ch.too_large ? LW_SYNCED_TOO_MANY : LW_SYNCED_CHANGES;
	end->highest = ch.highest;
	return LW_OK;
}
