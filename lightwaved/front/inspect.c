/* inspect.c - what is known of whom. The front. */
#include "inspect.h"

#include "cleanup.h"
#include "follow.h"
#include "kept.h"

#include <stdlib.h>
#include <string.h>

#define CONTAINER(link)                                                        \
	((struct lw_known *)((char *)(link)-offsetof(struct lw_known, by_sid)))

static uint32_t seconds(int64_t ms)
{
	if (ms < 0)
		return 0;
	return ms / 1000 >= LW_NEVER ? LW_NEVER - 1 : (uint32_t)(ms / 1000);
}

/* fresh_until: INT64_MAX where it is followed. */
static struct lw_cached_age age_of(int64_t as_of, int64_t fresh_until,
				   uint32_t max)
{
	int64_t now = lw_now_ms();

	return (struct lw_cached_age) {
		.age = seconds(now - as_of),
		.fresh = fresh_until == INT64_MAX ? LW_NEVER
						  : seconds(fresh_until - now),
		.offline = seconds(as_of + max * INT64_C(1000) - now),
	};
}

/* 0: it is not fresh. */
static int64_t kept_until(const struct lw_request *r, bool doubted)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);

	return !doubted && lw_plan_replica_fresh(p, 0, r->started_ms)
		       ? INT64_MAX
		       : 0;
}

static int64_t asked_until(const struct lw_request *r, int64_t at, uint32_t ttl)
{
	const struct lw_plan *p = lw_follow_plan(r->front->follow);

	if (at < 0 || at < p->void_ms)
		return 0;
	/* Beside a replica the word of another server does not last. */
	return p->trusted ? at + ttl * INT64_C(1000)
			  : lw_plan_until(p, at, ttl * INT64_C(1000));
}

static struct lw_cached_age entry_age(const struct lw_request *r,
				      const struct lw_object *o,
				      bool replicated, bool doubted)
{
	const struct lw_config *c = r->front->config;
	const struct lw_plan *p = lw_follow_plan(r->front->follow);
	int64_t as_of = o->said_ms;

	if (!replicated && o->at_ms != LW_STALE)
		as_of = lw_plan_as_of(p, o->at_ms);
	return age_of(as_of,
		      replicated ? kept_until(r, doubted)
				 : asked_until(r, o->at_ms, c->ttl),
		      c->offline_max);
}

static void add_list(struct lw_request *r, const struct lw_object *o,
		     struct lw_cached *ret)
{
	const struct lw_config *c = r->front->config;
	const struct lw_cache *cache = &r->front->cache;
	bool user = o->kind == LW_KIND_USER;
	int64_t doubted = lw_cache_list_doubted(cache, o->kind, o->id), until;
	uint32_t ttl = user ? c->membership_ttl : c->ttl;
	const struct lw_ids *ids, *kept;

	ids = user ? lw_cache_groups_of(cache, o->id)
		   : lw_cache_members_of(cache, o->id);
	if (lw_kept_list(r, user ? LW_OP_MEMBERSHIPS : LW_OP_MEMBERS, o,
			 &kept)) {
		ids = kept;
		until = kept_until(r, doubted >= 0);
	} else if (ids) {
		until = ids->at_ms > doubted ? asked_until(r, ids->at_ms, ttl)
					     : 0;
	} else {
		return;
	}
	ret->count = (uint32_t)ids->n;
	ret->list = age_of(ids->at_ms, until, c->offline_authorization_max);
}

