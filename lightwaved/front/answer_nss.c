/* answer_nss.c - passwd, group and initgroups. The front. */
#include "answer.h"

#include "cleanup.h"
#include "follow.h"
#include "local_groups.h"
#include "local_judge.h"
#include "lookup.h"

#include <string.h>

static int64_t ttl_ms(const struct lw_request *r)
{
	return r->front->config->ttl * INT64_C(1000);
}

static enum lw_err write_passwd(struct lw_request *r, const struct lw_object *o,
				struct lw_wr *rest)
{
	struct lw_policy p = lw_front_policy(r->front);
	const struct lw_config *c = r->front->config;
	char home[LW_NAME_MAX * 2 + 64];
	struct lw_passwd pw = { .uid = o->id };

	/* Added locally since it was kept: local wins at once. */
	if (lw_localdb_name(p.passwd, o->name) ||
	    lw_localdb_id(p.passwd, o->id) ||
	    lw_policy_primary_gid(&p, o->id, &pw.gid) != LW_OK)
		return LW_NOTFOUND;
	if (lw_policy_home(c->home, o->account, c->domain, home,
			   sizeof(home)) != LW_OK)
		return LW_NOTFOUND;
	pw.name = lw_str(o->name);
	pw.gecos = lw_str(o->gecos);
	pw.dir = lw_str(home);
	pw.shell = lw_str(c->shell);
	lw_passwd_encode(rest, &pw);
	return LW_OK;
}

/* Whose name the question is. */
static enum lw_err asked_user(struct lw_request *r, struct lw_rd *body,
			      const struct lw_object **ret)
{
	struct lw_str typed = lw_rd_str(body);
	char account[LW_NAME_MAX];
	enum lw_err e = lw_rd_end(body);

	if (e == LW_OK)
		e = lw_typed_name(r, LW_KIND_USER, typed, account);
	return e == LW_OK ? lw_find_by_name(r, LW_KIND_USER, account, ttl_ms(r),
					    ret)
			  : e;
}

enum lw_err lw_answer_passwd_by_name(struct lw_request *r, struct lw_rd *body,
				     struct lw_wr *rest)
{
	const struct lw_object *o;
	enum lw_err e = asked_user(r, body, &o);

	return e == LW_OK ? write_passwd(r, o, rest) : e;
}

enum lw_err lw_put_passwd(struct lw_request *r, uint32_t uid,
			  struct lw_wr *rest)
{
	const struct lw_object *o;
	enum lw_err e;

	if (lw_localdb_id(&r->front->passwd, uid))
		return LW_NOTFOUND;
	e = lw_find_by_id(r, LW_KIND_USER, uid, ttl_ms(r), &o);
	return e == LW_OK ? write_passwd(r, o, rest) : e;
}

enum lw_err lw_answer_passwd_by_uid(struct lw_request *r, struct lw_rd *body,
				    struct lw_wr *rest)
{
	uint32_t uid = lw_rd_u32(body);
	enum lw_err e = lw_rd_end(body);

	return e == LW_OK ? lw_put_passwd(r, uid, rest) : e;
}

static bool taken_locally(struct lw_request *r, const struct lw_object *o)
{
	return lw_localdb_name(&r->front->group, o->name) ||
	       lw_local_reserved(r->front->config, o->name) ||
	       lw_localdb_id(&r->front->group, o->id);
}

/* ids may be NULL: then without members. */
static void write_group(struct lw_request *r, const struct lw_object *o,
			const struct lw_ids *ids, struct lw_wr *rest)
{
	size_t count_at = 4 + 4 + strlen(o->name);
	char name[LW_NAME_MAX];
	uint32_t count = 0;

	lw_wr_u32(rest, o->id);
	lw_wr_str(rest, lw_str(o->name));
	lw_wr_u32(rest, 0);
	for (size_t i = 0; ids && i < ids->n; i++) {
		if (lw_find_member(r, ids->id[i], name) != LW_OK)
			continue;
		lw_wr_str(rest, lw_str(name));
		count++;
	}
	if (lw_wr_end(rest) == LW_OK)
		lw_put_u32(rest->base + count_at, count);
}

/* Another number once anything more is known, or may be wrong. */
static uint64_t state_of(const struct lw_front *f)
{
	return lw_follow_turns(f->follow) + f->passwd.changes +
	       f->group.changes;
}

