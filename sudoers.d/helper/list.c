/* list.c - lightwave-sudo list: who was granted what, and who that is now. */
#include "edit.h"

#include "cleanup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What the directory says of a SID in the file. */
enum state { KNOWN, RENAMED, GONE, STALE, UNKNOWN };

struct who {
	enum state state;
	struct lw_reply reply; /* what name is into */
	struct lw_str name;    /* now, or as it was written */
	uint32_t id;	       /* that in the file, or a group's now */
	bool has_id;
	uint32_t now; /* the uid that a rule which is STALE does not have */
};

static void done(struct who *w)
{
	lw_reply_done(&w->reply);
}

/* *silent: nobody answers, so that nobody is asked again. */
static void find(const struct lw_sudo *s, const struct lw_rule *r, bool *silent,
		 struct who *ret)
{
	struct lw_resolved_list l;
	struct lw_resolved o;
	enum lw_err e;

	*ret = (struct who) { .state = UNKNOWN,
			      .name = r->name,
			      .id = r->uid,
			      .has_id = r->what == LW_RESOLVE_USER };
	if (*silent)
		return;
	e = lw_sudo_resolve(s, r->what, r->sid, &ret->reply, &l);
	if (e == LW_NOFRONT || e == LW_NOWORKER || e == LW_PROTO) {
		lw_sudo_refuse(s, "list", e);
		*silent = true;
	}
	if (e == LW_NOTFOUND)
		ret->state = GONE;
	if (e != LW_OK)
		return;
	o = lw_resolved_read(&l.each);
	ret->state = lw_str_same(o.name, r->name) ? KNOWN : RENAMED;
	ret->name = o.name;
	ret->now = o.id;
	if (ret->has_id && ret->id != o.id)
		ret->state = STALE;
	if (!ret->has_id)
		ret->id = o.id;
	ret->has_id = true;
}

static const char *word(const struct lw_rule *r)
{
	return r->what == LW_RESOLVE_USER ? "user" : "group";
}

static void heading(const struct lw_rule *r, const struct who *w)
{
	printf("%s ", word(r));
	lw_show(w->name);
	fputs("  ", stdout);
	lw_show(r->sid);
	if (w->has_id)
		printf("  %s %" PRIu32,
		       r->what == LW_RESOLVE_USER ? "uid" : "gid", w->id);
	if (w->state == RENAMED) {
		fputs("  (written as ", stdout);
		lw_show(r->name);
		putchar(')');
	} else if (w->state == GONE) {
		fputs("  (gone from the directory)", stdout);
	} else if (w->state == STALE) {
		printf("  (his uid is %" PRIu32 ": grant it again)", w->now);
	} else if (w->state == UNKNOWN) {
		fputs("  (by the name it was written with: the directory does "
		      "not answer)",
		      stdout);
	}
	putchar('\n');
}

static void json(const struct lw_rule *r, const struct who *w)
{
	static const char *const states[] = { "known", "renamed", "gone",
					      "stale", "unknown" };

	printf("{\"kind\":\"%s\",\"name\":", word(r));
	lw_show_json(w->name);
	fputs(",\"written\":", stdout);
	lw_show_json(r->name);
	printf(",\"state\":\"%s\",\"sid\":", states[w->state]);
	lw_show_json(r->sid);
	printf(",\"%s\":", r->what == LW_RESOLVE_USER ? "uid" : "gid");
	if (w->has_id)
		printf("%" PRIu32, w->id);
	else
		fputs("null", stdout);
	fputs(",\"rule\":", stdout);
	lw_show_json(r->text);
	printf(",\"line\":%u}", r->line);
}

/* One who has several rules is asked for once. */
static size_t block(const struct lw_sudo *s, const struct lw_dropin *d,
		    size_t at, bool as_json, bool *silent)
{
	const struct lw_rule *first = &d->rules[at];
	lw_cleanup(done) struct who w = { 0 };

	find(s, first, silent, &w);
	if (!as_json)
		heading(first, &w);
	for (; at < d->n && lw_str_same(d->rules[at].sid, first->sid); at++) {
		const struct lw_rule *r = &d->rules[at];

		if (as_json) {
			fputs(at ? ",\n " : "", stdout);
			json(r, &w);
			continue;
		}
		printf("  %u: ", r->line);
		lw_show(r->text);
		putchar('\n');
	}
	return at;
}

enum lw_sudo_exit lw_sudo_list(const struct lw_sudo *s, int argc, char **argv)
{
	lw_cleanup(lw_edit_done) struct lw_edit edit = LW_EDIT_CLOSED;
	bool as_json = argc == 2 && !strcmp(argv[1], "--json");
	bool silent = false;
	enum lw_sudo_exit x;

	if (argc != 1 && !as_json)
		return lw_sudo_usage("list [--json]");
	x = lw_edit_read(s, &edit);
	if (x != LW_SUDO_GOOD)
		return x;
	if (as_json)
		putchar('[');
	for (size_t i = 0; i < edit.d.n;)
		i = block(s, &edit.d, i, as_json, &silent);
	if (as_json)
		puts("]");
	else if (edit.d.n == 0)
		puts("no rules");
	if (edit.d.n > 0)
		lw_sudo_warn_unread(s);
	return LW_SUDO_GOOD;
}
