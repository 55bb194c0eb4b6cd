/* wanted.c - whom grant and revoke were told, and what. lightwave-sudo. */
#include "wanted.h"

#include "cleanup.h"
#include "command.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LIST_MAX 65536

static enum lw_sudo_exit usage(const char *verb)
{
	char how[256];

	snprintf(how, sizeof(how),
		 "%s [--user|--group] [--nopasswd] [--command CMD]...\n"
		 "         [--runas USER[:GROUP]] [--host HOST]... "
		 "NAME|%%GROUP|SID",
		 verb);
	return lw_sudo_usage(how);
}

void lw_wanted_done(struct lw_wanted *w)
{
	lw_wr_done(&w->commands);
	lw_wr_done(&w->hosts);
}

/* One more in a list, written by put. */
static enum lw_sudo_exit more(struct lw_wr *list, const char *word,
			      enum lw_err (*put)(struct lw_str, struct lw_wr *),
			      const char *hint)
{
	if (list->p != list->base)
		lw_wr_raw(list, ", ", 2);
	if (put(lw_str(word), list) != LW_OK) {
		fprintf(stderr, "lightwave-sudo: %s: %s\n", word, hint);
		return LW_SUDO_FAILS;
	}
	if (lw_wr_end(list) != LW_OK) {
		fputs("lightwave-sudo: too much for one rule\n", stderr);
		return LW_SUDO_FAILS;
	}
	return LW_SUDO_GOOD;
}

static enum lw_sudo_exit option(int ch, struct lw_wanted *w)
{
	if (ch == 'u' || ch == 'g') {
		enum lw_resolve_what what =
			ch == 'u' ? LW_RESOLVE_USER : LW_RESOLVE_GROUP;

		if (w->what != LW_RESOLVE_ANY && w->what != what)
			return LW_SUDO_USAGE;
		w->what = what;
		return LW_SUDO_GOOD;
	}
	w->some = true;
	if (ch == 'n')
		w->nopasswd = true;
	else if (ch == 'c')
		return more(&w->commands, optarg, lw_sudoers_command,
			    "no command that a rule can say: give the absolute "
			    "path of a program, without *?[]\\, and its "
			    "arguments, which are taken literally; or ALL");
	else if (ch == 'h')
		return more(&w->hosts, optarg, lw_sudoers_host,
			    "no host: a name, an address or ALL");
	else if (ch == 'r' && !w->runas)
		w->runas = optarg;
	else
		return LW_SUDO_USAGE;
	return LW_SUDO_GOOD;
}

enum lw_sudo_exit lw_wanted_parse(int argc, char **argv, struct lw_wanted *ret)
{
	static const struct option longs[] = {
		{ "user", no_argument, NULL, 'u' },
		{ "group", no_argument, NULL, 'g' },
		{ "nopasswd", no_argument, NULL, 'n' },
		{ "command", required_argument, NULL, 'c' },
		{ "host", required_argument, NULL, 'h' },
		{ "runas", required_argument, NULL, 'r' },
		{ 0 },
	};
	enum lw_sudo_exit x;
	int ch;

	*ret = (struct lw_wanted) { .what = LW_RESOLVE_ANY };
	lw_wr_heap(&ret->commands, LIST_MAX);
	lw_wr_heap(&ret->hosts, LIST_MAX);
	optind = 0; /* another vector: from its beginning */
	while ((ch = getopt_long(argc, argv, "", longs, NULL)) >= 0) {
		x = option(ch, ret);
		if (x != LW_SUDO_GOOD)
			return x == LW_SUDO_USAGE ? usage(argv[0]) : x;
	}
	if (optind + 1 < argc)
		fputs("lightwave-sudo: one name is wanted: quote one with a "
		      "blank, as in 'Linux Admins'\n",
		      stderr);
	if (optind + 1 != argc)
		return usage(argv[0]);
	ret->name = argv[optind];
	/* A name may begin with it: after --user and --group it does. */
	if (ret->what == LW_RESOLVE_ANY && ret->name[0] == '%') {
		ret->what = LW_RESOLVE_GROUP;
		ret->name += ret->name[1] == ':' ? 2 : 1;
	}
	return *ret->name ? LW_SUDO_GOOD : usage(argv[0]);
}

/* Written by id: whom the directory has may rename himself. */
static enum lw_sudo_exit directorys(const struct lw_sudo *s,
				    enum lw_resolve_what what, const char *name,
				    struct lw_wr *text)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	struct lw_resolved_list l;
	struct lw_resolved o;
	char id[16];
	enum lw_err e;

	e = lw_sudo_resolve(s, what, lw_str(name), &reply, &l);
	if (e != LW_OK)
		return lw_sudo_refuse(s, name, e);
	o = lw_resolved_read(&l.each);
	if (what == LW_RESOLVE_USER)
		e = lw_sudo_not_local(o.id);
	if (e != LW_OK)
		return lw_sudo_refuse(s, name, e);
	snprintf(id, sizeof(id), "#%" PRIu32, o.id);
	lw_wr_raw(text, id, strlen(id));
	return LW_SUDO_GOOD;
}

static enum lw_sudo_exit runas(const struct lw_sudo *s,
			       enum lw_resolve_what what, const char *name,
			       struct lw_wr *text)
{
	if (strpbrk(name, "@\\"))
		return directorys(s, what, name, text);
	if (lw_sudoers_runas(lw_str(name), text) == LW_OK)
		return LW_SUDO_GOOD;
	fprintf(stderr, "lightwave-sudo: --runas: no user or group: %s\n",
		name);
	return LW_SUDO_FAILS;
}

/* "USER", "USER:GROUP" or ":GROUP" */
static enum lw_sudo_exit runas_both(const struct lw_sudo *s, const char *said,
				    struct lw_wr *text)
{
	lw_cleanup(lw_free) char *user = strdup(said);
	enum lw_sudo_exit x = LW_SUDO_GOOD;
	char *group;

	if (!user)
		return lw_sudo_refuse(s, said, LW_NOMEM);
	group = strchr(user, ':');
	if (group)
		*group++ = '\0';
	lw_wr_raw(text, "(", 1);
	if (*user || !group)
		x = runas(s, LW_RESOLVE_USER, user, text);
	if (x == LW_SUDO_GOOD && group) {
		lw_wr_raw(text, ":", 1);
		x = runas(s, LW_RESOLVE_GROUP, group, text);
	}
	lw_wr_raw(text, ")", 1);
	return x;
}

static void list(struct lw_wr *text, const struct lw_wr *from)
{
	struct lw_str s = lw_written(from);

	lw_wr_raw(text, s.n ? s.s : "ALL", s.n ? s.n : 3);
}

enum lw_sudo_exit lw_wanted_text(const struct lw_sudo *s,
				 const struct lw_wanted *w, struct lw_wr *text)
{
	bool commands = w->commands.p != w->commands.base;
	const char *said = w->runas;
	enum lw_sudo_exit x;

	if (!said)
		said = commands ? "root" : "ALL:ALL";
	list(text, &w->hosts);
	lw_wr_raw(text, "=", 1);
	x = runas_both(s, said, text);
	if (x != LW_SUDO_GOOD)
		return x;
	lw_wr_raw(text, " ", 1);
	if (w->nopasswd)
		lw_wr_raw(text, "NOPASSWD: ", 10);
	list(text, &w->commands);
	return lw_wr_end(text) == LW_OK ? LW_SUDO_GOOD
					: lw_sudo_refuse(s, w->name, LW_NOMEM);
}
