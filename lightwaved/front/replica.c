/* replica.c - entries by DN and SID. The front; pure. */
#include "replica.h"

#include "cleanup.h"

#include <string.h>

/* What malloc(3) adds to a block. */
#define OVERHEAD 16

enum { F_SID, F_SAM, F_UPN, F_GIVEN, F_SN, F_COUNT };

enum lw_err lw_replica_new(const struct lw_naming *naming,
			   struct lw_replica **ret)
{
	struct lw_replica *r = calloc(1, sizeof(*r));

	if (!r)
		return LW_NOMEM;
	r->naming = *naming;
	r->asked = 1;
	if (lw_hash_init(&r->by_dn) != LW_OK ||
	    lw_hash_init(&r->by_sid) != LW_OK ||
	    lw_hash_init(&r->by_sam) != LW_OK ||
	    lw_hash_init(&r->by_upn) != LW_OK) {
		lw_replica_free(r);
		return LW_NOMEM;
	}
	*ret = r;
	return LW_OK;
}

static struct lw_known *of_dn(struct lw_hash_link *l)
{
	return (struct lw_known *)((char *)l -
				   offsetof(struct lw_known, by_dn));
}

static struct lw_known *of_sid(struct lw_hash_link *l)
{
	return (struct lw_known *)((char *)l -
				   offsetof(struct lw_known, by_sid));
}

static void destroy(struct lw_known *k)
{
	free(k->in);
	free(k->members);
	free(k->facts);
	free(k);
}

void lw_replica_free(struct lw_replica *r)
{
	if (!r)
		return;
	for (size_t i = 0; r->by_dn.bucket && i < r->by_dn.size; i++) {
		struct lw_hash_link *l = r->by_dn.bucket[i], *next;

		for (; l; l = next) {
			next = l->next;
			destroy(of_dn(l));
		}
	}
	lw_hash_done(&r->by_dn);
	lw_hash_done(&r->by_sid);
	lw_hash_done(&r->by_sam);
	lw_hash_done(&r->by_upn);
	free(r);
}

/*
 * Only ASCII letters are sure to be equal in both cases to every directory;
 * all else of a DN has one spelling from the worker on. 0: too long.
 */
