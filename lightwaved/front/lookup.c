/* lookup.c - from the cache, or from the worker. The front. */
#include "lookup.h"

#include "cleanup.h"
#include "follow.h"
#include "kept.h"

#include <string.h>

#define MSG_MAX (64 * 1024)

/* As old as it was when the question came: waiting makes nothing stale. */
static bool fresh(const struct lw_request *r, int64_t at, int64_t max_age_ms)
{
	return at >= r->started_ms ||
	       lw_plan_fresh(lw_follow_plan(r->front->follow), at, max_age_ms,
			     r->started_ms);
}

/*
 * Of what was said on demand about that user or group. Beside a replica that is
 * followed, and soon after a change, it may be what another server has not yet
 * heard is otherwise: nobody has a right by it for longer than who asked.
 */
static bool said_fresh(const struct lw_request *r, enum lw_kind kind,
		       uint32_t id, int64_t at, int64_t max_age_ms)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);
	int64_t changed = lw_cache_changed_at(&r->front->cache, kind, id);
	bool settled = changed < 0 || at > changed + p->revocation_ms;

	if ((!p->trusted && settled) || at >= r->started_ms)
		return fresh(r, at, max_age_ms);
	return at >= 0 && at >= p->void_ms && max_age_ms >= 0 &&
	       r->started_ms - at <= max_age_ms;
}

/* Whether the replica does, where something in it was said before since_ms. */
static bool kept_fresh(const struct lw_request *r, int64_t max_age_ms,
		       int64_t since_ms)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);

	/* The best there is, unless something newer was said on demand. */
	if (r->offline)
		return p->confirmed_ms >= since_ms;
	/* Before anybody could be asked; nobody has a right by it. */
	if (p->restored && !lw_request_decides(r) &&
	    p->confirmed_ms >= since_ms)
		return true;
	return (lw_plan_believed(p, r->started_ms) &&
		p->confirmed_ms > r->started_ms) ||
	       lw_plan_replica_fresh(p, max_age_ms, r->started_ms);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* After LW_OFFLINE the request lives from what is stale. */
static enum lw_err ask(struct lw_request *r, struct lw_question *q,
		       struct lw_wr *msg)
{
	enum lw_err e;

	q->login = lw_request_decides(r);
	e = lw_link_ask(r->front->link, r, q, msg);
	/* A lookup may as well have what is stale; a login may not. */
	if (e == LW_NOMEM && q->login)
		r->busy = true;
	else if (e == LW_NOMEM || e == LW_OFFLINE)
		r->offline = true;
	return e == LW_NOMEM ? LW_OFFLINE : e;
}

static enum lw_err ask_find(struct lw_request *r, enum lw_kind kind,
			    enum lw_by by, const char *value, uint32_t id)
{
	lw_cleanup(lw_wr_done) struct lw_wr msg;
	char key[LW_NAME_MAX + 8];
	struct lw_find find = { kind, by, lw_str(value) };
	struct lw_question q = { .op = LW_OP_FIND,
				 .key = key,
				 .kind = kind,
				 .by = by,
				 .subject = id };

	snprintf(key, sizeof(key), "%d%d%s", kind, by, value);
	lw_wr_heap(&msg, MSG_MAX);
	lw_msg_begin(&msg, LW_OP_FIND, 0);
	lw_find_encode(&msg, &find);
	if (lw_msg_end(&msg, msg.base) != LW_OK)
		return LW_NOMEM;
	return ask(r, &q, &msg);
}

/* For how long that nothing is there may have been said. */
static int64_t miss_age(const struct lw_request *r, int64_t max_age_ms)
{
	int64_t ms = r->front->config->negative_ttl * INT64_C(1000);

	return ms > max_age_ms ? max_age_ms : ms;
}

static enum lw_err kept_result(const struct lw_kept *k,
			       const struct lw_object **ret)
{
	if (k->result == LW_OK)
		*ret = k->o;
	return k->result;
}

/*
 * Whether what is kept is what the followed server has now, for who takes
 * nothing older: any other may be behind it. LW_OK, LW_PENDING; LW_OFFLINE:
 * only the directory at large can be asked.
 */
