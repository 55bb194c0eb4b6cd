/* access.c - [access] in force. The front. */
#include "access.h"

#include "cleanup.h"
#include "meant.h"

#include <string.h>

/*
 * LW_OK: the rule means this user; LW_NOTOURS: somebody else; LW_NOTFOUND: it
 * cannot be resolved; LW_PENDING, LW_OFFLINE.
 */
static enum lw_err matches(struct lw_request *r, const char *rule,
			   const struct lw_object *user,
			   const struct lw_ids *groups,
			   struct lw_access_rule *ret)
{
	struct lw_policy p = lw_front_policy(r->front);
	struct lw_naming naming = p.naming;
	int64_t ttl_ms = r->front->config->ttl * INT64_C(1000);
	uint32_t id;
	char account[LW_NAME_MAX];
	const struct lw_object *o;
	const char *pin;
	enum lw_err e;

	ret->group[0] = '\0';
	if (!strcmp(rule, "*"))
		return LW_OK;
	if (lw_sid_valid(lw_str(rule))) {
		if (lw_sid_to_id(&p.idmap, lw_str(rule), &id) != LW_OK)
			return LW_NOTFOUND;
		if (id == user->id)
			return LW_OK;
		snprintf(ret->group, sizeof(ret->group), "%s", rule);
		return lw_ids_have(groups, id) ? LW_OK : LW_NOTOURS;
	}
	if (*rule == '%') {
		e = lw_meant_group(r, lw_str(rule + 1), ttl_ms, &o);
		if (e != LW_OK)
			return e;
		snprintf(ret->group, sizeof(ret->group), "%s", o->sid);
		return lw_ids_have(groups, o->id) ? LW_OK : LW_NOTOURS;
	}
	naming.bare = true;
	if (lw_name_parse(&naming, lw_str(rule), account) != LW_OK)
		return LW_NOTFOUND;
	/* Who was known by that name is still meant after renaming himself. */
	pin = lw_cache_pinned(&r->front->cache, account);
	if (pin)
		return !strcmp(pin, user->sid) ? LW_OK : LW_NOTOURS;
	e = lw_find_by_name(r, LW_KIND_USER, account, ttl_ms, &o);
	if (e != LW_OK)
		return e;
	return o->id == user->id ? LW_OK : LW_NOTOURS;
}

static void say(struct lw_access_rule *ret, const char *verb, const char *which,
		const char *tail)
{
	snprintf(ret->text, sizeof(ret->text), "%s%s%s", verb, which, tail);
}

static const struct lw_service_access *of_service(const struct lw_config *c,
						  struct lw_str service)
{
	for (size_t i = 0; i < c->service_access_count; i++) {
		if (lw_str_eq(service, c->service_access[i].service))
			return &c->service_access[i];
	}
	return NULL;
}

/* LW_OK: none denies. */
static enum lw_err check_deny(struct lw_request *r,
			      const struct lw_object *user,
			      const struct lw_ids *groups,
			      const struct lw_list *deny,
			      struct lw_access_rule *ret)
{
	for (size_t i = 0; i < deny->n; i++) {
		enum lw_err e = matches(r, deny->v[i], user, groups, ret);

		if (e == LW_NOTOURS)
			continue;
		if (e == LW_PENDING || e == LW_NOMEM)
			return e;
		say(ret, "deny = ", deny->v[i],
		    e == LW_OK ? "" : " (cannot be resolved)");
		return e == LW_OFFLINE ? LW_OFFLINE : LW_FORBIDDEN;
	}
	return LW_OK;
}

static enum lw_err check_allow(struct lw_request *r,
			       const struct lw_object *user,
			       const struct lw_ids *groups,
			       const struct lw_list *allow,
			       struct lw_access_rule *ret)
{
	enum lw_err worst = LW_FORBIDDEN;

	for (size_t i = 0; i < allow->n; i++) {
		enum lw_err e = matches(r, allow->v[i], user, groups, ret);

		if (e == LW_PENDING || e == LW_NOMEM)
			return e;
		if (e == LW_OK) {
			say(ret, "allow = ", allow->v[i], "");
			return LW_OK;
		}
		if (e == LW_OFFLINE)
			worst = LW_OFFLINE;
		if (e == LW_NOTFOUND)
			lw_front_warn_once(r->front, allow->v[i],
					   "[access] allow = %s: no such entry",
					   allow->v[i]);
	}
	ret->group[0] = '\0';
	say(ret, "no allow rule names the user", "", "");
	if (allow->n == 0)
		say(ret, "[access] has no allow rule", "", "");
	return worst;
}

enum lw_err lw_access_check(struct lw_request *r, const struct lw_object *user,
			    const struct lw_ids *groups, struct lw_str service,
			    struct lw_access_rule *ret)
{
	const struct lw_config *c = r->front->config;
	const struct lw_service_access *own = of_service(c, service);
	const struct lw_list *allow = &c->allow;
	enum lw_err e;

	e = check_deny(r, user, groups, &c->deny, ret);
	if (e == LW_OK && own)
		e = check_deny(r, user, groups, &own->deny, ret);
	if (e != LW_OK)
		return e;
	if (own && own->allow.n > 0)
		allow = &own->allow;
	return check_allow(r, user, groups, allow, ret);
}
