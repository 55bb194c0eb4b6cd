/* explain_rule.c - what a rule gives, as JSON. lightwave-sudo. */
#include "explain_rule.h"

#include "cleanup.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static json_t *text_json(json_t *member, bool negated)
{
	lw_cleanup(lw_free) char *text = lw_policy_text(member, negated);

	return json_string(text ? text : "?");
}

static void add_text(const struct lw_member_at *at, void *arg)
{
	json_array_append_new(arg, text_json(at->member, at->negated));
}

static json_t *texts(const struct lw_policy *p, const char *all, json_t *list)
{
	json_t *ret = json_array();

	lw_policy_members(p, all, list, add_text, ret);
	return ret;
}

/* Behind the colon a group stands without its sign. */
static void add_group(const struct lw_member_at *at, void *arg)
{
	json_t *v;

	lw_policy_kind(at->member, &v);
	if (json_is_integer(v))
		json_array_append_new(arg, text_json(at->member, at->negated));
	else if (json_is_string(v))
		json_array_append_new(arg, json_sprintf("%s%s",
							at->negated ? "!" : "",
							json_string_value(v)));
}

static json_t *group_names(const struct lw_policy *p, json_t *list)
{
	json_t *ret = json_array();

	lw_policy_members(p, "Runas_Aliases", list, add_group, ret);
	return ret;
}

/* A digest stands before its command. */
static void add_command(const struct lw_member_at *at, void *arg)
{
	lw_cleanup(lw_free) char *text = NULL;
	const char *key, *command = "", *digest = "", *name = "";
	json_t *v;

	json_object_foreach(at->member, key, v)
	{
		if (strncmp(key, "sha", 3) == 0 && json_is_string(v)) {
			name = key;
			digest = json_string_value(v);
		} else if (json_is_string(v)) {
			command = json_string_value(v);
		}
	}
	if (asprintf(&text, "%s%s%s%s%s", name, *name ? ":" : "", digest,
		     *name ? " " : "", at->negated ? "!" : "") < 0) {
		text = NULL;
		return;
	}
	json_array_append_new(arg, json_sprintf("%s%s", text, command));
}

static const struct {
	const char *option, *yes, *no;
} tags[] = {
	{ "authenticate", "PASSWD", "NOPASSWD" },
	{ "noexec", "NOEXEC", "EXEC" },
	{ "setenv", "SETENV", "NOSETENV" },
	{ "intercept", "INTERCEPT", "NOINTERCEPT" },
	{ "log_input", "LOG_INPUT", "NOLOG_INPUT" },
	{ "log_output", "LOG_OUTPUT", "NOLOG_OUTPUT" },
	{ "send_mail", "MAIL", "NOMAIL" },
	{ "sudoedit_follow", "FOLLOW", "NOFOLLOW" },
	{ "runcwd", "CWD", NULL },
	{ "runchroot", "CHROOT", NULL },
	{ "command_timeout", "TIMEOUT", NULL },
};

static json_t *tag(const char *option, json_t *v)
{
	char up[32];
	size_t i, n = 0;

	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (strcmp(tags[i].option, option) != 0)
			continue;
		if (json_is_boolean(v))
			return json_string(json_is_true(v) ? tags[i].yes
							   : tags[i].no);
		option = tags[i].yes;
		break;
	}
	while (n < sizeof(up) - 1 && option[n]) {
		up[n] = (char)toupper((unsigned char)option[n]);
		n++;
	}
	up[n] = '\0';
	if (json_is_integer(v))
		return json_sprintf("%s=%lld", up,
				    (long long)json_integer_value(v));
	return json_sprintf("%s=%s", up,
			    json_is_string(v) ? json_string_value(v) : "");
}

static void add_tags(json_t *ret, json_t *options, bool all)
{
	const char *key;
	json_t *o, *v;
	size_t i;

	json_array_foreach(options, i, o)
	{
		json_object_foreach(o, key, v)
		{
			/* ALL has it in it, and cvtsudoers says so. */
			if (all && strcmp(key, "setenv") == 0)
				continue;
			json_array_append_new(ret, tag(key, v));
		}
	}
}

static json_t *gives(const struct lw_policy *p, json_t *spec)
{
	json_t *users = json_object_get(spec, "runasusers");
	json_t *groups = json_object_get(spec, "runasgroups");
	json_t *list = json_object_get(spec, "Commands");
	json_t *first = json_array_get(list, 0);
	json_t *ret_tags = json_array(), *commands = json_array();
	const char *root, *name;
	json_t *as;

	root = json_string_value(lw_policy_default(p, "runas_default"));
	as = users || groups ? texts(p, "Runas_Aliases", users)
			     : json_pack("[s]", root ? root : "root");
	name = json_string_value(json_object_get(first, "command"));
	add_tags(ret_tags, json_object_get(spec, "Options"),
		 name && strcmp(name, "ALL") == 0);
	add_tags(ret_tags, json_object_get(spec, "SELinux_Spec"), false);
	lw_policy_members(p, "Command_Aliases", list, add_command, commands);
	return json_pack("{s:o,s:o,s:o,s:o}", "runas_users", as, "runas_groups",
			 group_names(p, groups), "tags", ret_tags, "commands",
			 commands);
}

static json_t *truth(enum lw_who_is is)
{
	return is == LW_WHO_UNSURE ? json_null()
				   : json_boolean(is == LW_WHO_YES);
}

/* By which path he is in the group of the directory that the rule names. */
static json_t *path(struct lw_who *w, json_t *by)
{
	json_t *v, *told;
	const char *kind = lw_policy_kind(by, &v);

	if (w->local || !json_is_string(v) ||
	    (strcmp(kind, "usergroup") != 0 &&
	     strcmp(kind, "nonunixgroup") != 0))
		return json_null();
	told = lw_who_in(w, json_string_value(v));
	return json_is_true(json_object_get(told, "yes")) ? json_incref(told)
							  : json_null();
}

json_t *lw_explain_rule(struct lw_who *w, const struct lw_policy_rule *r)
{
	json_t *host = json_object_get(r->spec, "Host_List"), *ret, *c, *all;
	enum lw_who_is here = lw_who_host(w->p, host), applies;
	lw_cleanup(lw_free) char *unsure = NULL;
	struct lw_who_hit hit = { 0 };
	size_t i;

	lw_who_hit(w, json_object_get(r->spec, "User_List"), &hit);
	unsure = hit.unsure;
	if (!hit.by && !unsure)
		return NULL;
	applies = unsure ? LW_WHO_UNSURE : hit.is;
	if (here == LW_WHO_NO)
		applies = LW_WHO_NO;
	else if (here == LW_WHO_UNSURE && applies == LW_WHO_YES)
		applies = LW_WHO_UNSURE;
	all = json_array();
	json_array_foreach(json_object_get(r->spec, "Cmnd_Specs"), i, c)
	{
		json_array_append_new(all, gives(w->p, c));
	}
	ret = json_pack(
		"{s:s,s:i,s:o,s:o,s:s?,s:o,s:o,s:o,s:s?,s:o}", "file", r->file,
		"line", (int)r->line, "applies", truth(applies), "by",
		hit.by ? text_json(hit.by, hit.negated) : json_null(), "alias",
		hit.alias, "member", hit.by ? path(w, hit.by) : json_null(),
		"host", truth(here), "hosts", texts(w->p, "Host_Aliases", host),
		"unsure", unsure, "gives", all);
	return ret;
}
