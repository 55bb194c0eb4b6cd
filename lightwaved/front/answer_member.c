/*
 * answer_member.c - does a rule of sudoers for that group mean that user. The
 * front.
 *
 * Rights hang on SIDs. A rule that names a group by SID means it although
 * nobody can look it up here: its name may be contested, or a local group have
 * its name or gid. A rule that names it means only what is served by that
 * name, for a name that is somebody else's too says nothing.
 */
#include "answer.h"

#include "cleanup.h"
#include "follow.h"
#include "judge.h"
#include "kept.h"
#include "log.h"
#include "meant.h"

#include <inttypes.h>
#include <string.h>

/* Of a line of text, which has 1024 bytes; the record's field has it all. */
#define SAID_MAX 255

struct asked {
	struct lw_member m;
	const struct lw_object *user;
	uint32_t gid;
	char sid[LW_SID_MAX];	/* "": there is no such group */
	char name[LW_NAME_MAX]; /* of the group, where it has one here */
	struct lw_known **path; /* owned; the groups are the replica's */
	size_t path_n;
	int64_t as_of_ms;
	bool away, own;
};

static void asked_done(struct asked *a)
{
	free(a->path);
}

/* Whoever has an entry in /etc/passwd is not ours, by name or by uid. */
static enum lw_err find_user(struct lw_request *r, struct asked *a)
{
	struct lw_policy p = lw_front_policy(r->front);
	char account[LW_NAME_MAX], rids[LW_RID_MAX];
	enum lw_err e;

	if (a->m.uid == LW_NEVER)
		return lw_judge_user(r, a->m.user, r->max_age_ms, &a->user);
	if (lw_localdb_id(p.passwd, a->m.uid) ||
	    lw_id_to_rids(&p.idmap, a->m.uid, rids) != LW_OK ||
	    lw_typed_name(r, LW_KIND_USER, a->m.user, account) == LW_NOTFOUND)
		return LW_NOTOURS;
	e = lw_find_by_id(r, LW_KIND_USER, a->m.uid, r->max_age_ms, &a->user);
	if (e == LW_OK && lw_localdb_name(p.passwd, a->user->name))
		return LW_NOTFOUND;
	return e;
}

static void is_group(struct asked *a, uint32_t gid, struct lw_str sid,
		     struct lw_str name)
{
	a->gid = gid;
	snprintf(a->sid, sizeof(a->sid), "%.*s", (int)sid.n, sid.s);
	snprintf(a->name, sizeof(a->name), "%.*s", (int)name.n, name.s);
}

/* Names of groups change seldom; who was just added looks again. */
static int64_t name_age(const struct lw_request *r)
{
	return r->max_age_ms == LW_ASK ? LW_ASK
				       : r->front->config->ttl * INT64_C(1000);
}

/* The group of that SID in the replica; NULL: it is not there. */
static struct lw_known *kept_group(const struct lw_request *r,
				   struct lw_str sid)
{
	struct lw_replica *replica = lw_follow_replica(r->front->follow);
	struct lw_known *k = replica ? lw_replica_by_sid(replica, sid) : NULL;

	return k && k->kind == LW_KIND_GROUP ? k : NULL;
}

/*
 * A list has ids, and each is of one SID, which its maker saw to; but where
 * two SIDs can have an id, which one that was only the entry can say.
 */
