/* absorb.c - keep what the worker answered; lookup.h. The front. */
#include "lookup.h"

#include "answer_status.h"

#include "cleanup.h"
#include "follow.h"
#include "kept.h"
#include "log.h"
#include "present.h"
#include "unserved.h"

#include <string.h>

/* One answer, unpacked: what policy.h judges. */
struct facts {
	struct lw_entry *entries;
	size_t n, primary;
	struct lw_claims claims;
};

static void facts_done(struct facts *f)
{
	lw_claims_done(&f->claims);
	free(f->entries);
}

enum lw_err lw_lookup_same_domain(struct lw_front *f, struct lw_str sid)
{
	struct lw_cache *c = &f->cache;

	if (!lw_sid_valid(sid) || sid.n >= sizeof(c->domain_sid))
		return LW_PROTO;
	if (!c->domain_sid[0]) {
		memcpy(c->domain_sid, sid.s, sid.n);
		c->domain_sid[sid.n] = '\0';
		lw_log(LOG_NOTICE, "domain %s has SID %s", f->config->domain,
		       c->domain_sid);
	}
	if (lw_str_eq(sid, c->domain_sid))
		return LW_OK;
	lw_front_warn_once(f, "domain",
			   "the directory's domain SID is no "
			   "longer %s: its answers are not used",
			   c->domain_sid);
	return LW_OFFLINE;
}

static enum lw_err unpack(struct lw_front *f, struct lw_rd *body,
			  struct facts *ret)
{
	struct lw_policy p = lw_front_policy(f);
	struct lw_entries es;
	enum lw_err e = lw_entries_decode(body, &es);

	if (e == LW_OK)
		e = lw_lookup_same_domain(f, es.domain_sid);
	if (e != LW_OK)
		return e;
	ret->entries = calloc(es.count ? es.count : 1, sizeof(*ret->entries));
	if (!ret->entries)
		return LW_OFFLINE;
	ret->n = es.count;
	ret->primary = es.primary;
	for (size_t i = 0; i < ret->n; i++)
		ret->entries[i] = lw_entry_decode(&es.each);
	if (lw_claims_init(&ret->claims, &p, ret->entries, ret->n) != LW_OK)
		return LW_OFFLINE;
	return LW_OK;
}

/* Keep entry i and give its id. LW_NOTFOUND: this host does not serve it. */
static enum lw_err keep(struct lw_front *f, const struct facts *facts, size_t i,
			uint32_t *ret_id)
{
	struct lw_policy p = lw_front_policy(f);
	const struct lw_object *other;
	struct lw_object *o;
	char why[128];
	enum lw_err e;

	e = lw_policy_object(&p, &facts->claims, i, &o, why, sizeof(why));
	if (e == LW_NOTFOUND)
		lw_unserved_entry(f, &facts->entries[i], why);
	if (e != LW_OK)
		return e;
	other = lw_cache_by_id(&f->cache, o->kind, o->id);
	if ((other && strcmp(other->sid, o->sid) != 0) ||
	    lw_kept_other(f, o->kind, o->id, lw_str(o->sid))) {
		lw_unserved_entry(f, &facts->entries[i],
				  "another SID has its id");
		lw_object_free(o);
		return LW_NOTFOUND;
	}
	if (o->kind == LW_KIND_USER &&
	    lw_kept_disabled(f, facts->entries[i].sid))
		o->uac |= LW_UAC_DISABLED;
	o->at_ms = lw_now_ms();
	*ret_id = o->id;
	e = lw_cache_keep_name(&f->cache, o->kind, o->account, o->id, o->sid,
			       o->at_ms);
	if (e != LW_OK) {
		lw_object_free(o);
		return e;
	}
	return lw_cache_keep(&f->cache, o);
}

