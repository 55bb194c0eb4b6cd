/*
 * explain.c - lightwave-sudo explain USER: which rules give him what, and by
 * which groups.
 */
#include "explain_rule.h"

#include "cleanup.h"
#include "config.h"
#include "localdb.h"
#include "sid.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void config_done(struct lw_config **c)
{
	lw_config_free(*c);
}

/* NULL: this host has no configuration, or a wrong one, which is said. */
static struct lw_config *config(void)
{
	struct lw_config *c = NULL;
	char error[512];

	if (access(LW_CONFIG_FILE, F_OK) == 0 &&
	    lw_config_load(LW_CONFIG_FILE, &c, error, sizeof(error)) != LW_OK)
		fprintf(stderr, "lightwave-sudo: %s\n", error);
	return c;
}

/* In the configuration a name without a domain is the domain's. */
static json_t *in_group(struct lw_who *w, const struct lw_config *c,
			const char *name)
{
	lw_cleanup(lw_free) char *full = NULL;

	if (strpbrk(name, "@\\") || lw_sid_valid(lw_str(name)))
		return lw_who_in(w, name);
	if (asprintf(&full, "%s@%s", name, c->domain) < 0) {
		full = NULL;
		return NULL;
	}
	return lw_who_in(w, full);
}

/* What [local_groups] gives him, with or without sudo. */
static json_t *local_groups(struct lw_who *w, const struct lw_config *c)
{
	json_t *ret = json_array();

	for (size_t i = 0; c && !w->local && i < c->local_group_count; i++) {
		const struct lw_local_group *g = &c->local_groups[i];
		json_t *in = in_group(w, c, g->directory);
		uint32_t gid;

		if (!json_is_true(json_object_get(in, "yes")) ||
		    lw_local_id(LW_ETC_GROUP, g->local, &gid) != LW_OK)
			continue;
		json_array_append_new(
			ret,
			json_pack("{s:s,s:I,s:s,s:O,s:b}", "name", g->local,
				  "gid", (json_int_t)gid, "through",
				  g->directory, "member", in, "is_root",
				  strcmp(g->local, "docker") == 0));
	}
	return ret;
}

static bool access_for_sudo(const struct lw_config *c)
{
	for (size_t i = 0; c && i < c->service_access_count; i++) {
		if (strcmp(c->service_access[i].service, "sudo") == 0)
			return true;
	}
	return false;
}

static json_t *explained(struct lw_who *w, const struct lw_config *c)
{
	json_t *rules = json_array();

	for (size_t i = 0; i < w->p->rules; i++) {
		json_t *r = lw_explain_rule(w, &w->p->rule[i]);

		if (r)
			json_array_append_new(rules, r);
	}
	return json_pack("{s:s,s:I,s:b,s:o,s:o,s:b}", "user", w->name, "uid",
			 (json_int_t)w->uid, "local", (int)w->local, "rules",
			 rules, "local_groups", local_groups(w, c),
			 "access_sudo", (int)access_for_sudo(c));
}

static void show_local_group(json_t *g)
{
	const char *name = json_string_value(json_object_get(g, "name"));

	lw_show(lw_str(name));
	printf(" (gid %lld) through ",
	       json_integer_value(json_object_get(g, "gid")));
	lw_show(lw_str(json_string_value(json_object_get(g, "through"))));
	puts(json_is_true(json_object_get(g, "is_root"))
		     ? ": may use Docker, which is root on this host"
		     : ": by [local_groups]");
}

static void show(const struct lw_who *w, json_t *all)
{
	json_t *rules = json_object_get(all, "rules"), *r;
	size_t i;

	lw_show(lw_str(w->name));
	printf(" (uid %u), %s\n", w->uid,
	       w->local ? "a local user" : "a user of the directory");
	if (json_array_size(rules) == 0)
		puts("no rule of sudoers speaks of him");
	json_array_foreach(rules, i, r)
	{
		lw_explain_show(w->name, r);
	}
	if (json_array_size(rules) > 1)
		puts("of several rules for one command sudo takes the last");
	if (json_is_true(json_object_get(all, "access_sudo")))
		puts("whether he may use sudo at all is for [access:sudo] "
		     "in " LW_CONFIG_FILE " to say");
	json_array_foreach(json_object_get(all, "local_groups"), i, r)
	{
		show_local_group(r);
	}
}

/* Not known is not the same as no: who reads it must be told. */
static enum lw_sudo_exit judged(const struct lw_who *w)
{
	const char *group;
	json_t *told;

	if (w->unknown != LW_OK) {
		fprintf(stderr,
			"lightwave-sudo: which groups he is in is not known: "
			"%s: lightwavectl status\n",
			lw_strerror(w->unknown));
		return LW_SUDO_AWAY;
	}
	json_object_foreach(w->told, group, told)
	{
		const char *why =
			json_string_value(json_object_get(told, "error"));

		if (why) {
			fprintf(stderr,
				"lightwave-sudo: whether he is in %s is not "
				"known: %s\n",
				group, why);
			return LW_SUDO_AWAY;
		}
	}
	return LW_SUDO_GOOD;
}

static enum lw_sudo_exit nobody(const char *name, enum lw_err e)
{
	fprintf(stderr, "lightwave-sudo: %s: %s\n", name,
		e == LW_NOTFOUND  ? "no such user"
		: e == LW_OFFLINE ? "cannot be looked up: lightwavectl status"
				  : lw_strerror(e));
	return e == LW_OFFLINE ? LW_SUDO_AWAY : LW_SUDO_FAILS;
}

enum lw_sudo_exit lw_sudo_explain(const struct lw_sudo *s, int argc,
				  char **argv)
{
	lw_cleanup(lw_policy_done) struct lw_policy p = { 0 };
	lw_cleanup(lw_who_done) struct lw_who w = { 0 };
	lw_cleanup(config_done) struct lw_config *c = NULL;
	lw_cleanup(lw_json_done) json_t *all = NULL;
	const char *name = NULL;
	bool json = false;
	enum lw_err e;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0 && !json)
			json = true;
		else if (argv[i][0] != '-' && !name)
			name = argv[i];
		else
			return lw_sudo_usage("explain [--json] USER");
	}
	if (!name)
		return lw_sudo_usage("explain [--json] USER");
	if (lw_policy_read(s->sudoers, &p) != LW_OK)
		return LW_SUDO_FAILS;
	e = lw_who_find(s, &p, name, &w);
	if (e != LW_OK)
		return nobody(name, e);
	c = config();
	all = explained(&w, c);
	if (!all)
		return nobody(name, LW_NOMEM);
	if (json)
		json_dumpf(all, stdout, JSON_INDENT(2));
	else
		show(&w, all);
	if (json)
		putchar('\n');
	return judged(&w);
}