static enum lw_err by_sid(struct lw_request *r, struct asked *a,
			  const struct lw_ids *groups)
{
	struct lw_policy p = lw_front_policy(r->front);
	struct lw_str sid = a->m.group;
	const struct lw_object *o;
	char rids[LW_RID_MAX];
	uint32_t gid;
	enum lw_err e;

	if (lw_str_eq(sid, a->user->sid)) {
		a->own = true;
		is_group(a, a->user->id, sid, lw_str(a->user->name));
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
	if (e != LW_OK && !kept_group(r, sid) &&
	    (!lw_ids_have(groups, gid) || strchr(rids, ' ')))
		return e;
	is_group(a, gid, sid, e == LW_OK ? lw_str(o->name) : sid);
	return LW_OK;
}

static enum lw_err find_group(struct lw_request *r, struct asked *a,
			      const struct lw_ids *groups)
{
	const struct lw_object *o;
	enum lw_err e;

	if (lw_sid_valid(a->m.group))
		return by_sid(r, a, groups);
	e = lw_meant_group(r, a->m.group, name_age(r), &o);
	if (e == LW_OK && (lw_localdb_name(&r->front->group, o->name) ||
			   lw_localdb_id(&r->front->group, o->id)))
		e = LW_NOTFOUND;
	if (e == LW_OK)
		is_group(a, o->id, lw_str(o->sid), lw_str(o->name));
	return e;
}

/* LW_OK: it means him. LW_FORBIDDEN, LW_DISABLED: it does not. */
static enum lw_err judge(struct lw_request *r, struct asked *a)
{
	const struct lw_ids *groups;
	enum lw_err e;

	a->user = NULL;
	a->own = false;
	a->sid[0] = a->name[0] = '\0';
	e = find_user(r, a);
	/* Also for his own SID: without them nobody's rights are known. */
	if (e == LW_OK)
		e = lw_find_groups_of(r, a->user, r->max_age_ms, &groups);
	/* What is said of the group itself makes his rights no older. */
	a->as_of_ms = r->as_of_ms;
	a->away = r->offline;
	if (e == LW_OK)
		e = find_group(r, a, groups);
	if (e != LW_OK)
		return e;
	if (lw_judge_state(a->user, false) == LW_DISABLED)
		return LW_DISABLED;
	return a->own || lw_ids_have(groups, a->gid) ? LW_OK : LW_FORBIDDEN;
}

/* By the replica alone: a list that was asked for does not say. */
static void find_path(struct lw_request *r, struct asked *a)
{
	struct lw_replica *replica = lw_follow_replica(r->front->follow);
	struct lw_known *user = NULL, *group = kept_group(r, lw_str(a->sid));

	if (replica)
		user = lw_replica_by_sid(replica, lw_str(a->user->sid));
	if (user && group &&
	    lw_replica_path(replica, user, group, &a->path, &a->path_n) !=
		    LW_OK)
		a->path_n = 0;
}

/* Its name as it is spelled here, or its SID where it has none. */
static void name_of(struct lw_request *r, const struct lw_known *k,
		    char ret[LW_NAME_MAX])
{
	struct lw_policy p = lw_front_policy(r->front);
	struct lw_str sid = lw_known_entry(k).sid;
	struct lw_object *o;
	char why[128];

	if (lw_replica_object(lw_follow_replica(r->front->follow), &p,
			      (struct lw_known *)k, &o, why,
			      sizeof(why)) != LW_OK) {
		snprintf(ret, LW_NAME_MAX, "%.*s", (int)sid.n, sid.s);
		return;
	}
	snprintf(ret, LW_NAME_MAX, "%s", o->name);
	lw_object_free(o);
}

static void put_answer(struct lw_request *r, const struct asked *a, bool yes,
		       struct lw_wr *rest)
{
	struct lw_member_answer answer = { .yes = yes,
					   .away = a->away,
					   .age = lw_audit_age(a->as_of_ms),
					   .gid = a->gid,
					   .group = lw_str(a->name),
					   .sid = lw_str(a->sid),
					   .count = (uint32_t)a->path_n };
	char name[LW_NAME_MAX];

	lw_member_answer_encode(rest, &answer);
	for (size_t i = 0; i < a->path_n; i++) {
		name_of(r, a->path[i], name);
		lw_wr_str(rest, lw_str(name));
	}
}

static const char *reason(const struct asked *a, enum lw_err e)
{
	if (e == LW_OK)
		return a->own ? "the rule is his own" : "a member";
	if (e == LW_FORBIDDEN)
		return "not a member";
	if (e == LW_NOTFOUND)
		return a->user ? "no such group" : "no such user";
	return lw_strerror(e);
}

static int cut(size_t n)
{
	return n > SAID_MAX ? SAID_MAX : (int)n;
}

static void say(struct lw_request *r, const struct asked *a, enum lw_err e)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_audit said = { .event = LW_AUDIT_SUDO,
				 .user = a->m.user,
				 .account = a->user,
				 .service = LW_STR("sudo"),
				 .rule = a->m.group,
				 .group = lw_str(a->name),
				 .group_sid = lw_str(a->sid),
				 .result = e,
				 .why = reason(a, e),
				 .as_of_ms = a->as_of_ms,
				 .away = a->away };
	char name[LW_NAME_MAX], old[64] = "";

	lw_wr_heap(&w, LW_JOURNAL_VALUE);
	for (size_t i = 0; i < a->path_n; i++) {
		name_of(r, a->path[i], name);
		lw_wr_raw(&w, " > ", i > 0 ? 3 : 0);
		lw_wr_raw(&w, name, strlen(name));
	}
	if (w.base)
		said.path = (struct lw_str) { (const char *)w.base,
					      (size_t)(w.p - w.base) };
	if (a->as_of_ms != INT64_MAX)
		snprintf(old, sizeof(old), ", facts %" PRIu32 " s old%s",
			 lw_audit_age(a->as_of_ms),
			 a->away ? ", directory away" : "");
	lw_audit_say(r->front, &said,
		     "member: user %.*s, sudo asks for group %.*s%s%s%s%.*s%s: "
		     "%s: %s%s",
		     cut(a->m.user.n), a->m.user.s, cut(a->m.group.n),
		     a->m.group.s, a->sid[0] ? " (" : "", a->sid,
		     said.path.n ? ", path " : "", cut(said.path.n),
		     said.path.s, a->sid[0] ? ")" : "",
		     e == LW_OK ? "yes" : "no", said.why, old);
}