/* The account part that was asked for stands in the key after two digits. */
static enum lw_err settle_name(struct lw_front *f, const struct lw_question *q,
			       const struct facts *facts)
{
	struct lw_policy p = lw_front_policy(f);
	const char *account = q->key + 2;
	bool owned = false;

	for (size_t i = 0; i < facts->primary; i++) {
		const struct lw_object *o;
		uint32_t id;
		enum lw_err e;

		if (!lw_policy_owns(&p, &facts->claims, i, account))
			continue;
		owned = true;
		e = keep(f, facts, i, &id);
		if (e == LW_NOTFOUND)
			continue;
		o = e == LW_OK ? lw_cache_by_id(&f->cache, q->kind, id) : NULL;
		if (!o)
			return LW_OFFLINE;
		return lw_cache_keep_name(&f->cache, q->kind, account, id,
					  o->sid, lw_now_ms());
	}
	if (!owned && facts->primary > 0)
		lw_unserved_name(f, q->kind, account, facts->primary,
				 facts->entries[0].sid);
	if (!owned && facts->primary > 1)
		return lw_cache_miss_claimed(&f->cache, q->kind, account,
					     lw_now_ms());
	return lw_cache_miss_name(&f->cache, q->kind, account, lw_now_ms());
}

static enum lw_err settle_id(struct lw_front *f, const struct lw_question *q,
			     const struct facts *facts)
{
	bool found = false;

	for (size_t i = 0; i < facts->primary; i++) {
		uint32_t id;
		enum lw_err e;

		if (facts->entries[i].kind != q->kind)
			continue;
		e = keep(f, facts, i, &id);
		if (e != LW_OK && e != LW_NOTFOUND)
			return LW_OFFLINE;
		found |= e == LW_OK && id == q->subject;
	}
	if (found)
		return LW_OK;
	return lw_cache_miss_id(&f->cache, q->kind, q->subject, lw_now_ms());
}

/*
 * A group counts for rights by its SID even where its name is contested and
 * so not served. What another SID has as its id counts for nothing.
 */
static bool counts(struct lw_front *f, const struct lw_entry *e,
		   uint32_t *ret_id)
{
	struct lw_policy p = lw_front_policy(f);
	const struct lw_object *o;

	if (lw_sid_to_id(&p.idmap, e->sid, ret_id) != LW_OK)
		return false;
	o = lw_cache_by_id(&f->cache, e->kind, *ret_id);
	return (!o || lw_str_eq(e->sid, o->sid)) &&
	       !lw_kept_other(f, e->kind, *ret_id, e->sid);
}

static struct lw_ids *take(struct lw_ids **ids)
{
	struct lw_ids *taken = *ids;

	*ids = NULL;
	return taken;
}

static enum lw_err absorb_groups(struct lw_front *f, uint32_t uid,
				 const struct facts *facts)
{
	/* One more: Users, whom everybody is in and memberOf does not name. */
	uint32_t users = LW_RID_USERS + f->config->well_known_base, id;
	lw_cleanup(lw_free) struct lw_ids *ids = NULL;
	enum lw_err e;

	ids = malloc(sizeof(*ids) + (facts->primary + 1) * sizeof(ids->id[0]));
	if (!ids)
		return LW_OFFLINE;
	ids->n = 0;
	for (size_t i = 0; i < facts->primary; i++) {
		if (facts->entries[i].kind != LW_KIND_GROUP)
			continue;
		e = keep(f, facts, i, &id);
		if (e != LW_OK && e != LW_NOTFOUND)
			return LW_OFFLINE;
		if (counts(f, &facts->entries[i], &id))
			ids->id[ids->n++] = id;
	}
	if (!lw_ids_have(ids, users))
		ids->id[ids->n++] = users;
	ids->at_ms = lw_now_ms();
	lw_kept_learn_list(f, LW_KIND_USER, uid, ids);
	return lw_cache_keep_groups_of(&f->cache, uid, take(&ids));
}

