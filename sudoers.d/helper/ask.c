/* ask.c - questions to lightwaved, and what its refusals mean. lightwave-sudo.
 */
#include "sudo.h"

#include "cleanup.h"
#include "dropin.h"
#include "localdb.h"

#include <stdio.h>

#define BUDGET_MS 30000

static enum lw_err ask(const struct lw_sudo *s, struct lw_wr *msg,
		       struct lw_reply *reply)
{
	enum lw_err e = lw_msg_end(msg, msg->base);

	if (e != LW_OK)
		return e == LW_RANGE ? LW_INVALID : e; /* no name is as long */
	e = lw_call(s->socket, msg->base, (size_t)(msg->p - msg->base),
		    BUDGET_MS, reply);
	/* Without an answer it is the front that is away. */
	if (!reply->buf && e != LW_PROTO && e != LW_NOMEM)
		return LW_NOFRONT;
	return e;
}

/* What it says is written where a word too much makes somebody root. */
static bool believable(struct lw_resolved_list l, enum lw_resolve_what what)
{
	for (uint32_t i = 0; i < l.count; i++) {
		struct lw_resolved o = lw_resolved_read(&l.each);
		struct lw_rule r = { .what = o.what,
				     .uid = o.id,
				     .name = o.name,
				     .sid = o.sid };

		if (o.id == 0 || !lw_dropin_fits(&r) ||
		    (what != LW_RESOLVE_ANY && (o.what != what || i > 0)))
			return false;
	}
	return true;
}

enum lw_err lw_sudo_resolve(const struct lw_sudo *s, enum lw_resolve_what what,
			    struct lw_str name, struct lw_reply *reply,
			    struct lw_resolved_list *ret)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_resolve q = { .what = what, .name = name };
	struct lw_resolved_list l;
	enum lw_err e;

	lw_wr_heap(&w, LW_REQUEST_MAX);
	lw_msg_begin(&w, LW_OP_RESOLVE, 0);
	lw_resolve_encode(&w, &q);
	e = ask(s, &w, reply);
	if (e == LW_OK)
		e = lw_resolved_list_decode(&reply->body, &l);
	if (e == LW_OK && !believable(l, what))
		e = LW_PROTO;
	if (e == LW_OK)
		*ret = l;
	return e;
}

enum lw_err lw_sudo_not_local(uint32_t uid)
{
	struct lw_localdb db;
	enum lw_err e;

	lw_localdb_init(&db, LW_ETC_PASSWD);
	e = lw_localdb_refresh(&db, 0);
	if (e == LW_OK && (uid == 0 || lw_localdb_id(&db, uid)))
		e = LW_NOTOURS;
	lw_localdb_done(&db);
	return e;
}

enum lw_err lw_sudo_member(const struct lw_sudo *s, const struct lw_member *m,
			   struct lw_reply *reply, struct lw_member_answer *ret)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	enum lw_err e;

	lw_wr_heap(&w, LW_REQUEST_MAX);
	lw_msg_begin(&w, LW_OP_MEMBER, 0);
	lw_member_encode(&w, m);
	e = ask(s, &w, reply);
	return e == LW_OK ? lw_member_answer_decode(&reply->body, ret) : e;
}

enum lw_err lw_sudo_groups(const struct lw_sudo *s, const char *user)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(lw_wr_done) struct lw_wr w;

	lw_wr_heap(&w, LW_REQUEST_MAX);
	lw_msg_begin(&w, LW_OP_INITGROUPS, 0);
	lw_wr_str(&w, lw_str(user));
	return ask(s, &w, &reply);
}

/* NULL: nothing better to say than lw_strerror(). */
static const char *words(enum lw_err e)
{
	if (e == LW_NOTFOUND)
		return "the directory has no such user or group";
	if (e == LW_NOTOURS)
		return "a local name, or one of another domain: rules for "
		       "those are written by hand, with visudo";
	if (e == LW_CLAIMED)
		return "several entries of the directory claim that name, so "
		       "that it is nobody's; say whom you mean by his SID";
	if (e == LW_INVALID)
		return "cannot be anybody's name: say NAME, NAME@DOMAIN, "
		       "'DOMAIN\\NAME' or a SID";
	if (e == LW_OFFLINE || e == LW_OUTDATED)
		return "the directory does not answer: see lightwavectl status";
	if (e == LW_NOWORKER)
		return "lightwaved-worker does not answer: systemctl status "
		       "lightwaved-worker";
	return NULL;
}

enum lw_sudo_exit lw_sudo_refuse(const struct lw_sudo *s, const char *name,
				 enum lw_err e)
{
	bool away = e == LW_OFFLINE || e == LW_OUTDATED || e == LW_NOWORKER ||
		    e == LW_NOFRONT || e == LW_PROTO;

	if (e == LW_NOFRONT)
		fprintf(stderr,
			"lightwave-sudo: lightwaved does not answer at %s: "
			"systemctl status lightwaved\n",
			s->socket);
	else if (e == LW_PROTO)
		fputs("lightwave-sudo: lightwaved is of another version, or "
		      "says what cannot be: systemctl restart lightwaved\n",
		      stderr);
	else
		fprintf(stderr, "lightwave-sudo: %s: %s\n", name,
			words(e) ? words(e) : lw_strerror(e));
	return away ? LW_SUDO_AWAY : LW_SUDO_FAILS;
}
