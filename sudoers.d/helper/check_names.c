/*
 * check_names.c - the users and groups of the rules: negated ones, unknown
 * ones, and users by a name that is theirs to change. lightwave-sudo.
 */
#include "check.h"

#include "cleanup.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct at {
	struct lw_check *c;
	const struct lw_policy_rule *r;
};

static void found(struct at *a, const char *kind, char *what,
		  const char *remedy)
{
	lw_check_found(a->c, &(struct lw_finding) {
				     kind, a->r->file, a->r->line,
				     what ? what : "out of memory", remedy });
	free(what);
}

static char *say(const char *before, const char *name, const char *after)
{
	char *ret = NULL;

	return asprintf(&ret, "%s%s%s", before, name, after) < 0 ? NULL : ret;
}

/* Members of it may be the directory's: [local_groups] adds them. */
static bool lent(const struct lw_check *c, const char *local)
{
	for (size_t i = 0; c->config && i < c->config->local_group_count; i++) {
		if (strcasecmp(c->config->local_groups[i].local, local) == 0)
			return true;
	}
	return false;
}

static const char *local_group(const struct lw_check *c, const char *kind,
			       json_t *v)
{
	const struct lw_localent *ent = NULL;

	if (strcmp(kind, "usergroup") == 0 && json_is_string(v))
		ent = lw_localdb_taken(&c->groups, json_string_value(v));
	else if (strcmp(kind, "usergid") == 0)
		ent = lw_localdb_id(&c->groups,
				    (uint32_t)json_integer_value(v));
	return ent ? ent->name : NULL;
}

static bool is_group(const char *kind)
{
	return strcmp(kind, "usergroup") == 0 || strcmp(kind, "usergid") == 0 ||
	       strcmp(kind, "nonunixgroup") == 0 ||
	       strcmp(kind, "nonunixgid") == 0;
}

/* A group of which the directory says who is in it. */
static bool may_be_away(struct at *a, const struct lw_member_at *m)
{
	json_t *v;
	const char *kind = lw_policy_kind(m->member, &v);
	const char *local;

	if (!is_group(kind))
		return false;
	local = local_group(a->c, kind, v);
	return !local || lent(a->c, local);
}

static void negated(const struct lw_member_at *m, void *arg)
{
	lw_cleanup(lw_free) char *text = NULL;
	struct at *a = arg;

	if (!m->negated || !may_be_away(a, m))
		return;
	text = lw_policy_text(m->member, true);
	found(a, "negated",
	      say(text ? text : "!", "",
		  " does not exclude its members while the directory is away: "
		  "to sudo, \"not known\" is \"no member\""),
	      "name who may, instead of who may not");
}

static void denied(const struct lw_member_at *m, void *arg)
{
	lw_cleanup(lw_free) char *text = NULL;
	struct at *a = arg;

	if (m->negated || !may_be_away(a, m))
		return;
	text = lw_policy_text(m->member, false);
	found(a, "negated",
	      say(text ? text : "", "",
		  " is denied commands, which its members have while the "
		  "directory is away if another rule gives them: to sudo, "
		  "\"not known\" is \"no member\""),
	      "name who may, instead of who may not");
}

struct first {
	bool seen, negated;
};

static void first(const struct lw_member_at *m, void *arg)
{
	struct first *f = arg;

	if (!f->seen)
		*f = (struct first) { true, m->negated };
}

/* "ALL, !/bin/su" only gives less; "!ALL" is for who has it elsewhere. */
static bool takes_away(const struct lw_policy *p, json_t *spec)
{
	struct first f = { 0 };
	json_t *cmnd;
	size_t i;

	json_array_foreach(json_object_get(spec, "Cmnd_Specs"), i, cmnd)
	{
		lw_policy_members(p, "Command_Aliases",
				  json_object_get(cmnd, "Commands"), first, &f);
	}
	return f.negated;
}

/* A user may give himself a name, a group has whatever it is given. */
static void judged(struct at *a, bool is_user, const char *text, enum lw_err e)
{
	if (e == LW_NOTFOUND)
		found(a, "unknown",
		      say(text, "",
			  is_user ? " is not in the directory: means whoever "
				    "takes that name there"
				  : " is not in the directory: means nobody"),
		      "remove the rule, or mend the name");
	else if (e == LW_CLAIMED)
		found(a, "claimed",
		      say(text, "",
			  " is claimed by several entries: means nobody"),
		      "name him by his SID: lightwave-sudo grant SID");
}

/* To NSS, and so to sudo, the directory's are called with their domain. */
static void bare(struct at *a, enum lw_resolve_what what, const char *name)
{
	bool group = what == LW_RESOLVE_GROUP;
	uint32_t id;

	if (strpbrk(name, "@\\") || strcmp(name, "ALL") == 0 ||
	    (group ? !!getgrnam(name) : !!getpwnam(name)))
		return;
	if (group && json_is_true(lw_policy_default(
			     a->c->p, "always_query_group_plugin")))
		return;
	if (lw_check_resolve(a->c, what, name, &id) == LW_OK)
		found(a, "bare",
		      say(group ? "%" : "", name,
			  " means nobody: here the directory's are called with "
			  "their domain"),
		      "lightwave-sudo grant, or the name as getent prints it");
}