static size_t dn_key(struct lw_str dn, char *ret)
{
	if (dn.n > LW_DN_MAX)
		return 0;
	for (size_t i = 0; i < dn.n; i++) {
		char c = dn.s[i];

		ret[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return dn.n;
}

static struct lw_known *find_dn(const struct lw_replica *r, const char *key,
				size_t n, uint64_t hash)
{
	struct lw_hash_link *l = lw_hash_first(&r->by_dn, hash);

	for (; l; l = lw_hash_next(l)) {
		struct lw_known *k = of_dn(l);
		char other[LW_DN_MAX];
		size_t m = dn_key((struct lw_str) { k->dn, k->dn_n }, other);

		if (m == n && !memcmp(key, other, n))
			return k;
	}
	return NULL;
}

struct lw_known *lw_replica_by_dn(const struct lw_replica *r, struct lw_str dn)
{
	char key[LW_DN_MAX];
	size_t n = dn_key(dn, key);
	struct lw_known *k;

	k = n ? find_dn(r, key, n, lw_hash_of(key, n)) : NULL;
	return k && k->kind ? k : NULL;
}

struct lw_known *lw_replica_intern(struct lw_replica *r, struct lw_str dn)
{
	char key[LW_DN_MAX];
	size_t n = dn_key(dn, key);
	uint64_t hash = lw_hash_of(key, n);
	struct lw_known *k = find_dn(r, key, n, hash);

	if (k)
		return k;
	k = calloc(1, sizeof(*k) + dn.n + 1);
	if (!k)
		return NULL;
	memcpy(k->dn, dn.s, dn.n);
	k->dn_n = (uint16_t)dn.n;
	r->bytes += sizeof(*k) + dn.n + 1 + OVERHEAD;
	r->dangling++;
	lw_hash_add(&r->by_dn, &k->by_dn, hash);
	return k;
}

void lw_replica_tidy(struct lw_replica *r, struct lw_known *k)
{
	if (k->kind || k->in_n > 0)
		return;
	lw_hash_drop(&r->by_dn, &k->by_dn);
	r->dangling--;
	r->bytes -= sizeof(*k) + k->dn_n + 1u + OVERHEAD +
		    k->in_max * sizeof(struct lw_known *);
	destroy(k);
}

static struct lw_str text(const struct lw_known *k, int which)
{
	const char *s = k->facts;

	for (int i = 0; i < which; i++)
		s += k->len[i] + 1;
	return (struct lw_str) { s, k->len[which] };
}

struct lw_entry lw_known_entry(const struct lw_known *k)
{
	return (struct lw_entry) {
		.kind = (enum lw_kind)k->kind,
		.dn = { k->dn, k->dn_n },
		.sid = text(k, F_SID),
		.sam = text(k, F_SAM),
		.upn = text(k, F_UPN),
		.given = text(k, F_GIVEN),
		.sn = text(k, F_SN),
		.uac = k->uac,
	};
}

struct lw_known *lw_replica_by_sid(const struct lw_replica *r,
				   struct lw_str sid)
{
	struct lw_hash_link *l =
		lw_hash_first(&r->by_sid, lw_hash_of(sid.s, sid.n));

	for (; l; l = lw_hash_next(l)) {
		struct lw_known *k = of_sid(l);

		if (k->len[F_SID] == sid.n && !memcmp(k->facts, sid.s, sid.n))
			return k;
	}
	return NULL;
}

struct lw_known *lw_replica_by_id(const struct lw_replica *r,
				  const struct lw_idmap *map, enum lw_kind kind,
				  uint32_t id)
{
	char rids[LW_RID_MAX], sid[LW_SID_MAX + LW_RID_MAX], *rid, *rest = rids;

	if (lw_id_to_rids(map, id, rids) != LW_OK)
		return NULL;
	while ((rid = strsep(&rest, " "))) {
		struct lw_known *k;

		snprintf(sid, sizeof(sid), "%s-%s", map->domain_sid, rid);
		k = lw_replica_by_sid(r, lw_str(sid));
		if (k && k->kind == kind)
			return k;
	}
	return NULL;
}

static size_t facts_size(const struct lw_known *k)
{
	size_t n = OVERHEAD;

	for (int i = 0; i < F_COUNT; i++)
		n += k->len[i] + 1u;
	return n;
}

void lw_replica_tell(const struct lw_replica *r, const struct lw_known *k)
{
	if (r->changed_fn && k->kind)
		r->changed_fn(r->changed_arg, text(k, F_SID));
}

static void forget_facts(struct lw_replica *r, struct lw_known *k)
{
	if (!k->kind)
		return;
	lw_replica_tell(r, k);
	lw_replica_unclaim(r, k);
	lw_hash_drop(&r->by_sid, &k->by_sid);
	r->bytes -= facts_size(k);
	free(k->facts);
	k->facts = NULL;
	*(k->kind == LW_KIND_USER ? &r->users : &r->groups) -= 1;
	r->dangling++;
	k->kind = 0;
	k->doubt = 0;
}

void lw_replica_drop(struct lw_replica *r, struct lw_known *k)
{
	forget_facts(r, k);
	lw_replica_relate(r, k, 0, (struct lw_rd) { 0 });
	lw_replica_tidy(r, k);
}

static bool usable(const struct lw_entry *e)
{
	const struct lw_str *s[] = { &e->sam, &e->upn, &e->given, &e->sn };

	for (size_t i = 0; i < sizeof(s) / sizeof(s[0]); i++) {
		if (s[i]->n > UINT16_MAX)
			return false;
	}
	return e->dn.n > 0 && e->dn.n <= LW_DN_MAX && e->sid.n < LW_SID_MAX &&
	       lw_sid_valid(e->sid);
}

/* k has no facts, and gets e's. */
static enum lw_err learn(struct lw_replica *r, struct lw_known *k,
			 const struct lw_entry *e)
{
	const struct lw_str all[F_COUNT] = { e->sid, e->sam, e->upn, e->given,
					     e->sn };
	size_t n = F_COUNT;
	char *p;

	for (int i = 0; i < F_COUNT; i++)
		n += all[i].n;
	k->facts = p = malloc(n);
	if (!p)
		return LW_NOMEM;
	for (int i = 0; i < F_COUNT; i++) {
		k->len[i] = (uint16_t)all[i].n;
		if (all[i].n)
			memcpy(p, all[i].s, all[i].n);
		p[all[i].n] = '\0';
		p += all[i].n + 1;
	}
	k->kind = (uint8_t)e->kind;
	k->uac = e->uac;
	k->seen = r->sweep;
	r->bytes += facts_size(k);
	r->dangling--;
	*(k->kind == LW_KIND_USER ? &r->users : &r->groups) += 1;
	lw_hash_add(&r->by_sid, &k->by_sid, lw_hash_of(e->sid.s, e->sid.n));
	lw_replica_claim(r, k);
	lw_replica_tell(r, k);
	return LW_OK;
}

bool lw_replica_has_dn(const struct lw_known *k, struct lw_str dn)
{
	char a[LW_DN_MAX], b[LW_DN_MAX];
	size_t n = dn_key(dn, a);

	return n == dn_key((struct lw_str) { k->dn, k->dn_n }, b) &&
	       memcmp(a, b, n) == 0;
}

enum lw_err lw_replica_put(struct lw_replica *r, const struct lw_sync_entry *e)
{
	struct lw_known *k, *other;
	uint64_t doubt = 0;
	enum lw_err err;

	if (!usable(&e->e)) {
		r->refused++;
		return LW_INVALID;
	}
	/* Moved: first, for what it alone knew of goes with it. */
	other = lw_replica_by_sid(r, e->e.sid);
	if (other && other->doubt > r->asked)
		doubt = other->doubt;
	if (other && !lw_replica_has_dn(other, e->e.dn))
		lw_replica_drop(r, other);
	k = lw_replica_intern(r, e->e.dn);
	if (!k)
		return LW_NOMEM;
	forget_facts(r, k);
	err = learn(r, k, &e->e);
	if (err == LW_OK)
		err = lw_replica_relate(r, k, e->member_count, e->members);
	if (err != LW_OK)
		lw_replica_drop(r, k);
	else if (doubt)
		k->doubt = doubt;
	return err;
}