static enum lw_err write_members(struct lw_request *r,
				 const struct lw_object *o, struct lw_wr *rest)
{
	struct lw_front *f = r->front;
	bool kept = ttl_ms(r) >= LW_MEMO_MS;
	struct lw_memo_of of = { .state = state_of(f) };
	const struct lw_ids *ids;
	enum lw_err e;

	if (kept && lw_memo_get(&f->memo, o->account, of.state, r->started_ms,
				rest, &of)) {
		if (of.as_of_ms < r->as_of_ms)
			r->as_of_ms = of.as_of_ms;
		r->said |= of.said;
		return LW_OK;
	}
	e = lw_find_members_of(r, o, ttl_ms(r), &ids);
	if (e != LW_OK)
		return e;
	write_group(r, o, ids, rest);
	of.as_of_ms = r->as_of_ms;
	of.said = r->said;
	if (kept && !r->offline)
		lw_memo_keep(&f->memo, o->account, &of, lw_now_ms(), rest);
	return LW_OK;
}

enum lw_err lw_answer_group_by_name(struct lw_request *r, struct lw_rd *body,
				    struct lw_wr *rest)
{
	struct lw_str typed = lw_rd_str(body);
	char account[LW_NAME_MAX];
	const struct lw_object *o;
	enum lw_err e = lw_rd_end(body);

	if (e == LW_OK)
		e = lw_typed_name(r, LW_KIND_GROUP, typed, account);
	if (e == LW_OK)
		e = lw_find_by_name(r, LW_KIND_GROUP, account, ttl_ms(r), &o);
	if (e == LW_OK && taken_locally(r, o))
		e = LW_NOTFOUND;
	if (e != LW_OK)
		return e;
	return write_members(r, o, rest);
}

static enum lw_err group_of_gid(struct lw_request *r, uint32_t gid,
				const struct lw_object **ret)
{
	enum lw_err e;

	if (lw_localdb_id(&r->front->group, gid))
		return LW_NOTFOUND;
	e = lw_find_by_id(r, LW_KIND_GROUP, gid, ttl_ms(r), ret);
	return e == LW_OK && taken_locally(r, *ret) ? LW_NOTFOUND : e;
}

/*
 * Without members: id(1), ls(1) and sudo(8) ask by gid for the name alone,
 * once for each group of a user, and the members of all those groups would be
 * fetched for nothing. Who asks by name gets them.
 */
enum lw_err lw_answer_group_by_gid(struct lw_request *r, struct lw_rd *body,
				   struct lw_wr *rest)
{
	uint32_t gid = lw_rd_u32(body);
	const struct lw_object *o;
	enum lw_err e = lw_rd_end(body);

	if (e == LW_OK)
		e = group_of_gid(r, gid, &o);
	if (e != LW_OK)
		return e;
	write_group(r, o, NULL, rest);
	return LW_OK;
}

enum lw_err lw_put_group(struct lw_request *r, uint32_t gid, struct lw_wr *rest)
{
	const struct lw_object *o;
	enum lw_err e = group_of_gid(r, gid, &o);

	return e == LW_OK ? write_members(r, o, rest) : e;
}

enum lw_err lw_put_gids(struct lw_request *r, const struct lw_object *user,
			struct lw_wr *rest)
{
	const struct lw_config *c = r->front->config;
	struct lw_policy p = lw_front_policy(r->front);
	lw_cleanup(lw_free) struct lw_local_given *given = NULL;
	size_t given_n, count_at = (size_t)(rest->p - rest->base);
	const struct lw_ids *ids;
	uint32_t gid, count = 1;
	enum lw_err e = lw_policy_primary_gid(&p, user->id, &gid);

	if (e == LW_OK)
		e = lw_find_groups_of(r, user,
				      c->membership_ttl * INT64_C(1000), &ids);
	if (e != LW_OK)
		return e;
	lw_wr_u32(rest, 0);
	lw_wr_u32(rest, gid);
	for (size_t i = 0; i < ids->n; i++) {
		/* A local group's gid never comes from the directory. */
		if (ids->id[i] == gid ||
		    lw_localdb_id(&r->front->group, ids->id[i]))
			continue;
		lw_wr_u32(rest, ids->id[i]);
		count++;
	}
	e = lw_local_groups_of(r, ids, &given, &given_n);
	if (e != LW_OK)
		return e;
	for (size_t i = 0; i < given_n; i++) {
		lw_wr_u32(rest, given[i].gid);
		count++;
	}
	if (lw_wr_end(rest) == LW_OK)
		lw_put_u32(rest->base + count_at, count);
	return LW_OK;
}

enum lw_err lw_answer_initgroups(struct lw_request *r, struct lw_rd *body,
				 struct lw_wr *rest)
{
	const struct lw_object *o;
	enum lw_err e = asked_user(r, body, &o);

	return e == LW_OK ? lw_put_gids(r, o, rest) : e;
}
