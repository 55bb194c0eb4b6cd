/* lookup.c - from the cache, or from the worker. The front. */
#include "lookup.h"

#include "cleanup.h"

#include <string.h>

#define MSG_MAX (64 * 1024)

/*
 * What decides about rights is not believed for ever while the directory is
 * away.
 */
#define RIGHTS_MAX_MS (INT64_C(72) * 3600 * 1000)

/* As old as it was when the question came: waiting makes nothing stale. */
static bool fresh(const struct lw_request *r, int64_t at, int64_t max_age_ms)
{
	return r->started_ms - at <= max_age_ms;
}

/* After LW_OFFLINE the request lives from what is stale. */
static enum lw_err ask(struct lw_request *r, struct lw_question *q,
		       struct lw_wr *msg)
{
	enum lw_err e;

	q->login = r->head.op >= LW_OP_AUTH;
	e = lw_link_ask(r->front->link, r, q, msg);
	/* A lookup may as well have what is stale; a login may not. */
	if (e == LW_NOMEM && !q->login)
		e = LW_OFFLINE;
	if (e == LW_OFFLINE)
		r->offline = true;
	return e;
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

enum lw_err lw_find_by_name(struct lw_request *r, enum lw_kind kind,
			    const char *account, int64_t max_age_ms,
			    const struct lw_object **ret)
{
	const struct lw_cache *c = &r->front->cache;
	int64_t missed = lw_cache_missed_name(c, kind, account);
	int64_t at = -1,
		miss_age = r->front->config->negative_ttl * INT64_C(1000);
	const struct lw_object *o;

	if (miss_age > max_age_ms)
		miss_age = max_age_ms;
	for (;;) {
		o = lw_cache_by_name(c, kind, account, &at);
		if (o && at >= missed &&
		    (r->offline || fresh(r, at, max_age_ms))) {
			*ret = o;
			return LW_OK;
		}
		if (missed >= 0 && missed >= at &&
		    (r->offline || fresh(r, missed, miss_age)))
			return LW_NOTFOUND;
		if (r->offline || r->busy)
			return LW_OFFLINE;
		enum lw_err e = ask_find(r, kind, LW_BY_NAME, account, 0);
		if (e != LW_OFFLINE)
			return e;
	}
}

enum lw_err lw_find_by_id(struct lw_request *r, enum lw_kind kind, uint32_t id,
			  int64_t max_age_ms, const struct lw_object **ret)
{
	const struct lw_cache *c = &r->front->cache;
	struct lw_policy p = lw_front_policy(r->front);
	int64_t miss_age = r->front->config->negative_ttl * INT64_C(1000);
	char rids[LW_RID_MAX];

	if (lw_id_to_rids(&p.idmap, id, rids) != LW_OK)
		return LW_NOTFOUND;
	if (miss_age > max_age_ms)
		miss_age = max_age_ms;
	for (;;) {
		const struct lw_object *o = lw_cache_by_id(c, kind, id);
		int64_t missed = lw_cache_missed_id(c, kind, id);

		if (o && (r->offline || fresh(r, o->at_ms, max_age_ms))) {
			*ret = o;
			return LW_OK;
		}
		if (missed >= 0 && (r->offline || fresh(r, missed, miss_age)))
			return LW_NOTFOUND;
		if (r->offline || r->busy)
			return LW_OFFLINE;
		enum lw_err e = ask_find(r, kind, LW_BY_RID, rids, id);
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

static enum lw_err find_list(struct lw_request *r, enum lw_op op,
			     const struct lw_object *o, int64_t max_age_ms,
			     const struct lw_ids **ret)
{
	const struct lw_cache *c = &r->front->cache;

	for (;;) {
		const struct lw_ids *ids;

		ids = op == LW_OP_MEMBERS ? lw_cache_members_of(c, o->id)
					  : lw_cache_groups_of(c, o->id);
		if (ids && r->offline &&
		    lw_now_ms() - ids->at_ms > RIGHTS_MAX_MS)
			return LW_OFFLINE;
		if (ids && (r->offline || fresh(r, ids->at_ms, max_age_ms))) {
			*ret = ids;
			return LW_OK;
		}
		if (r->offline || r->busy)
			return LW_OFFLINE;
		enum lw_err e = ask_list(r, op, o);
		if (e != LW_OFFLINE)
			return e;
	}
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
	bool offline = r->offline;

	if (ask_list(r, LW_OP_MEMBERSHIPS, user) == LW_PENDING)
		lw_question_forget(r);
	r->offline = offline;
}
