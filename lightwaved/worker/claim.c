/* claim.c - who else says he has the name. A worker process. */
#include "claim.h"

#include "batch.h"
#include "cleanup.h"
#include "entry.h"

#include <string.h>
#include <strings.h>

enum lw_err lw_claim_take(void *arg, LDAP *ld, LDAPMessage *m)
{
	lw_cleanup(lw_entry_view_done) struct lw_entry_view v = { 0 };
	enum lw_err e = lw_entry_read(ld, m, &v);

	if (e == LW_NOTOURS || e == LW_INVALID)
		return LW_OK; /* cannot be served, so claims nothing */
	return e == LW_OK ? lw_answer_add(arg, &v.e) : e;
}

void lw_claim_by_user(struct lw_wr *filter, const char *account,
		      const struct lw_config *config)
{
	size_t n = strlen(account), realm = strlen(config->realm);
	lw_cleanup(lw_free) char *upn = malloc(n + 1 + realm);

	if (!upn) {
		filter->full = filter->nomem = true;
		return;
	}
	memcpy(upn, account, n);
	upn[n] = '@';
	memcpy(upn + n + 1, config->realm, realm);
	lw_filter_pair(filter, "userPrincipalName",
		       (struct lw_str) { upn, n + 1 + realm });
	lw_filter_pair(filter, "sAMAccountName", lw_str(account));
}

void lw_claim_by_group(struct lw_wr *filter, const char *account,
		       const struct lw_config *config)
{
	(void)config;
	lw_filter_pair(filter, "sAMAccountName", lw_str(account));
}

/* Whether upn is account@REALM, in any case. */
static bool is_upn_of(struct lw_str upn, struct lw_str account,
		      const char *realm)
{
	size_t n = strlen(realm);

	return upn.n == account.n + 1 + n &&
	       !strncasecmp(upn.s, account.s, account.n) &&
	       upn.s[account.n] == '@' &&
	       !strncasecmp(upn.s + account.n + 1, realm, n);
}

/* Users' names in doubt, and groups'. */
struct doubt {
	struct lw_strset users, groups;
};

static void doubt_done(struct doubt *d)
{
	lw_strset_done(&d->users);
	lw_strset_done(&d->groups);
}

static enum lw_err collect(const struct lw_answer *a, const char *realm,
			   const struct lw_strset *known, struct doubt *d)
{
	struct lw_rd each = lw_answer_each(a);

	for (uint32_t i = 0; i < a->count; i++) {
		struct lw_entry e = lw_entry_decode(&each);
		bool user = e.kind == LW_KIND_USER;

		if ((known && lw_strset_has(known, e.sam)) ||
		    (user && is_upn_of(e.upn, e.sam, realm)))
			continue;
		if (lw_strset_add(user ? &d->users : &d->groups, e.sam) ==
		    LW_NOMEM)
			return LW_NOMEM;
	}
	return LW_OK;
}

enum lw_err lw_claim_others(struct lw_conn *c, struct lw_answer *a,
			    const struct lw_strset *known)
{
	lw_cleanup(doubt_done) struct doubt d = { 0 };
	enum lw_err e = collect(a, c->setup->config->realm, known, &d);
	struct lw_batch both[] = {
		{ .only = LW_IS_USER,
		  .pairs = lw_claim_by_user,
		  .attrs = lw_entry_user_attrs },
		{ .only = LW_IS_GROUP,
		  .pairs = lw_claim_by_group,
		  .attrs = lw_entry_group_attrs },
	};

	lw_answer_others(a);
	for (size_t i = 0; i < 2; i++) {
		both[i].set = i == 0 ? &d.users : &d.groups;
		both[i].to = both[i].set->n;
		both[i].fn = lw_claim_take;
		both[i].arg = a;
	}
	return e == LW_OK ? lw_batch_search(c, both, 2) : e;
}
