/* kept.c - the replica's answers. The front. */
#include "kept.h"

#include "cleanup.h"
#include "follow.h"
#include "lookup.h"
#include "unserved.h"

#include <string.h>

static struct lw_replica *replica_of(const struct lw_request *r)
{
	return lw_follow_replica(r->front->follow);
}

/* From the first time that a name is served it is this user's. */
static void pin(struct lw_front *f, const struct lw_object *o,
		const char *account)
{
	if (o->kind == LW_KIND_USER && !lw_cache_known(&f->cache, account))
		lw_cache_keep_name(&f->cache, o->kind, account, o->id, o->sid,
				   LW_STALE);
}

static void serve(struct lw_request *r, struct lw_known *k, struct lw_kept *ret)
{
	struct lw_policy p = lw_front_policy(r->front);
	struct lw_entry e = lw_known_entry(k);
	struct lw_object *o;
	char why[128];

	ret->result =
		lw_replica_object(replica_of(r), &p, k, &o, why, sizeof(why));
	if (ret->result == LW_NOTFOUND)
		lw_unserved_entry(r->front, &e, why);
	if (ret->result == LW_NOMEM)
		ret->result = LW_OFFLINE;
	if (ret->result != LW_OK)
		return;
	o->at_ms = lw_follow_plan(r->front->follow)->confirmed_ms;
	o->said_ms = o->at_ms;
	if (lw_replica_by_id(replica_of(r), &p.idmap, o->kind, o->id) != k) {
		lw_unserved_entry(r->front, &e, "another SID has its id");
		lw_object_free(o);
		ret->result = LW_NOTFOUND;
		return;
	}
	pin(r->front, o, o->account);
	if (lw_request_keep(r, o, lw_object_free))
		ret->o = o;
	else
		ret->result = LW_OFFLINE;
}

bool lw_kept_by_name(struct lw_request *r, enum lw_kind kind,
		     const char *account, struct lw_kept *ret)
{
	struct lw_policy p = lw_front_policy(r->front);
	struct lw_replica *replica = replica_of(r);
	struct lw_owner owner;

	*ret = (struct lw_kept) { .result = LW_NOTFOUND };
	if (!replica ||
	    lw_replica_owner(replica, &p, kind, account, &owner) != LW_OK)
		return false;
	ret->doubted = owner.doubted;
	ret->claimed = !owner.who && owner.claimants > 1;
	if (owner.who)
		serve(r, owner.who, ret);
	else
		lw_unserved_name(r->front, kind, account, owner.claimants,
				 lw_known_entry(owner.claimant).sid);
	if (ret->result == LW_OK)
		pin(r->front, ret->o, account);
	return true;
}

bool lw_kept_by_id(struct lw_request *r, enum lw_kind kind, uint32_t id,
		   struct lw_kept *ret)
{
	struct lw_policy p = lw_front_policy(r->front);
	struct lw_replica *replica = replica_of(r);
	struct lw_known *k = NULL;

	*ret = (struct lw_kept) { .result = LW_NOTFOUND };
	if (replica)
		k = lw_replica_by_id(replica, &p.idmap, kind, id);
	if (!k)
		return false;
	ret->doubted = k->doubt != 0;
	serve(r, k, ret);
	return true;
}

/*
 * A group counts for rights by its SID even where its name is contested; what
 * another SID has as its id counts for nothing. One more than there are.
 */
static struct lw_ids *ids_of(struct lw_front *f, struct lw_replica *replica,
			     struct lw_known **v, size_t n)
{
	struct lw_policy p = lw_front_policy(f);
	struct lw_ids *ids = malloc(sizeof(*ids) + (n + 1) * sizeof(uint32_t));

	if (!ids)
		return NULL;
	ids->n = 0;
	ids->at_ms = lw_follow_plan(f->follow)->confirmed_ms;
	for (size_t i = 0; i < n; i++) {
		struct lw_entry e = lw_known_entry(v[i]);
		uint32_t id;

		if (lw_sid_to_id(&p.idmap, e.sid, &id) == LW_OK &&
		    lw_replica_by_id(replica, &p.idmap, e.kind, id) == v[i])
			ids->id[ids->n++] = id;
	}
	return ids;
}

/* Everybody is in Users, and no group says so. */
static void add_users(struct lw_front *f, struct lw_ids *ids)
{
	uint32_t users = LW_RID_USERS + f->config->well_known_base;

	if (!lw_ids_have(ids, users))
		ids->id[ids->n++] = users;
}

static struct lw_ids *list_of(struct lw_front *f, struct lw_known *k,
			      enum lw_op op)
{
	lw_cleanup(lw_free) struct lw_known **v = NULL;
	struct lw_replica *replica = lw_follow_replica(f->follow);
	struct lw_ids *ids;
	enum lw_err e;
	size_t n;

