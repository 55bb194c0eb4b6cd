/*
 * answer_resolve.c - whom a rule means that is about to be written. The front.
 *
 * Who is about to get rights is told by the directory, as it is now: nothing
 * that was kept while it is away will do, and a name that several claim means
 * nobody, although one of its kinds may have an owner.
 */
#include "answer.h"

#include "follow.h"
#include "judge.h"

#include <string.h>

/* Two kinds at most. */
struct found {
	const struct lw_object *o[2];
	uint32_t n;
};

static enum lw_err by_sid(struct lw_request *r, enum lw_kind kind,
			  struct lw_str sid, const struct lw_object **ret)
{
	struct lw_policy p = lw_front_policy(r->front);
	uint32_t id;
	enum lw_err e;

	if (lw_sid_to_id(&p.idmap, sid, &id) != LW_OK)
		return LW_NOTFOUND;
	e = lw_find_by_id(r, kind, id, r->max_age_ms, ret);
	return e == LW_OK && !lw_str_eq(sid, (*ret)->sid) ? LW_NOTFOUND : e;
}

/* A bare name means the directory's, unless somebody here has it. */
static enum lw_err by_name(struct lw_request *r, enum lw_kind kind,
			   struct lw_str typed, const struct lw_object **ret)
{
	struct lw_naming naming = lw_config_naming(r->front->config);
	char account[LW_NAME_MAX];
	enum lw_err e;

	if (lw_typed_name(r, kind, typed, account) == LW_NOTFOUND)
		return LW_NOTOURS;
	naming.bare = true;
	e = lw_name_parse(&naming, typed, account);
	if (e != LW_OK)
		return e;
	e = lw_find_by_name(r, kind, account, r->max_age_ms, ret);
	return e == LW_NOTFOUND && lw_find_claimed(r, kind, account)
		       ? LW_CLAIMED
		       : e;
}

static enum lw_err one(struct lw_request *r, enum lw_kind kind,
		       struct lw_str name, const struct lw_object **ret)
{
	struct lw_policy p = lw_front_policy(r->front);
	const struct lw_localdb *local;
	enum lw_err e;

	e = lw_sid_valid(name) ? by_sid(r, kind, name, ret)
			       : by_name(r, kind, name, ret);
	if (r->offline || r->busy)
		return e == LW_PENDING ? e : LW_OFFLINE;
	local = kind == LW_KIND_USER ? p.passwd : p.group;
	/* Added here since it was kept: local wins at once. */
	if (e == LW_OK && (lw_localdb_taken(local, (*ret)->name) ||
			   lw_localdb_id(local, (*ret)->id)))
		return LW_NOTFOUND;
	return e;
}

/* LW_NOTFOUND, unless the name is a local one of that kind. */
static enum lw_err resolve(struct lw_request *r, const struct lw_resolve *q,
			   struct found *ret)
{
	static const enum lw_resolve_what not [] = { LW_RESOLVE_GROUP,
						     LW_RESOLVE_USER };
	static const enum lw_kind kinds[] = { LW_KIND_USER, LW_KIND_GROUP };
	enum lw_err none = LW_NOTFOUND;

	ret->n = 0;
	for (size_t i = 0; i < 2; i++) {
		enum lw_err e;

		if (q->what == not [i])
			continue;
		e = one(r, kinds[i], q->name, &ret->o[ret->n]);
		if (e == LW_OK)
			ret->n++;
		else if (e == LW_NOTOURS)
			none = e;
		else if (e != LW_NOTFOUND)
			return e;
	}
	return ret->n > 0 ? LW_OK : none;
}

enum lw_err lw_answer_resolve(struct lw_request *r, struct lw_rd *body,
			      struct lw_wr *rest)
{
	struct lw_resolve q;
	struct found found;
	enum lw_err e = lw_resolve_decode(body, &q);

	if (e != LW_OK)
		return e;
	e = resolve(r, &q, &found);
	if (e == LW_CLAIMED || e == LW_NOTFOUND) {
		/* What is said to be missing may just have been made. */
		if (lw_judge_again(r, LW_FORBIDDEN))
			e = resolve(r, &q, &found);
	}
	if (e != LW_OK)
		return lw_judge_away(r, e);
	lw_wr_u32(rest, found.n);
	for (uint32_t i = 0; i < found.n; i++) {
		const struct lw_object *o = found.o[i];
		bool user = o->kind == LW_KIND_USER;
		struct lw_resolved res = {
			.what = user ? LW_RESOLVE_USER : LW_RESOLVE_GROUP,
			.id = o->id,
			.name = lw_str(o->name),
			.sid = lw_str(o->sid),
		};

		lw_resolved_encode(rest, &res);
	}
	return LW_OK;
}
