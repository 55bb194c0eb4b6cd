/* replica_names.c - who claims a name, and who owns it. The front; pure. */
#include "replica.h"

#include "cleanup.h"

#include <string.h>

/* Beyond these, one claim more changes nobody's right. */
#define CLAIMANTS_MAX 64

struct claimants {
	struct lw_entry v[CLAIMANTS_MAX + 8];
	struct lw_known *who[CLAIMANTS_MAX + 8];
	size_t n, entries;
	bool doubted;
};

static struct lw_known *of_sam(struct lw_hash_link *l)
{
	return (struct lw_known *)((char *)l -
				   offsetof(struct lw_known, by_sam));
}

static struct lw_known *of_upn(struct lw_hash_link *l)
{
	return (struct lw_known *)((char *)l -
				   offsetof(struct lw_known, by_upn));
}

/* As policy.c takes claims: what is too long for a name is none. */
static bool looks_like(struct lw_str name, char *ret)
{
	return name.n > 0 && name.n < LW_NAME_MAX &&
	       lw_name_casefold(name, ret) == LW_OK;
}

static bool sam_of(const struct lw_known *k, char *ret)
{
	return looks_like(lw_known_entry(k).sam, ret);
}

static bool upn_of(const struct lw_replica *r, const struct lw_known *k,
		   char *ret)
{
	struct lw_str part;

	return k->kind == LW_KIND_USER &&
	       lw_upn_account(&r->naming, lw_known_entry(k).upn, &part) ==
		       LW_OK &&
	       looks_like(part, ret);
}

void lw_replica_claim(struct lw_replica *r, struct lw_known *k)
{
	char name[LW_NAME_MAX];

	k->has_sam = sam_of(k, name);
	if (k->has_sam)
		lw_hash_add(&r->by_sam, &k->by_sam,
			    lw_hash_of(name, strlen(name)));
	k->has_upn = upn_of(r, k, name);
	if (k->has_upn)
		lw_hash_add(&r->by_upn, &k->by_upn,
			    lw_hash_of(name, strlen(name)));
}

void lw_replica_unclaim(struct lw_replica *r, struct lw_known *k)
{
	if (k->has_sam)
		lw_hash_drop(&r->by_sam, &k->by_sam);
	if (k->has_upn)
		lw_hash_drop(&r->by_upn, &k->by_upn);
	k->has_sam = k->has_upn = false;
}

static void take(struct claimants *c, struct lw_known *k)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->who[i] == k)
			return;
	}
	c->who[c->n] = k;
	c->v[c->n++] = lw_known_entry(k);
}

/*
 * Whoever has a pin on the name is among them. One UPN is one entry's, so the
 * bound is for a directory that does not keep to that.
 */
static void gather(const struct lw_replica *r, enum lw_kind kind,
		   const char *looks, const char *pin, struct claimants *c)
{
	uint64_t hash = lw_hash_of(looks, strlen(looks));
	char name[LW_NAME_MAX];
	struct lw_hash_link *l;

	for (l = lw_hash_first(&r->by_upn, hash); l; l = lw_hash_next(l)) {
		struct lw_known *k = of_upn(l);

		if (k->kind != kind || !upn_of(r, k, name) ||
		    strcmp(name, looks) != 0)
			continue;
		c->entries++;
		c->doubted |= k->doubt != 0;
		if (c->n < CLAIMANTS_MAX / 2 ||
		    (pin && lw_str_eq(lw_known_entry(k).sid, pin)))
			take(c, k);
	}
	for (l = lw_hash_first(&r->by_sam, hash); l; l = lw_hash_next(l)) {
		struct lw_known *k = of_sam(l);

		if (k->kind != kind || !sam_of(k, name) ||
		    strcmp(name, looks) != 0)
			continue;
		c->entries += !upn_of(r, k, name) || strcmp(name, looks) != 0;
		c->doubted |= k->doubt != 0;
		if (c->n < CLAIMANTS_MAX ||
		    (pin && lw_str_eq(lw_known_entry(k).sid, pin)))
			take(c, k);
	}
}

static const char *pin_of(const struct lw_policy *p, enum lw_kind kind,
			  const char *account)
{
	if (kind != LW_KIND_USER || !p->pinned)
		return NULL;
	return p->pinned(p->pinned_arg, account);
}

enum lw_err lw_replica_owner(const struct lw_replica *r,
			     const struct lw_policy *p, enum lw_kind kind,
			     const char *account, struct lw_owner *ret)
{
	lw_cleanup(lw_claims_done) struct lw_claims claims = { 0 };
	struct claimants c = { 0 };
	char looks[LW_NAME_MAX];
	struct lw_owner o = { 0 };

	if (!looks_like(lw_str(account), looks))
		return LW_NOTFOUND;
	gather(r, kind, looks, pin_of(p, kind, account), &c);
	if (c.n == 0)
		return LW_NOTFOUND;
	if (lw_claims_init(&claims, p, c.v, c.n) != LW_OK)
		return LW_NOMEM;
	o.claimants = c.entries;
	o.claimant = c.who[0];
	o.doubted = c.doubted;
	for (size_t i = 0; i < c.n && !o.who; i++) {
		if (lw_policy_owns(p, &claims, i, account))
			o.who = c.who[i];
	}
	*ret = o;
	return LW_OK;
}

enum lw_err lw_replica_object(const struct lw_replica *r,
			      const struct lw_policy *p, struct lw_known *k,
			      struct lw_object **ret, char *why,
			      size_t why_size)
{
	lw_cleanup(lw_claims_done) struct lw_claims claims = { 0 };
	enum lw_kind kind = (enum lw_kind)k->kind;
	struct claimants sam = { 0 };
	char looks[LW_NAME_MAX];

	take(&sam, k);
	if (sam_of(k, looks))
		gather(r, kind, looks, NULL, &sam);
	if (upn_of(r, k, looks)) {
		struct claimants upn = { 0 };

		gather(r, kind, looks, NULL, &upn);
		for (size_t i = 0; i < upn.n && sam.n < CLAIMANTS_MAX + 8; i++)
			take(&sam, upn.who[i]);
	}
	if (lw_claims_init(&claims, p, sam.v, sam.n) != LW_OK)
		return LW_NOMEM;
	return lw_policy_object(p, &claims, 0, ret, why, why_size);
}

void lw_replica_doubt_others(struct lw_replica *r, enum lw_kind kind,
			     const char *account,
			     const struct lw_entry *entries, size_t n)
{
	struct claimants c = { 0 };
	char looks[LW_NAME_MAX];

	if (!looks_like(lw_str(account), looks))
		return;
	gather(r, kind, looks, NULL, &c);
	for (size_t i = 0; i < c.n; i++) {
		struct lw_str sid = c.v[i].sid;
		size_t k = 0;

		while (k < n && (entries[k].sid.n != sid.n ||
				 memcmp(entries[k].sid.s, sid.s, sid.n) != 0))
			k++;
		if (k == n)
			lw_replica_doubt(r, c.who[i]);
	}
}
