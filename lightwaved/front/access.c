/* access.c - [access] in force. The front. */
#include "access.h"

#include "cleanup.h"

#include <string.h>

/*
 * LW_OK: the rule means this user; LW_NOTOURS: somebody else; LW_NOTFOUND: it
 * cannot be resolved; LW_PENDING, LW_OFFLINE.
 */
static enum lw_err matches(struct lw_request *r, const char *rule,
			   const struct lw_object *user,
			   const struct lw_ids *groups)
{
	struct lw_policy p = lw_front_policy(r->front);
	struct lw_naming naming = p.naming;
	bool group = *rule == '%';
	uint32_t id;
	char account[LW_NAME_MAX];
	const struct lw_object *o;
	const char *pin;
	enum lw_err e;

	if (!strcmp(rule, "*"))
		return LW_OK;
	if (lw_sid_valid(lw_str(rule))) {
		if (lw_sid_to_id(&p.idmap, lw_str(rule), &id) != LW_OK)
			return LW_NOTFOUND;
		return id == user->id || lw_ids_have(groups, id) ? LW_OK
								 : LW_NOTOURS;
	}
	naming.bare = true;
	if (lw_name_parse(&naming, lw_str(rule + group), account) != LW_OK)
		return LW_NOTFOUND;
	/* Who was known by that name is still meant after renaming himself. */
	pin = group ? NULL : lw_cache_pinned(&r->front->cache, account);
	if (pin)
		return !strcmp(pin, user->sid) ? LW_OK : LW_NOTOURS;
	e = lw_find_by_name(r, group ? LW_KIND_GROUP : LW_KIND_USER, account,
			    r->front->config->ttl * INT64_C(1000), &o);
	if (e != LW_OK)
		return e;
	if (!group)
		return o->id == user->id ? LW_OK : LW_NOTOURS;
	return lw_ids_have(groups, o->id) ? LW_OK : LW_NOTOURS;
}

static void say(char *rule, size_t size, const char *verb, const char *which,
		const char *tail)
{
	snprintf(rule, size, "%s%s%s", verb, which, tail);
}

enum lw_err lw_access_check(struct lw_request *r, const struct lw_object *user,
			    const struct lw_ids *groups, char *rule,
			    size_t rule_size)
{
	const struct lw_config *c = r->front->config;
	enum lw_err e, worst = LW_FORBIDDEN;

	say(rule, rule_size, "no allow rule names the user", "", "");
	if (c->allow.n == 0)
		say(rule, rule_size, "[access] has no allow rule", "", "");
	for (size_t i = 0; i < c->deny.n; i++) {
		e = matches(r, c->deny.v[i], user, groups);
		if (e == LW_NOTOURS)
			continue;
		if (e == LW_PENDING || e == LW_NOMEM)
			return e;
		say(rule, rule_size, "deny = ", c->deny.v[i],
		    e == LW_OK ? "" : " (cannot be resolved)");
		return e == LW_OFFLINE ? LW_OFFLINE : LW_FORBIDDEN;
	}
	for (size_t i = 0; i < c->allow.n; i++) {
		e = matches(r, c->allow.v[i], user, groups);
		if (e == LW_PENDING || e == LW_NOMEM)
			return e;
		if (e == LW_OK) {
			say(rule, rule_size, "allow = ", c->allow.v[i], "");
			return LW_OK;
		}
		if (e == LW_OFFLINE)
			worst = LW_OFFLINE;
		if (e == LW_NOTFOUND)
			lw_front_warn_once(r->front, c->allow.v[i],
					   "[access] allow = %s: no such entry",
					   c->allow.v[i]);
	}
	return worst;
}
