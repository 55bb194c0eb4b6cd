/* membership.c - is that user in that group. The front. */
#include "membership.h"

#include "answer.h"
#include "judge.h"
#include "meant.h"

#include <string.h>

void lw_membership_done(struct lw_membership *s)
{
	lw_path_done(&s->path);
}

/* Whoever has an entry in /etc/passwd is not ours, by name or by uid. */
static enum lw_err find_user(struct lw_request *r, const struct lw_member *m,
			     struct lw_membership *s)
{
	struct lw_policy p = lw_front_policy(r->front);
	char account[LW_NAME_MAX], rids[LW_RID_MAX];
	enum lw_err e;

	if (m->uid == LW_NEVER)
		return lw_judge_user(r, m->user, r->max_age_ms, &s->user);
	if (lw_localdb_id(p.passwd, m->uid) ||
	    lw_id_to_rids(&p.idmap, m->uid, rids) != LW_OK ||
	    lw_typed_name(r, LW_KIND_USER, m->user, account) == LW_NOTFOUND)
		return LW_NOTOURS;
	e = lw_find_by_id(r, LW_KIND_USER, m->uid, r->max_age_ms, &s->user);
	if (e == LW_OK && lw_localdb_name(p.passwd, s->user->name))
		return LW_NOTFOUND;
	return e;
}

static void is_group(struct lw_membership *s, uint32_t gid, struct lw_str sid,
		     struct lw_str name)
{
	s->gid = gid;
	snprintf(s->sid, sizeof(s->sid), "%.*s", (int)sid.n, sid.s);
	snprintf(s->name, sizeof(s->name), "%.*s", (int)name.n, name.s);
}

/* Names of groups change seldom; who was just added looks again. */
static int64_t name_age(const struct lw_request *r)
{
	return r->max_age_ms == LW_ASK ? LW_ASK
				       : r->front->config->ttl * INT64_C(1000);
}

/*
 * A list has ids, and each is of one SID, which its maker saw to; but where
 * two SIDs can have an id, which one that was only the entry can say.
 */
static enum lw_err by_sid(struct lw_request *r, struct lw_str sid,
			  struct lw_membership *s, const struct lw_ids *groups)
{
	struct lw_policy p = lw_front_policy(r->front);
	const struct lw_object *o;
	char rids[LW_RID_MAX];
	uint32_t gid;
	enum lw_err e;

	if (lw_str_eq(sid, s->user->sid)) {
		s->own = true;
		is_group(s, s->user->id, sid, lw_str(s->user->name));
		return LW_OK;
	}
	if (sid.n >= LW_SID_MAX || lw_sid_to_id(&p.idmap, sid, &gid) != LW_OK ||
	    lw_id_to_rids(&p.idmap, gid, rids) != LW_OK)
		return LW_NOTFOUND;
	e = lw_find_by_id(r, LW_KIND_GROUP, gid, name_age(r), &o);
	if (e == LW_PENDING || e == LW_NOMEM)
		return e;
	if (e == LW_OK && !lw_str_eq(sid, o->sid))
		return LW_NOTFOUND;
	if (e != LW_OK && !lw_path_group(r, sid) &&
	    (!lw_ids_have(groups, gid) || strchr(rids, ' ')))
		return e;
	is_group(s, gid, sid, e == LW_OK ? lw_str(o->name) : sid);
	return LW_OK;
}

static enum lw_err find_group(struct lw_request *r, struct lw_str group,
			      struct lw_membership *s,
			      const struct lw_ids *groups)
{
	const struct lw_object *o;
	enum lw_err e;

	if (lw_sid_valid(group))
		return by_sid(r, group, s, groups);
	e = lw_meant_group(r, group, name_age(r), &o);
	if (e == LW_OK && (lw_localdb_name(&r->front->group, o->name) ||
			   lw_localdb_id(&r->front->group, o->id)))
		e = LW_NOTFOUND;
	if (e == LW_OK)
		is_group(s, o->id, lw_str(o->sid), lw_str(o->name));
	return e;
}

enum lw_err lw_membership_judge(struct lw_request *r, const struct lw_member *m,
				struct lw_membership *s)
{
	const struct lw_ids *groups;
	enum lw_err e;

	s->user = NULL;
	s->own = false;
	s->sid[0] = s->name[0] = '\0';
	e = find_user(r, m, s);
	if (e != LW_OK)
		s->user = NULL;
	/* Also for his own SID: without them nobody's rights are known. */
	if (e == LW_OK)
		e = lw_find_groups_of(r, s->user, r->max_age_ms, &groups);
	/* What is said of the group itself makes his rights no older. */
	s->as_of_ms = r->as_of_ms;
	s->away = r->offline;
	if (e == LW_OK)
		e = find_group(r, m->group, s, groups);
	if (e != LW_OK)
		return e;
	if (lw_judge_state(s->user, false) == LW_DISABLED)
		return LW_DISABLED;
	return s->own || lw_ids_have(groups, s->gid) ? LW_OK : LW_FORBIDDEN;
}