static enum lw_err confirmed(struct lw_request *r, int64_t max_age_ms)
{
	if (max_age_ms != LW_ASK || r->offline || r->busy)
		return LW_OFFLINE;
	return lw_follow_confirm(r->front->follow, r);
}

enum lw_err lw_find_by_name(struct lw_request *r, enum lw_kind kind,
			    const char *account, int64_t max_age_ms,
			    const struct lw_object **ret)
{
	const struct lw_cache *c = &r->front->cache;
	int64_t missed = lw_cache_missed_name(c, kind, account);
	int64_t at = LW_STALE, none = miss_age(r, max_age_ms);
	const struct lw_object *o;
	struct lw_kept kept;

	for (;;) {
		bool there = lw_kept_by_name(r, kind, account, &kept);
		enum lw_err e;

		if (there && !kept.doubted) {
			e = confirmed(r, max_age_ms);
			if (e != LW_OFFLINE)
				return e == LW_OK ? kept_result(&kept, ret) : e;
		}
		o = lw_cache_by_name(c, kind, account, &at);
		if (there && !kept.doubted &&
		    kept_fresh(r, max_age_ms, later(at, missed)))
			return kept_result(&kept, ret);
		if (o && at >= missed &&
		    (r->offline ||
		     said_fresh(r, kind, o->id, at, max_age_ms))) {
			*ret = o;
			return LW_OK;
		}
		if (missed >= 0 && missed >= at &&
		    (r->offline || fresh(r, missed, none)))
			return LW_NOTFOUND;
		if (r->offline && there)
			return kept_result(&kept, ret);
		if (r->offline || r->busy)
			return LW_OFFLINE;
		e = ask_find(r, kind, LW_BY_NAME, account, 0);
		if (e != LW_OFFLINE)
			return e;
	}
}

enum lw_err lw_find_by_id(struct lw_request *r, enum lw_kind kind, uint32_t id,
			  int64_t max_age_ms, const struct lw_object **ret)
{
	const struct lw_cache *c = &r->front->cache;
	struct lw_policy p = lw_front_policy(r->front);
	int64_t none = miss_age(r, max_age_ms);
	char rids[LW_RID_MAX];
	struct lw_kept kept;

	if (lw_id_to_rids(&p.idmap, id, rids) != LW_OK)
		return LW_NOTFOUND;
	for (;;) {
		const struct lw_object *o = lw_cache_by_id(c, kind, id);
		int64_t missed = lw_cache_missed_id(c, kind, id);
		bool there = lw_kept_by_id(r, kind, id, &kept);
		enum lw_err e;

		if (there && !kept.doubted) {
			e = confirmed(r, max_age_ms);
			if (e != LW_OFFLINE)
				return e == LW_OK ? kept_result(&kept, ret) : e;
		}
		if (there && !kept.doubted &&
		    kept_fresh(r, max_age_ms,
			       later(o ? o->at_ms : LW_STALE, missed)))
			return kept_result(&kept, ret);
		if (o && (r->offline ||
			  said_fresh(r, kind, id, o->at_ms, max_age_ms))) {
			*ret = o;
			return LW_OK;
		}
		if (missed >= 0 && (r->offline || fresh(r, missed, none)))
			return LW_NOTFOUND;
		if (r->offline && there)
			return kept_result(&kept, ret);
		if (r->offline || r->busy)
			return LW_OFFLINE;
		e = ask_find(r, kind, LW_BY_RID, rids, id);
		if (e != LW_OFFLINE)
			return e;
	}
}

static enum lw_err ask_list(struct lw_request *r, enum lw_op op,
			    const struct lw_object *o)
{
	lw_cleanup(lw_wr_done) struct lw_wr msg;
	char key[32];
	struct lw_question q = {
		.op = op, .key = key, .kind = o->kind, .subject = o->id
	};

	snprintf(key, sizeof(key), "%d:%u", op, o->id);
	lw_wr_heap(&msg, MSG_MAX);
	lw_msg_begin(&msg, op, 0);
	lw_wr_str(&msg, lw_str(o->dn));
	if (lw_msg_end(&msg, msg.base) != LW_OK)
		return LW_NOMEM;
	return ask(r, &q, &msg);
}

