/*
 * sessions.c - lightwavectl sessions: who still holds a group that was taken
 * away. The gids of a process are its own until it ends.
 */
#include "ctl.h"

#include "cleanup.h"
#include "holders.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REFRESH_MS 30000

enum form { TEXT, JSON, PIDS };

static enum lw_ctl_exit usage(void)
{
	fputs("usage: lightwavectl sessions [--json | --pids] [USER]\n",
	      stderr);
	return LW_CTL_USAGE;
}

/* Whether what is compared with is what the directory has now. */
static enum lw_ctl_exit refresh(const char *socket, bool *ret_fresh)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	enum lw_err e = LW_OK;
	enum lw_ctl_exit x;

	x = lw_ctl_ask(socket, LW_OP_REFRESH, REFRESH_MS, &e, &reply);
	*ret_fresh = x == LW_CTL_GOOD && e == LW_OK;
	return x;
}

static const char *state_of(const struct lw_fact_user *u)
{
	switch (u->state) {
	case LW_FACT_ACTIVE:
		return "active";
	case LW_FACT_DISABLED:
		return "disabled";
	case LW_FACT_GONE:
		return "gone";
	case LW_FACT_OTHER:
	case LW_FACT_UNKNOWN:
		break;
	}
	return "unknown";
}

static bool same_holder(const struct lw_held *a, const struct lw_held *b)
{
	return a->user == b->user && a->uid == b->uid && a->login == b->login;
}

static void show_user(const struct lw_fact_user *u)
{
	if (u->name)
		lw_ctl_show(lw_str(u->name));
	else
		printf("uid %" PRIu32, u->uid);
}

static void show_holder(struct lw_facts *f, const struct lw_held *h)
{
	const struct lw_localent *local = lw_localdb_id(&f->passwd, h->uid);

	if (h->user) {
		show_user(h->user);
		if (h->user->state == LW_FACT_DISABLED)
			fputs(", who is disabled", stdout);
		else if (h->user->state == LW_FACT_GONE)
			fputs(", whom the directory no longer has", stdout);
		putchar('\n');
		return;
	}
	printf("held by uid %" PRIu32, h->uid);
	if (local) {
		fputs(" (", stdout);
		lw_ctl_show(lw_str(local->name));
		putchar(')');
	}
	if (h->login) {
		fputs(", from the login of ", stdout);
		show_user(h->login);
	}
	putchar('\n');
}

static void show_group(const struct lw_fact_group *g)
{
	fputs("  ", stdout);
	if (g->name)
		lw_ctl_show(lw_str(g->name));
	else
		printf("gid %" PRIu32, g->gid);
	if (g->directory) {
		fputs(" (", stdout);
		lw_ctl_show(lw_str(g->directory));
		putchar(')');
	}
	putchar(':');
}

static void text(struct lw_facts *f, const struct lw_held_list *l)
{
	const struct lw_held *last = NULL;

	for (size_t i = 0; i < l->n; i++) {
		const struct lw_held *h = &l->v[i];

		if (!last || !same_holder(last, h)) {
			if (last)
				putchar('\n');
			show_holder(f, h);
			show_group(h->group);
		} else if (last->group != h->group) {
			putchar('\n');
			show_group(h->group);
		}
		printf(" %" PRIu32 " ", h->proc->pid);
		lw_ctl_show(lw_str(h->proc->comm));
		last = h;
	}
	if (last)
		putchar('\n');
}

static void json_text(const char *key, const char *s)
{
	printf(",\"%s\":", key);
	if (s)
		lw_ctl_json(lw_str(s));
	else
		fputs("null", stdout);
}

static void json_head(const struct lw_held *h)
{
	printf("{\"uid\":%" PRIu32, h->uid);
	json_text("user", h->user ? h->user->name : NULL);
	json_text("state", h->user ? state_of(h->user) : "other");
	if (h->login) {
		printf(",\"login_uid\":%" PRIu32, h->login->uid);
		json_text("login", h->login->name);
	}
	printf(",\"gid\":%" PRIu32, h->group->gid);
	json_text("group", h->group->name);
	json_text("given_to", h->group->directory);
	fputs(",\"processes\":[", stdout);
}

/* An object for each holder and group. */
static void json(const struct lw_held_list *l)
{
	putchar('[');
	for (size_t i = 0; i < l->n; i++) {
		const struct lw_held *h = &l->v[i];
		bool same = i > 0 && same_holder(&l->v[i - 1], h) &&
			    l->v[i - 1].group == h->group;

		if (same) {
			putchar(',');
		} else {
			fputs(i > 0 ? "]},\n " : "", stdout);
			json_head(h);
		}
		printf("{\"pid\":%" PRIu32, h->proc->pid);
		json_text("comm", h->proc->comm);
		putchar('}');
	}
	puts(l->n > 0 ? "]}]" : "]");
}