static void warn_unknown(struct lw_request *r, const struct asked *a)
{
	char key[LW_NAME_MAX + 8];

	snprintf(key, sizeof(key), "sudo %.*s", cut(a->m.group.n),
		 a->m.group.s);
	lw_front_warn_once(r->front, key,
			   "sudo asks for group %.*s, and there is none of "
			   "that name or SID: its rules mean nobody",
			   cut(a->m.group.n), a->m.group.s);
}

/*
 * sudo asks about every group of its rules, and most of the answers are no: the
 * directory is asked once for a process and user, and what it said then will
 * do for the others.
 */
static int64_t look_age(const struct lw_request *r, uint32_t uid)
{
	return lw_recent_look_age(&r->front->recent, r->pid, uid,
				  r->started_ms);
}

static void looked(struct lw_request *r, const struct asked *a)
{
	bool asked =
		r->max_age_ms == LW_ASK || !lw_follow_active(r->front->follow);

	if (asked && a->user && !r->offline && !r->busy &&
	    look_age(r, a->user->id) < 0)
		lw_recent_looked(&r->front->recent, r->pid, a->user->id,
				 r->started_ms);
}

/* Who was just added, and to a group that was just made, is let in at once. */
static bool again(struct lw_request *r, const struct asked *a, enum lw_err e)
{
	return a->user && look_age(r, a->user->id) < 0 &&
	       lw_judge_again(r, e == LW_NOTFOUND ? LW_FORBIDDEN : e);
}

enum lw_err lw_answer_member(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest)
{
	lw_cleanup(asked_done) struct asked a = { 0 };
	enum lw_err e = lw_member_decode(body, &a.m);
	bool decides = a.m.what_for == LW_MEMBER_DECIDES;

	if (e != LW_OK)
		return e;
	if (r->runs == 1 && look_age(r, a.m.uid) >= 0)
		r->max_age_ms = look_age(r, a.m.uid);
	e = judge(r, &a);
	if (again(r, &a, e))
		e = judge(r, &a);
	e = lw_judge_away(r, e);
	if (e == LW_PENDING)
		return e;
	looked(r, &a);
	if (e == LW_NOTFOUND && a.user && decides)
		warn_unknown(r, &a);
	if (e == LW_OK && !a.own)
		find_path(r, &a);
	/* Who is not ours is judged by the rules that are. */
	if (decides && e != LW_NOTOURS)
		say(r, &a, e);
	if (e != LW_OK && e != LW_FORBIDDEN && e != LW_DISABLED)
		return e;
	put_answer(r, &a, e == LW_OK, rest);
	return LW_OK;
}