static void user(struct at *a, const struct lw_member_at *m, const char *name)
{
	char account[LW_NAME_MAX], remedy[128];
	uint32_t id = 0;
	enum lw_err e;

	if (lw_name_parse(&a->c->naming, lw_str(name), account) != LW_OK) {
		bare(a, LW_RESOLVE_USER, name);
		return;
	}
	e = lw_check_resolve(a->c, LW_RESOLVE_USER, name, &id);
	judged(a, true, name, e);
	if (e != LW_OK || m->negated)
		return;
	snprintf(remedy, sizeof(remedy),
		 "write #%u, which is bound to his SID: lightwave-sudo grant",
		 id);
	found(a, "user-by-name",
	      say(name, "",
		  ": a user may rename himself, and whoever has that name next "
		  "has the rule"),
	      remedy);
}

static void unix_group(struct at *a, const char *name)
{
	lw_cleanup(lw_free) char *text = say("%", name, "");
	char account[LW_NAME_MAX];
	uint32_t id;

	if (!text)
		return;
	if (lw_name_parse(&a->c->naming, lw_str(name), account) != LW_OK) {
		bare(a, LW_RESOLVE_GROUP, name);
		return;
	}
	if (lw_localdb_taken(&a->c->groups, name)) {
		if (strpbrk(name, "@\\"))
			found(a, "local",
			      say(text, "",
				  " is a group of /etc/group, and not the "
				  "directory's"),
			      "rename the local group, or write %:SID");
		return;
	}
	judged(a, false, text,
	       lw_check_resolve(a->c, LW_RESOLVE_GROUP, name, &id));
}

static void plugin_group(struct at *a, const char *name)
{
	lw_cleanup(lw_free) char *text = say("%:", name, "");
	uint32_t id;
	enum lw_err e;

	if (!text)
		return;
	if (lw_localdb_taken(&a->c->groups, name))
		found(a, "local",
		      say(text, "",
			  " is a group of /etc/group as well, and means the "
			  "directory's"),
		      "write % without : for the local group, or %:SID");
	e = lw_check_resolve(a->c, LW_RESOLVE_GROUP, name, &id);
	judged(a, false, text,
	       e == LW_NOTOURS || e == LW_INVALID ? LW_NOTFOUND : e);
}

static void plugin(struct at *a, const char *text)
{
	lw_cleanup(lw_free) char *path = NULL;
	enum lw_plugin set = lw_plugin_set(a->c->p, &path);

	if (set == LW_PLUGIN_NONE)
		found(a, "plugin",
		      say(text, "", " means nobody: no group_plugin is set"),
		      "write Defaults "
		      "group_plugin=\"" LW_SUDO_PLUGIN
		      "\", as lightwave-sudo grant does");
	else if (set == LW_PLUGIN_OTHER)
		found(a, "plugin",
		      say(text, " is asked of another group plug-in: ",
			  path ? path : "?"),
		      "sudo has one group_plugin: the last Defaults counts");
}

static void name(const struct lw_member_at *m, void *arg)
{
	struct at *a = arg;
	json_t *v;
	const char *kind = lw_policy_kind(m->member, &v);
	const char *s = json_string_value(v);
	lw_cleanup(lw_free) char *text = lw_policy_text(m->member, false);
	bool ours = strncmp(kind, "nonunix", strlen("nonunix")) == 0;

	if (!text)
		return;
	if (ours)
		plugin(a, text);
	if (ours && !s)
		found(a, "unknown",
		      say(text, "",
			  " means nobody: the plug-in finds no group by gid"),
		      "write its name or its SID: lightwavectl cache show");
	if (!s || !a->c->config)
		return;
	if (ours)
		plugin_group(a, s);
	else if (strchr(s, '\\') && a->c->naming.format != LW_NAME_LEGACY)
		return; /* likewise's: check_files.c sees it as it stands */
	else if (strcmp(kind, "username") == 0)
		user(a, m, s);
	else if (strcmp(kind, "usergroup") == 0)
		unix_group(a, s);
}

static void both(const struct lw_member_at *m, void *arg)
{
	negated(m, arg);
	name(m, arg);
}

void lw_check_negated(struct lw_check *c, const struct lw_policy_rule *where,
		      const char *all, json_t *list)
{
	struct at a = { c, where };

	lw_policy_members(c->p, all, list, negated, &a);
}

void lw_check_rules(struct lw_check *c)
{
	json_t *cmnd;
	size_t j;

	for (size_t i = 0; i < c->p->rules; i++) {
		struct at a = { c, &c->p->rule[i] };
		json_t *spec = a.r->spec;

		lw_policy_members(c->p, "User_Aliases",
				  json_object_get(spec, "User_List"), both, &a);
		if (takes_away(c->p, spec))
			lw_policy_members(c->p, "User_Aliases",
					  json_object_get(spec, "User_List"),
					  denied, &a);
		/* Behind the colon sudo compares names, and asks nobody. */
		json_array_foreach(json_object_get(spec, "Cmnd_Specs"), j, cmnd)
		{
			lw_check_negated(c, a.r, "Runas_Aliases",
					 json_object_get(cmnd, "runasusers"));
		}
	}
}