bool lw_inspect_entry(struct lw_request *r, enum lw_kind kind, uint32_t id,
		      bool list, struct lw_cached *ret)
{
	const struct lw_object *asked =
		lw_cache_by_id(&r->front->cache, kind, id);
	const struct lw_object *o = asked;
	bool replicated = false;
	struct lw_kept kept;

	/* What was asked for stands in for what is doubted. */
	if (lw_kept_by_id(r, kind, id, &kept) && kept.result == LW_OK) {
		replicated = !kept.doubted || !asked || asked->at_ms < 0;
		o = replicated ? kept.o : asked;
	}
	if (!o)
		return false;
	*ret = (struct lw_cached) {
		.kind = kind,
		.from = replicated ? LW_CACHED_REPLICA : LW_CACHED_ASKED,
		.id = id,
		.name = lw_str(o->name),
		.sid = lw_str(o->sid),
		.dn = lw_str(o->dn),
		.entry = entry_age(r, o, replicated, kept.doubted),
		.count = LW_NEVER,
	};
	if (list)
		add_list(r, o, ret);
	return true;
}

bool lw_inspect_name(struct lw_request *r, enum lw_kind kind,
		     const char *account, uint32_t *ret_id)
{
	const struct lw_object *o;
	struct lw_kept kept;
	int64_t at;

	o = lw_cache_by_name(&r->front->cache, kind, account, &at);
	if (lw_kept_by_name(r, kind, account, &kept) && kept.result == LW_OK)
		o = kept.o;
	if (o)
		*ret_id = o->id;
	return o;
}

bool lw_inspect_miss(struct lw_request *r, enum lw_kind kind,
		     const char *account, struct lw_cached *ret)
{
	const struct lw_config *c = r->front->config;
	int64_t at = lw_cache_missed_name(&r->front->cache, kind, account);

	if (at < 0)
		return false;
	*ret = (struct lw_cached) {
		.kind = kind,
		.from = LW_CACHED_NOBODY,
		.name = lw_str(account),
		.entry = age_of(at, asked_until(r, at, c->negative_ttl),
				c->offline_max),
		.count = LW_NEVER,
	};
	return true;
}

struct ids {
	enum lw_kind kind;
	uint32_t after;
	uint32_t *v;
	size_t n, max;
	enum lw_err err;
};

static void add_id(struct ids *ids, uint32_t id)
{
	uint32_t *v;

	if (id <= ids->after || ids->err != LW_OK)
		return;
	if (ids->n == ids->max) {
		size_t max = ids->max ? ids->max * 2 : 1024;

		v = reallocarray(ids->v, max, sizeof(*v));
		if (!v) {
			ids->err = LW_NOMEM;
			return;
		}
		ids->v = v;
		ids->max = max;
	}
	ids->v[ids->n++] = id;
}

static void add_object(void *value, void *arg)
{
	const struct lw_object *o = value;
	struct ids *ids = arg;

	if (o->kind == ids->kind)
		add_id(ids, o->id);
}

static void add_replica(struct lw_front *f, struct ids *ids)
{
	struct lw_policy p = lw_front_policy(f);
	const struct lw_replica *r = lw_follow_replica(f->follow);

	for (size_t i = 0; r && i < r->by_sid.size; i++) {
		const struct lw_hash_link *l = r->by_sid.bucket[i];

		for (; l; l = l->next) {
			struct lw_entry e = lw_known_entry(CONTAINER(l));
			uint32_t id;

			if (e.kind == ids->kind &&
			    lw_sid_to_id(&p.idmap, e.sid, &id) == LW_OK)
				add_id(ids, id);
		}
	}
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

enum lw_err lw_inspect_ids(struct lw_front *f, enum lw_kind kind,
			   uint32_t after, size_t max, uint32_t **ret,
			   size_t *ret_n)
{
	struct ids ids = { .kind = kind, .after = after };
	size_t n = 0;

	lw_table_each(&f->cache.objects, add_object, &ids);
	add_replica(f, &ids);
	if (ids.err != LW_OK) {
		free(ids.v);
		return ids.err;
	}
	if (ids.n > 0)
		qsort(ids.v, ids.n, sizeof(*ids.v), compare);
	for (size_t i = 0; i < ids.n && n < max; i++) {
		if (n == 0 || ids.v[i] != ids.v[n - 1])
			ids.v[n++] = ids.v[i];
	}
	*ret = ids.v;
	*ret_n = n;
	return LW_OK;
}
