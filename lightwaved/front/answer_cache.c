/*
 * answer_cache.c - what is known, and to have it asked for anew. The front.
 *
 * Dropping is doubting: who asks next is told what the directory says now.
 * Only while that is away is the old answer told, for it is better than none.
 */
#include "answer.h"

#include "cleanup.h"
#include "follow.h"
#include "inspect.h"
#include "log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const enum lw_kind kinds[] = { LW_KIND_USER, LW_KIND_GROUP };
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Root means the directory's entry, also by a bare name. */
static enum lw_err parse(const struct lw_request *r, struct lw_str typed,
			 char ret[LW_NAME_MAX])
{
	struct lw_naming n = lw_config_naming(r->front->config);

	n.bare = true;
	return lw_name_parse(&n, typed, ret);
}

/* A count that is put where space was left for it, and what is counted. */
static enum lw_err counted(struct lw_wr *rest, size_t at, uint32_t count)
{
	enum lw_err e = lw_wr_end(rest);

	if (e == LW_OK)
		lw_put_u32(rest->base + at, count);
	return e;
}

enum lw_err lw_answer_cache_list(struct lw_request *r, struct lw_rd *body,
				 struct lw_wr *rest)
{
	uint8_t kind = lw_rd_u8(body);
	uint32_t after = lw_rd_u32(body), count = 0;
	size_t at = (size_t)(rest->p - rest->base), n;
	lw_cleanup(lw_free) uint32_t *ids = NULL;
	struct lw_cached c;
	enum lw_err e = lw_rd_end(body);

	if (e == LW_OK && kind != LW_KIND_USER && kind != LW_KIND_GROUP)
		e = LW_PROTO;
	if (e != LW_OK)
		return e;
	lw_wr_u32(rest, 0);
	/* Those of a page may all be of no use here: then the next one. */
	while (e == LW_OK && count == 0) {
		free(ids);
		ids = NULL;
		e = lw_inspect_ids(r->front, (enum lw_kind)kind, after,
				   LW_CACHED_PAGE, &ids, &n);
		if (e != LW_OK || n == 0)
			break;
		for (size_t i = 0; i < n; i++) {
			if (!lw_inspect_entry(r, (enum lw_kind)kind, ids[i],
					      false, &c))
				continue;
			lw_cached_encode(rest, &c);
			count++;
		}
		after = ids[n - 1];
	}
	return e == LW_OK ? counted(rest, at, count) : e;
}

enum lw_err lw_answer_cache_show(struct lw_request *r, struct lw_rd *body,
				 struct lw_wr *rest)
{
	struct lw_str typed = lw_rd_str(body);
	size_t at = (size_t)(rest->p - rest->base);
	char account[LW_NAME_MAX];
	uint32_t count = 0, id;
	struct lw_cached c;
	enum lw_err e = lw_rd_end(body);

	if (e == LW_OK)
		e = parse(r, typed, account);
	if (e != LW_OK)
		return e;
	lw_wr_u32(rest, 0);
	for (size_t i = 0; i < KINDS; i++) {
		if (lw_inspect_name(r, kinds[i], account, &id) &&
		    lw_inspect_entry(r, kinds[i], id, true, &c)) {
			lw_cached_encode(rest, &c);
			count++;
		} else if (lw_inspect_miss(r, kinds[i], account, &c)) {
			lw_cached_encode(rest, &c);
			count++;
		}
	}
	return count > 0 ? counted(rest, at, count) : LW_NOTFOUND;
}

/* Entry and list; LW_NOMEM: as much as could be. */
static enum lw_err drop_id(struct lw_front *f, enum lw_kind kind, uint32_t id)
{
	lw_follow_doubt(f->follow, kind, id);
	return lw_cache_doubt_list(&f->cache, kind, id, lw_now_ms());
}

static enum lw_err drop_groups_of(struct lw_request *r, uint32_t uid,
				  uint32_t *count)
{
	const struct lw_object *o;
	const struct lw_ids *ids;
	enum lw_err e;

	e = lw_find_by_id(r, LW_KIND_USER, uid, INT64_MAX, &o);
	if (e == LW_OK)
		e = lw_find_groups_of(r, o, INT64_MAX, &ids);
	if (e != LW_OK)
		return LW_OK; /* none are known */
	for (size_t i = 0; i < ids->n && e == LW_OK; i++) {
		e = drop_id(r->front, LW_KIND_GROUP, ids->id[i]);
		++*count;
	}
	return e;
}

static enum lw_err drop_name(struct lw_request *r, enum lw_kind kind,
			     const char *account, bool groups, uint32_t *count)
{
	struct lw_cache *c = &r->front->cache;
	bool known = lw_cache_missed_name(c, kind, account) >= 0;
	enum lw_err e = LW_OK;
	uint32_t id;

	if (lw_inspect_name(r, kind, account, &id)) {
		known = true;
		if (groups && kind == LW_KIND_USER)
			e = drop_groups_of(r, id, count);
		if (e == LW_OK)
			e = drop_id(r->front, kind, id);
	}
	lw_cache_doubt_name(c, kind, account);
	*count += known;
	return e;
}

enum lw_err lw_answer_cache_drop(struct lw_request *r, struct lw_rd *body,
				 struct lw_wr *rest)
{
	char account[LW_NAME_MAX];
	uint32_t count = 0;
	struct lw_drop d;
	enum lw_err e = lw_drop_decode(body, &d);

	if (e != LW_OK)
		return e;
	if (d.how == LW_DROP_ALL) {
		lw_follow_void(r->front->follow);
		lw_log(LOG_NOTICE, "all that is known is asked for anew");
		lw_wr_u32(rest, 0);
		return LW_OK;
	}
	e = parse(r, d.name, account);
	if (e != LW_OK)
		return e;
	/* What is known counts, whatever its age, and nobody is asked. */
	r->offline = true;
	for (size_t i = 0; i < KINDS && e == LW_OK; i++)
		e = drop_name(r, kinds[i], account, d.how == LW_DROP_GROUPS,
			      &count);
	lw_follow_forgot(r->front->follow);
	lw_log(LOG_NOTICE, "%s is asked for anew: %" PRIu32 " entries", account,
	       count);
	if (e == LW_OK && count == 0)
		return LW_NOTFOUND;
	lw_wr_u32(rest, count);
	return e;
}