	e = op == LW_OP_MEMBERS ? lw_replica_members_of(replica, k, &v, &n)
				: lw_replica_groups_of(replica, k, &v, &n);
	ids = e == LW_OK ? ids_of(f, replica, v, n) : NULL;
	if (ids && op == LW_OP_MEMBERSHIPS)
		add_users(f, ids);
	return ids;
}

static bool same_list(const struct lw_ids *a, const struct lw_ids *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!lw_ids_have(b, a->id[i]))
			return false;
	}
	return true;
}

void lw_kept_learn_list(struct lw_front *f, enum lw_kind kind, uint32_t id,
			const struct lw_ids *said)
{
	struct lw_policy p = lw_front_policy(f);
	struct lw_replica *replica = lw_follow_replica(f->follow);
	lw_cleanup(lw_free) struct lw_ids *ids = NULL;
	struct lw_known *k = NULL;

	if (lw_cache_list_doubted(&f->cache, kind, id) < 0)
		return;
	if (replica)
		k = lw_replica_by_id(replica, &p.idmap, kind, id);
	if (k)
		ids = list_of(f, k,
			      kind == LW_KIND_GROUP ? LW_OP_MEMBERS
						    : LW_OP_MEMBERSHIPS);
	if (!k || (ids && same_list(ids, said)))
		lw_cache_believe_list(&f->cache, kind, id);
	else
		lw_follow_soon(f->follow);
}

bool lw_kept_list(struct lw_request *r, enum lw_op op,
		  const struct lw_object *of, const struct lw_ids **ret)
{
	struct lw_replica *replica = replica_of(r);
	struct lw_known *k = NULL;
	struct lw_ids *ids;

	if (replica)
		k = lw_replica_by_sid(replica, lw_str(of->sid));
	if (!k || k->kind != of->kind)
		return false;
	ids = list_of(r->front, k, op);
	if (!ids || !lw_request_keep(r, ids, free))
		return false;
	*ret = ids;
	return true;
}

bool lw_kept_other(struct lw_front *f, enum lw_kind kind, uint32_t id,
		   struct lw_str sid)
{
	struct lw_policy p = lw_front_policy(f);
	struct lw_replica *replica = lw_follow_replica(f->follow);
	struct lw_known *k = NULL;

	if (replica)
		k = lw_replica_by_id(replica, &p.idmap, kind, id);
	return k && k != lw_replica_by_sid(replica, sid);
}

bool lw_kept_disabled(struct lw_front *f, struct lw_str sid)
{
	struct lw_replica *replica = lw_follow_replica(f->follow);
	struct lw_known *k = NULL;

	if (replica && lw_follow_plan(f->follow)->trusted)
		k = lw_replica_by_sid(replica, sid);
	return k && k->uac & LW_UAC_DISABLED;
}

static bool among(const struct lw_entry *entries, size_t n,
		  const struct lw_known *k)
{
	struct lw_str sid = lw_known_entry(k).sid;

	for (size_t i = 0; i < n; i++) {
		if (entries[i].sid.n == sid.n &&
		    !memcmp(entries[i].sid.s, sid.s, sid.n))
			return true;
	}
	return false;
}

/* Nothing tells of changes: whoever is not named any more may be gone. */
static void doubt_others(struct lw_front *f, struct lw_replica *replica,
			 const struct lw_question *q,
			 const struct lw_entry *entries, size_t n)
{
	struct lw_policy p = lw_front_policy(f);
	struct lw_known *k;

	if (q->by == LW_BY_NAME) {
		lw_replica_doubt_others(replica, q->kind, q->key + 2, entries,
					n);
		return;
	}
	k = lw_replica_by_id(replica, &p.idmap, q->kind, q->subject);
	if (k && !among(entries, n, k))
		lw_replica_doubt(replica, k);
}

/*
 * A member that a group has just lost is doubted because he may be deleted,
 * which a controller that lags does not know yet.
 */
static bool learn_entry(struct lw_front *f, struct lw_replica *replica,
			const struct lw_entry *e)
{
	const struct lw_plan *p = lw_follow_plan(f->follow);
	struct lw_known *k = lw_replica_by_sid(replica, e->sid);
	uint64_t doubt = k ? k->doubt : 0;
	bool same = lw_replica_confirm(replica, e);

	if (k && lw_now_ms() - p->groups_ms <= p->revocation_ms)
		k->doubt = doubt;
	return same;
}

void lw_kept_learn(struct lw_front *f, const struct lw_question *q,
		   const struct lw_entry *entries, size_t n)
{
	struct lw_replica *replica = lw_follow_replica(f->follow);
	bool same = true;

	if (!replica)
		return;
	for (size_t i = 0; i < n; i++)
		same &= learn_entry(f, replica, &entries[i]);
	if (!same)
		lw_follow_soon(f->follow);
	if (q->op == LW_OP_FIND && !lw_follow_plan(f->follow)->trusted)
		doubt_others(f, replica, q, entries, n);
}
