/*
 * answer_granted.c - which groups a user has now, and which local ones can be
 * had here: for who compares them with what processes hold. The front.
 */
#include "answer.h"

#include "granted.h"
#include "judge.h"
#include "link.h"
#include "local_judge.h"

/* Root means the directory's entry, also by a bare name, and by an id. */
static enum lw_err find(struct lw_request *r, const struct lw_granted *q,
			const struct lw_object **ret)
{
	struct lw_front *f = r->front;
	int64_t max_age_ms = f->config->ttl * INT64_C(1000);
	struct lw_policy p = lw_front_policy(f);
	struct lw_naming naming = p.naming;
	char account[LW_NAME_MAX];
	enum lw_err e;

	if (q->uid == LW_NEVER) {
		naming.bare = true;
		e = lw_name_parse(&naming, q->user, account);
		if (e == LW_OK)
			e = lw_find_by_name(r, LW_KIND_USER, account,
					    max_age_ms, ret);
		return e;
	}
	if (lw_localdb_id(&f->passwd, q->uid) || !lw_id_ours(&p.idmap, q->uid))
		return LW_NOTOURS;
	return lw_find_by_id(r, LW_KIND_USER, q->uid, max_age_ms, ret);
}

/* How old it is, is known once all of it is. */
static enum lw_err answer(struct lw_request *r, const struct lw_object *o,
			  struct lw_wr *rest)
{
	struct lw_granted_answer a = {
		.disabled = lw_judge_state(o, false) == LW_DISABLED,
		.uid = o->id,
		.name = lw_str(o->name),
	};
	size_t at = (size_t)(rest->p - rest->base);
	enum lw_err e;

	lw_granted_answer_encode(rest, &a);
	e = lw_put_gids(r, o, rest);
	if (e != LW_OK || lw_wr_end(rest) != LW_OK)
		return e;
	rest->base[at + 1] = r->offline || lw_link_away(r->front->link);
	lw_put_u32(rest->base + at + 2, lw_audit_age(r->as_of_ms));
	return LW_OK;
}

enum lw_err lw_answer_granted(struct lw_request *r, struct lw_rd *body,
			      struct lw_wr *rest)
{
	const struct lw_object *o;
	struct lw_granted q;
	enum lw_err e = lw_granted_decode(body, &q);

	if (e != LW_OK)
		return e;
	e = find(r, &q, &o);
	if (e == LW_OK && (lw_localdb_taken(&r->front->passwd, o->name) ||
			   lw_localdb_id(&r->front->passwd, o->id)))
		e = LW_NOTOURS;
	if (e == LW_OK)
		e = answer(r, o, rest);
	return lw_judge_away(r, e);
}

enum lw_err lw_answer_local_groups(struct lw_request *r, struct lw_rd *body,
				   struct lw_wr *rest)
{
	const struct lw_config *c = r->front->config;
	enum lw_err e = lw_rd_end(body);

	if (e != LW_OK)
		return e;
	lw_wr_u32(rest, (uint32_t)c->local_group_count);
	for (size_t i = 0; i < c->local_group_count; i++) {
		const struct lw_local_group *map = &c->local_groups[i];
		struct lw_local_verdict v =
			lw_local_judge(c, &r->front->group, map);
		struct lw_local_mapped m = {
			.given = v.why == LW_LOCAL_GIVEN,
			.gid = v.why == LW_LOCAL_NONE ? LW_NEVER : v.gid,
			.local = lw_str(map->local),
			.directory = lw_str(map->directory),
		};

		lw_local_mapped_encode(rest, &m);
	}
	return lw_wr_end(rest);
}
