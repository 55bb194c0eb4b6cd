/*
 * revoke.c - lightwave-sudo revoke: take rules back. Also from who is gone,
 * renamed, or cannot be asked for.
 */
#include "edit.h"
#include "wanted.h"

#include "cleanup.h"
#include "name.h"

#include <stdio.h>
#include <string.h>

/* Who the directory says has that name now; none where it does not say. */
struct now {
	struct lw_reply reply;
	struct lw_resolved o[2];
	uint32_t n;
	enum lw_err e;
};

static void done(struct now *now)
{
	lw_reply_done(&now->reply);
}

static void ask(const struct lw_sudo *s, const struct lw_wanted *w,
		struct now *ret)
{
	struct lw_resolved_list l;

	ret->e = lw_sudo_resolve(s, w->what, lw_str(w->name), &ret->reply, &l);
	if (ret->e != LW_OK)
		return;
	for (ret->n = 0; ret->n < l.count; ret->n++)
		ret->o[ret->n] = lw_resolved_read(&l.each);
}

/* Its part before the domain; the whole where there is none. */
static struct lw_str account(struct lw_str s)
{
	const char *sep = memchr(s.s, '\\', s.n);

	if (sep)
		return (struct lw_str) { sep + 1,
					 s.n - (size_t)(sep - s.s) - 1 };
	sep = memchr(s.s, '@', s.n);
	return (struct lw_str) { s.s, sep ? (size_t)(sep - s.s) : s.n };
}

static bool equal(struct lw_str a, struct lw_str b)
{
	lw_cleanup(lw_free) char *x = malloc(a.n + 1);
	lw_cleanup(lw_free) char *y = malloc(b.n + 1);

	return x && y && lw_name_casefold(a, x) == LW_OK &&
	       lw_name_casefold(b, y) == LW_OK && !strcmp(x, y);
}

/* A name without its domain is enough. */
static bool called(const struct lw_rule *r, const char *typed)
{
	struct lw_str t = lw_str(typed);

	return equal(r->name, t) || equal(account(r->name), t);
}

static bool is_now(const struct now *now, struct lw_str sid)
{
	for (uint32_t i = 0; i < now->n; i++) {
		if (lw_str_same(now->o[i].sid, sid))
			return true;
	}
	return false;
}

static bool meant(const struct lw_rule *r, const struct lw_wanted *w,
		  const struct now *now)
{
	if (w->what != LW_RESOLVE_ANY && w->what != r->what)
		return false;
	return lw_str_eq(r->sid, w->name) || is_now(now, r->sid) ||
	       called(r, w->name);
}

static enum lw_sudo_exit ambiguous(const struct lw_dropin *d,
				   const struct lw_wanted *w,
				   const struct now *now)
{
	fprintf(stderr,
		"lightwave-sudo: %s may mean more than one; say by SID, or "
		"with --user or --group, which of them:\n",
		w->name);
	for (uint32_t i = 0; i < now->n; i++)
		fprintf(stderr, "  %.*s has that name now\n",
			(int)now->o[i].sid.n, now->o[i].sid.s);
	for (size_t i = 0; i < d->n; i++) {
		const struct lw_rule *r = &d->rules[i];

		if (meant(r, w, now))
			fprintf(stderr, "  %.*s: the %s in line %u, %.*s\n",
				(int)r->sid.n, r->sid.s,
				r->what == LW_RESOLVE_USER ? "user" : "group",
				r->line, (int)r->name.n, r->name.s);
	}
	return LW_SUDO_FAILS;
}

static enum lw_sudo_exit none(const struct lw_wanted *w, const struct now *now)
{
	bool known = now->e == LW_OK || now->e == LW_NOTFOUND;

	fprintf(stderr,
		"lightwave-sudo: %s has no rule here%s; lightwave-sudo list "
		"shows who has\n",
		w->name,
		known ? ""
		      : " under that name, and the directory does not say who "
			"it is");
	return LW_SUDO_FAILS;
}

/*
 * A rule of the one who is meant. Whose name somebody else has now is not
 * sure to be.
 */
static enum lw_sudo_exit choose(const struct lw_dropin *d,
				const struct lw_wanted *w,
				const struct now *now, struct lw_rule *ret)
{
	const struct lw_rule *one = NULL;

	for (size_t i = 0; i < d->n; i++) {
		const struct lw_rule *r = &d->rules[i];

		if (!meant(r, w, now) || (one && lw_str_same(one->sid, r->sid)))
			continue;
		if (one || (now->n > 0 && !is_now(now, r->sid)))
			return ambiguous(d, w, now);
		one = r;
	}
	if (!one)
		return none(w, now);
	*ret = *one;
	return LW_SUDO_GOOD;
}

static enum lw_sudo_exit take(const struct lw_sudo *s,
			      const struct lw_wanted *w, const struct now *now,
			      const struct lw_str *text)
{
	lw_cleanup(lw_edit_done) struct lw_edit edit = LW_EDIT_CLOSED;
	enum lw_sudo_exit x = lw_edit_begin(s, &edit);
	struct lw_rule one = { 0 };
	size_t n;

	if (x == LW_SUDO_GOOD)
		x = choose(&edit.d, w, now, &one);
	if (x != LW_SUDO_GOOD)
		return x;
	n = lw_dropin_remove(&edit.d, one.sid, text);
	if (n == 0 && text) {
		fprintf(stderr,
			"lightwave-sudo: %s has no such rule: %.*s; "
			"lightwave-sudo list shows what there is\n",
			w->name, (int)text->n, text->s);
		return LW_SUDO_FAILS;
	}
	x = lw_edit_commit(s, &edit, false);
	if (x != LW_SUDO_GOOD)
		return x;
	lw_sudo_note("revoked", one.name, one.sid,
		     text ? *text : LW_STR("all rules"));
	printf("revoked %zu rule%s of ", n, n == 1 ? "" : "s");
	lw_show(one.name);
	fputs(" (", stdout);
	lw_show(one.sid);
	puts(")");
	return x;
}

enum lw_sudo_exit lw_sudo_revoke(const struct lw_sudo *s, int argc, char **argv)
{
	lw_cleanup(lw_wanted_done) struct lw_wanted w;
	lw_cleanup(lw_wr_done) struct lw_wr text;
	lw_cleanup(done) struct now now = { 0 };
	struct lw_str one;
	enum lw_sudo_exit x;

	lw_wr_heap(&text, LW_DROPIN_MAX);
	x = lw_wanted_parse(argc, argv, &w);
	if (x == LW_SUDO_GOOD && w.some)
		x = lw_wanted_text(s, &w, &text);
	if (x != LW_SUDO_GOOD)
		return x;
	ask(s, &w, &now);
	one = lw_written(&text);
	return take(s, &w, &now, w.some ? &one : NULL);
}
