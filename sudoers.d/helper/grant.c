/* grant.c - lightwave-sudo grant: a rule for a user or group of the directory.
 */
#include "edit.h"
#include "wanted.h"

#include "cleanup.h"
#include "localdb.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static enum lw_sudo_exit both_exist(const struct lw_wanted *w)
{
	fprintf(stderr,
		"lightwave-sudo: the directory has a user and a group %s: say "
		"--user or --group\n",
		w->name);
	return LW_SUDO_FAILS;
}

static enum lw_sudo_exit not_local(const struct lw_resolved *o)
{
	enum lw_err e = LW_OK;

	if (o->what == LW_RESOLVE_USER)
		e = lw_sudo_not_local(o->id);
	if (e == LW_OK)
		return LW_SUDO_GOOD;
	fprintf(stderr, "lightwave-sudo: uid %" PRIu32 ": %s%s\n", o->id,
		e == LW_NOTOURS ? "is that of a local user"
				: "cannot read " LW_ETC_PASSWD,
		"; nothing was changed");
	return LW_SUDO_FAILS;
}

static enum lw_sudo_exit resolve(const struct lw_sudo *s,
				 const struct lw_wanted *w,
				 struct lw_reply *reply,
				 struct lw_resolved *ret)
{
	struct lw_resolved_list l;
	enum lw_err e;

	e = lw_sudo_resolve(s, w->what, lw_str(w->name), reply, &l);
	if (e != LW_OK)
		return lw_sudo_refuse(s, w->name, e);
	if (l.count != 1)
		return both_exist(w);
	*ret = lw_resolved_read(&l.each);
	return not_local(ret);
}

static void say(const struct lw_rule *r, const char *how)
{
	printf("%s %s ", how, r->what == LW_RESOLVE_USER ? "user" : "group");
	lw_show(r->name);
	fputs(" (", stdout);
	lw_show(r->sid);
	fputs("): ", stdout);
	lw_show(r->text);
	putchar('\n');
}

/* By hand in sudoers they would match more, and may have been meant to. */
static void warn_literal(struct lw_str text)
{
	if (memmem(text.s, text.n, "\\*", 2) ||
	    memmem(text.s, text.n, "\\?", 2) ||
	    memmem(text.s, text.n, "\\[", 2))
		fputs("lightwave-sudo: warning: in arguments *, ? and [ stand "
		      "for themselves: no wildcards\n",
		      stderr);
}

static enum lw_sudo_exit write_it(const struct lw_sudo *s,
				  const struct lw_rule *r)
{
	lw_cleanup(lw_edit_done) struct lw_edit edit = LW_EDIT_CLOSED;
	enum lw_sudo_exit x = lw_edit_begin(s, &edit);
	bool fresh = false;
	enum lw_err e;

	if (x != LW_SUDO_GOOD)
		return x;
	e = lw_dropin_add(&edit.d, r, &fresh);
	if (e != LW_OK) {
		fprintf(stderr,
			"lightwave-sudo: no rule can be written for that: %s\n",
			lw_strerror(e));
		return LW_SUDO_FAILS;
	}
	if (fresh)
		x = lw_edit_commit(s, &edit, true);
	if (x == LW_SUDO_GOOD && fresh)
		lw_sudo_note("granted", r->name, r->sid, r->text);
	if (x == LW_SUDO_GOOD)
		say(r, fresh ? "granted" : "already there:");
	return x;
}

enum lw_sudo_exit lw_sudo_grant(const struct lw_sudo *s, int argc, char **argv)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	lw_cleanup(lw_wanted_done) struct lw_wanted w;
	lw_cleanup(lw_wr_done) struct lw_wr text;
	struct lw_resolved o = { 0 };
	struct lw_rule r;
	enum lw_sudo_exit x;

	lw_wr_heap(&text, LW_DROPIN_MAX);
	x = lw_wanted_parse(argc, argv, &w);
	if (x == LW_SUDO_GOOD)
		x = resolve(s, &w, &reply, &o);
	if (x == LW_SUDO_GOOD)
		x = lw_wanted_text(s, &w, &text);
	if (x != LW_SUDO_GOOD)
		return x;
	r = (struct lw_rule) { .what = o.what,
			       .uid = o.what == LW_RESOLVE_USER ? o.id : 0,
			       .name = o.name,
			       .sid = o.sid,
			       .text = lw_written(&text) };
	x = write_it(s, &r);
	if (x == LW_SUDO_GOOD) {
		warn_literal(r.text);
		lw_sudo_warn_unread(s);
	}
	return x;
}