static enum lw_err absorb_members(struct lw_front *f, uint32_t gid,
				  const struct facts *facts)
{
	lw_cleanup(lw_free) struct lw_ids *ids = NULL;
	enum lw_err e;

	ids = malloc(sizeof(*ids) + facts->primary * sizeof(ids->id[0]));
	if (!ids)
		return LW_OFFLINE;
	ids->n = 0;
	for (size_t i = 0; i < facts->primary; i++) {
		if (facts->entries[i].kind != LW_KIND_USER)
			continue;
		e = keep(f, facts, i, &ids->id[ids->n]);
		if (e == LW_OK)
			ids->n++;
		else if (e != LW_NOTFOUND)
			return LW_OFFLINE;
	}
	ids->at_ms = lw_now_ms();
	lw_kept_learn_list(f, LW_KIND_GROUP, gid, ids);
	return lw_cache_keep_members_of(&f->cache, gid, take(&ids));
}

static enum lw_err absorb_entries(struct lw_front *f,
				  const struct lw_question *q,
				  enum lw_err status, struct lw_rd *body)
{
	lw_cleanup(facts_done) struct facts facts = { 0 };
	enum lw_err e;

	if (status == LW_NOTFOUND && q->op != LW_OP_FIND) {
		/* Its DN is no more: the entry itself is asked for again. */
		lw_follow_doubt(f->follow, q->kind, q->subject);
		lw_cache_miss_id(&f->cache, q->kind, q->subject, lw_now_ms());
		return LW_OK;
	}
	if (status != LW_OK)
		return LW_OFFLINE;
	e = unpack(f, body, &facts);
	if (e != LW_OK)
		return e;
	lw_kept_learn(f, q, facts.entries, facts.n);
	if (q->op == LW_OP_MEMBERS)
		return absorb_members(f, q->subject, &facts);
	if (q->op == LW_OP_MEMBERSHIPS)
		return absorb_groups(f, q->subject, &facts);
	e = q->by == LW_BY_NAME ? settle_name(f, q, &facts)
				: settle_id(f, q, &facts);
	return e == LW_OK ? LW_OK : LW_OFFLINE;
}

enum lw_err lw_lookup_absorb(struct lw_front *f, const struct lw_question *q,
			     enum lw_err status, struct lw_rd *body)
{
	switch (q->op) {
	case LW_OP_FIND:
	case LW_OP_MEMBERSHIPS:
	case LW_OP_MEMBERS:
		return absorb_entries(f, q, status, body);
	case LW_OP_VERDICT:
	case LW_OP_CHANGE:
	case LW_OP_RULES:
		return lw_present_absorb(f, q, status, body);
	case LW_OP_SELFTEST:
		return lw_status_absorb(q, status, body);
	case LW_OP_PASSWD_BY_NAME:
	case LW_OP_PASSWD_BY_UID:
	case LW_OP_GROUP_BY_NAME:
	case LW_OP_GROUP_BY_GID:
	case LW_OP_INITGROUPS:
	case LW_OP_OURS:
	case LW_OP_PASSED:
	case LW_OP_PASSWD_PAGE:
	case LW_OP_GROUP_PAGE:
	case LW_OP_AUTH:
	case LW_OP_ACCOUNT:
	case LW_OP_TICKET:
	case LW_OP_PRINCIPAL:
	case LW_OP_POLICY:
	case LW_OP_PASSWORD:
	case LW_OP_VERIFY:
	case LW_OP_REFRESH:
	case LW_OP_STATUS:
	case LW_OP_MEMBER:
	case LW_OP_RESOLVE:
	case LW_OP_LOCAL_GROUPS:
	case LW_OP_GRANTED:
	case LW_OP_CACHE_LIST:
	case LW_OP_CACHE_SHOW:
	case LW_OP_CACHE_DROP:
	case LW_OP_SYNC:
	case LW_OP_CREDS_STORE:
	case LW_OP_CREDS_CHECK:
	case LW_OP_CREDS_REFUSED:
	case LW_OP_CREDS_DROP:
	case LW_OP_CREDS_APPLY:
		break;
	}
	return LW_PROTO;
}