/*
 * A list is older than the last change of a group, and any may be in it; or so
 * little younger that who said it may not have heard of that change.
 */
static bool list_fresh(const struct lw_request *r, const struct lw_object *o,
		       int64_t at, int64_t max_age_ms)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);

	if (at >= r->started_ms || p->groups_ms < 0 ||
	    at > p->groups_ms + p->revocation_ms)
		return said_fresh(r, o->kind, o->id, at, max_age_ms);
	return at > p->void_ms && lw_now_ms() - at <= max_age_ms;
}

/* What is good enough of what is known; NULL: none is. */
static const struct lw_ids *known_list(struct lw_request *r, enum lw_op op,
				       const struct lw_object *o,
				       int64_t max_age_ms)
{
	const struct lw_cache *c = &r->front->cache;
	const struct lw_ids *ids, *kept;

	ids = op == LW_OP_MEMBERS ? lw_cache_members_of(c, o->id)
				  : lw_cache_groups_of(c, o->id);
	if (kept_fresh(r, max_age_ms, ids ? ids->at_ms : LW_STALE) &&
	    lw_kept_list(r, op, o, &kept) &&
	    (r->offline || lw_now_ms() - kept->at_ms <= LW_RIGHTS_MAX_MS))
		return kept;
	return ids && (r->offline || list_fresh(r, o, ids->at_ms, max_age_ms))
		       ? ids
		       : NULL;
}

static enum lw_err find_list(struct lw_request *r, enum lw_op op,
			     const struct lw_object *o, int64_t max_age_ms,
			     const struct lw_ids **ret)
{
	const struct lw_ids *kept;

	if (max_age_ms == LW_ASK && lw_kept_list(r, op, o, &kept)) {
		enum lw_err e = confirmed(r, max_age_ms);

		if (e == LW_OK)
			*ret = kept;
		if (e != LW_OFFLINE)
			return e;
	}
	for (;;) {
		const struct lw_ids *ids = known_list(r, op, o, max_age_ms);
		enum lw_err e;

		if (ids && r->offline &&
		    lw_now_ms() - ids->at_ms > LW_RIGHTS_MAX_MS)
			return LW_OFFLINE;
		if (ids) {
			*ret = ids;
			return LW_OK;
		}
		if (r->offline || r->busy)
			return LW_OFFLINE;
		e = ask_list(r, op, o);
		if (e != LW_OFFLINE)
			return e;
	}
}

enum lw_err lw_find_member(struct lw_request *r, uint32_t uid,
			   char ret[LW_NAME_MAX])
{
	const struct lw_object *o =
		lw_cache_by_id(&r->front->cache, LW_KIND_USER, uid);
	struct lw_kept kept;

	if (lw_kept_by_id(r, LW_KIND_USER, uid, &kept))
		o = kept.result == LW_OK ? kept.o : NULL;
	if (!o)
		return LW_NOTFOUND;
	snprintf(ret, LW_NAME_MAX, "%s", o->name);
	return LW_OK;
}

enum lw_err lw_find_groups_of(struct lw_request *r,
			      const struct lw_object *user, int64_t max_age_ms,
			      const struct lw_ids **ret)
{
	return find_list(r, LW_OP_MEMBERSHIPS, user, max_age_ms, ret);
}

enum lw_err lw_find_members_of(struct lw_request *r,
			       const struct lw_object *group,
			       int64_t max_age_ms, const struct lw_ids **ret)
{
	return find_list(r, LW_OP_MEMBERS, group, max_age_ms, ret);
}

void lw_prefetch_groups_of(struct lw_request *r, const struct lw_object *user)
{
	bool offline = r->offline, busy = r->busy;

	if (known_list(r, LW_OP_MEMBERSHIPS, user, LW_FRESH))
		return;
	if (ask_list(r, LW_OP_MEMBERSHIPS, user) == LW_PENDING)
		lw_question_forget(r);
	r->offline = offline;
	r->busy = busy;
}
