/* explain_show.c - a rule of sudoers for people. lightwave-sudo. */
#include "explain_rule.h"

#include <stdio.h>
#include <string.h>

static void show(const char *s)
{
	lw_show(lw_str(s));
}

static void list(json_t *a, const char *between)
{
	json_t *v;
	size_t i;

	json_array_foreach(a, i, v)
	{
		if (i > 0)
			fputs(between, stdout);
		show(json_string_value(v));
	}
}

static void show_gives(json_t *g)
{
	json_t *users = json_object_get(g, "runas_users");
	json_t *groups = json_object_get(g, "runas_groups");
	json_t *tags = json_object_get(g, "tags"), *v;
	size_t i;

	fputs("    (", stdout);
	list(users, ", ");
	if (json_array_size(groups) > 0) {
		fputs(" : ", stdout);
		list(groups, ", ");
	}
	fputs(") ", stdout);
	json_array_foreach(tags, i, v)
	{
		const char *t = json_string_value(v);

		show(t);
		fputs(strchr(t, '=') ? " " : ": ", stdout);
	}
	list(json_object_get(g, "commands"), ", ");
	putchar('\n');
}

/* linux admins <- platform <- alice: the outermost group first. */
static void show_member(const char *user, json_t *m)
{
	json_t *path = json_object_get(m, "path");
	json_int_t age = json_integer_value(json_object_get(m, "age"));

	fputs("    ", stdout);
	if (json_array_size(path) == 0)
		show(json_string_value(json_object_get(m, "group")));
	for (size_t i = json_array_size(path); i > 0; i--) {
		show(json_string_value(json_array_get(path, i - 1)));
		if (i > 1)
			fputs(" <- ", stdout);
	}
	fputs(" <- ", stdout);
	show(user);
	printf(", confirmed %lld s ago%s\n", (long long)age,
	       json_is_true(json_object_get(m, "away"))
		       ? "; the directory is away"
		       : "");
}

static void show_by(json_t *rule)
{
	const char *by = json_string_value(json_object_get(rule, "by"));
	const char *alias = json_string_value(json_object_get(rule, "alias"));

	if (by) {
		fputs(*by == '!' ? ": excluded by " : ": by ", stdout);
		show(by);
	}
	if (alias) {
		fputs(" in ", stdout);
		show(alias);
	}
	putchar('\n');
}

void lw_explain_show(const char *user, json_t *rule)
{
	json_t *host = json_object_get(rule, "host"), *g;
	json_t *member = json_object_get(rule, "member");
	const char *unsure = json_string_value(json_object_get(rule, "unsure"));
	size_t i;

	show(json_string_value(json_object_get(rule, "file")));
	printf(":%lld", json_integer_value(json_object_get(rule, "line")));
	show_by(rule);
	if (json_is_object(member))
		show_member(user, member);
	if (unsure) {
		fputs("    not judged: ", stdout);
		show(unsure);
		puts(*unsure == '+' ? " (a netgroup)"
				    : " (cannot be said now; sudo takes it for "
				      "no)");
	}
	if (!json_is_true(host)) {
		fputs(json_is_null(host) ? "    hosts not judged: "
					 : "    not on this host, but on: ",
		      stdout);
		list(json_object_get(rule, "hosts"), ", ");
		putchar('\n');
	}
	json_array_foreach(json_object_get(rule, "gives"), i, g)
	{
		show_gives(g);
	}
}