static int by_number(const void *pa, const void *pb)
{
	const uint32_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

/* Each once, in rising order. */
static void pids(const struct lw_held_list *l)
{
	lw_cleanup(lw_free) uint32_t *v = calloc(l->n + 1, sizeof(*v));

	for (size_t i = 0; v && i < l->n; i++)
		v[i] = l->v[i].proc->pid;
	if (v)
		qsort(v, l->n, sizeof(*v), by_number);
	for (size_t i = 0; v && i < l->n; i++) {
		if (i == 0 || v[i] != v[i - 1])
			printf("%" PRIu32 "\n", v[i]);
	}
}

static enum lw_ctl_exit tell(struct lw_facts *f, const struct lw_held_list *l,
			     enum form form, bool fresh)
{
	if (f->failed != LW_CTL_GOOD) {
		fputs("lightwavectl: not all could be found out\n", stderr);
		return LW_CTL_AWAY;
	}
	if (form == JSON)
		json(l);
	else if (form == PIDS)
		pids(l);
	else
		text(f, l);
	if (!fresh || f->away)
		fprintf(stderr,
			"lightwavectl: the directory does not answer: compared "
			"with what was known %" PRIu32 " s ago\n",
			f->age);
	if (l->unknown) {
		fputs("lightwavectl: of some users it is not known which "
		      "groups they have by now\n",
		      stderr);
		return LW_CTL_AWAY;
	}
	return l->n > 0 ? LW_CTL_FAILS : LW_CTL_GOOD;
}

static enum lw_ctl_exit of_processes(struct lw_facts *f,
				     const struct lw_fact_user *only,
				     enum form form, bool fresh)
{
	lw_cleanup(lw_procs_done) struct lw_procs procs = { 0 };
	struct lw_held_list l = { 0 };
	enum lw_ctl_exit x;
	enum lw_err e = lw_procs_read("/proc", &procs);

	if (e == LW_OK)
		e = lw_holders_find(f, &procs, only, &l);
	if (e != LW_OK) {
		fprintf(stderr, "lightwavectl: processes cannot be seen: %s\n",
			e == LW_DENIED	  ? "they are hidden here"
			: e == LW_OFFLINE ? "no /proc"
					  : lw_strerror(e));
		return LW_CTL_AWAY;
	}
	x = tell(f, &l, form, fresh);
	free(l.v);
	return x;
}

static enum lw_ctl_exit of_user(struct lw_facts *f, const char *user,
				enum form form, bool fresh)
{
	const struct lw_fact_user *only = NULL;

	if (user) {
		only = lw_facts_named(f, user);
		if (f->failed != LW_CTL_GOOD)
			return f->failed;
		if (only->state == LW_FACT_OTHER) {
			fprintf(stderr,
				"lightwavectl: %s is no user of the directory; "
				"of one who was, give the uid\n",
				user);
			return LW_CTL_USAGE;
		}
		if (only->uid == LW_NEVER) {
			fprintf(stderr,
				"lightwavectl: the directory does not answer, "
				"and nothing is known of %s\n",
				user);
			return LW_CTL_AWAY;
		}
	}
	return of_processes(f, only, form, fresh);
}

static bool parse(int argc, char **argv, enum form *ret_form,
		  const char **ret_user)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pids", no_argument, NULL, 'p' },
		{ 0 },
	};
	enum form form = TEXT;
	int ch;

	optind = 0; /* another vector: from its beginning */
	while ((ch = getopt_long(argc, argv, "", longs, NULL)) >= 0) {
		enum form wanted = ch == 'j' ? JSON : PIDS;

		if ((ch != 'j' && ch != 'p') || (form && form != wanted))
			return false;
		form = wanted;
	}
	*ret_form = form;
	*ret_user = optind < argc ? argv[optind++] : NULL;
	return optind == argc && (!*ret_user || **ret_user);
}

enum lw_ctl_exit lw_ctl_sessions(const char *socket, int argc, char **argv)
{
	struct lw_facts f;
	enum lw_ctl_exit x;
	const char *user;
	enum form form;
	bool fresh;

	if (!parse(argc, argv, &form, &user))
		return usage();
	x = refresh(socket, &fresh);
	if (x != LW_CTL_GOOD)
		return x;
	x = lw_facts_init(&f, socket);
	if (x == LW_CTL_GOOD)
		x = of_user(&f, user, form, fresh);
	lw_facts_done(&f);
	return x;
}
