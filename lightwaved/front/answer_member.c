/*
 * answer_member.c - does a rule of sudoers for that group mean that user. The
 * front.
 */
#include "answer.h"

#include "cleanup.h"
#include "follow.h"
#include "judge.h"
#include "log.h"
#include "membership.h"

#include <inttypes.h>
#include <string.h>

/* Of a line of text, which has 1024 bytes; the record's field has it all. */
#define SAID_MAX 255

static void put_answer(struct lw_request *r, const struct lw_membership *s,
		       bool yes, struct lw_wr *rest)
{
	struct lw_member_answer answer = { .yes = yes,
					   .away = s->away,
					   .age = lw_audit_age(s->as_of_ms),
					   .gid = s->gid,
					   .group = lw_str(s->name),
					   .sid = lw_str(s->sid),
					   .count = (uint32_t)s->path.n };
	char name[LW_NAME_MAX];

	lw_member_answer_encode(rest, &answer);
	for (size_t i = 0; i < s->path.n; i++) {
		lw_path_name(r, s->path.v[i], name);
		lw_wr_str(rest, lw_str(name));
	}
}

static const char *reason(const struct lw_membership *s, enum lw_err e)
{
	if (e == LW_OK)
		return s->own ? "the rule is his own" : "a member";
	if (e == LW_FORBIDDEN)
		return "not a member";
	if (e == LW_NOTFOUND)
		return s->user ? "no such group" : "no such user";
	return lw_strerror(e);
}

static int cut(size_t n)
{
	return n > SAID_MAX ? SAID_MAX : (int)n;
}

static void say(struct lw_request *r, const struct lw_member *m,
		const struct lw_membership *s, enum lw_err e)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_audit said = { .event = LW_AUDIT_SUDO,
				 .user = m->user,
				 .account = s->user,
				 .service = LW_STR("sudo"),
				 .rule = m->group,
				 .group = lw_str(s->name),
				 .group_sid = lw_str(s->sid),
				 .result = e,
				 .why = reason(s, e),
				 .as_of_ms = s->as_of_ms,
				 .away = s->away };
	/* A SID says less than the name that it has. */
	const char *is =
		*s->name && lw_str_eq(m->group, s->sid) ? s->name : s->sid;
	char old[64] = "";

	lw_wr_heap(&w, LW_JOURNAL_VALUE);
	lw_path_put(r, &s->path, &w);
	if (w.base)
		said.path = (struct lw_str) { (const char *)w.base,
					      (size_t)(w.p - w.base) };
	if (s->as_of_ms != INT64_MAX)
		snprintf(old, sizeof(old), ", facts %" PRIu32 " s old%s",
			 lw_audit_age(s->as_of_ms),
			 s->away ? ", directory away" : "");
	lw_audit_say(r->front, &said,
		     "member: user %.*s, sudo asks for group %.*s%s%s%s%.*s%s: "
		     "%s: %s%s",
		     cut(m->user.n), m->user.s, cut(m->group.n), m->group.s,
		     s->sid[0] ? " (" : "", is, said.path.n ? ", path " : "",
		     cut(said.path.n), said.path.s, s->sid[0] ? ")" : "",
		     e == LW_OK ? "yes" : "no", said.why, old);
}

static void warn_unknown(struct lw_request *r, const struct lw_member *m)
{
	char key[LW_NAME_MAX + 8];

	snprintf(key, sizeof(key), "sudo %.*s", cut(m->group.n), m->group.s);
	lw_front_warn_once(r->front, key,
			   "sudo asks for group %.*s, and there is none of "
			   "that name or SID: its rules mean nobody",
			   cut(m->group.n), m->group.s);
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

static void looked(struct lw_request *r, const struct lw_membership *s)
{
	bool asked =
		r->max_age_ms == LW_ASK || !lw_follow_active(r->front->follow);

	if (asked && s->user && !r->offline && !r->busy &&
	    look_age(r, s->user->id) < 0)
		lw_recent_looked(&r->front->recent, r->pid, s->user->id,
				 r->started_ms);
}

/* Who was just added, and to a group that was just made, is let in at once. */
static bool again(struct lw_request *r, const struct lw_membership *s,
		  enum lw_err e)
{
	return s->user && look_age(r, s->user->id) < 0 &&
	       lw_judge_again(r, e == LW_NOTFOUND ? LW_FORBIDDEN : e);
}

enum lw_err lw_answer_member(struct lw_request *r, struct lw_rd *body,
			     struct lw_wr *rest)
{
	lw_cleanup(lw_membership_done) struct lw_membership s = { 0 };
	struct lw_member m;
	enum lw_err e = lw_member_decode(body, &m);

	if (e != LW_OK)
		return e;
	if (r->runs == 1 && look_age(r, m.uid) >= 0)
		r->max_age_ms = look_age(r, m.uid);
	e = lw_membership_judge(r, &m, &s);
	if (again(r, &s, e))
		e = lw_membership_judge(r, &m, &s);
	e = lw_judge_away(r, e);
	if (e == LW_PENDING)
		return e;
	looked(r, &s);
	if (e == LW_OK && !s.own)
		lw_path_find(r, s.user->sid, s.sid, &s.path);
	/* Who is not ours is judged by the rules that are. */
	if (m.what_for == LW_MEMBER_DECIDES && e != LW_NOTOURS) {
		if (e == LW_NOTFOUND && s.user)
			warn_unknown(r, &m);
		say(r, &m, &s, e);
	}
	if (e != LW_OK && e != LW_FORBIDDEN && e != LW_DISABLED)
		return e;
	put_answer(r, &s, e == LW_OK, rest);
	return LW_OK;
}
