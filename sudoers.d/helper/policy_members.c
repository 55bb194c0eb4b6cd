/* policy_members.c - the lists of a rule, and Defaults. lightwave-sudo. */
#include "policy.h"

#include <stdio.h>
#include <string.h>

struct walk {
	const struct lw_policy *p;
	json_t *aliases;
	lw_member_fn *each;
	void *arg;
	size_t left; /* aliases of aliases can be very many */
};

#define MEMBERS_MAX 200000

static void members(struct walk *w, json_t *list, bool negated,
		    const char *alias, unsigned int depth)
{
	json_t *m, *value, *in;
	size_t i;

	json_array_foreach(list, i, m)
	{
		bool no = json_is_true(json_object_get(m, "negated"));
		struct lw_member_at at = { m, negated != no, alias };
		const char *kind = lw_policy_kind(m, &value);
		const char *name = json_string_value(value);

		if (w->left == 0)
			return;
		w->left--;
		in = name && strstr(kind, "alias") && depth < LW_ALIAS_DEPTH
			     ? json_object_get(w->aliases, name)
			     : NULL;
		if (in)
			members(w, in, at.negated, alias ? alias : name,
				depth + 1);
		else
			w->each(&at, w->arg);
	}
}

void lw_policy_members(const struct lw_policy *p, const char *all, json_t *list,
		       lw_member_fn *each, void *arg)
{
	struct walk w = { p, json_object_get(p->json, all), each, arg,
			  MEMBERS_MAX };

	members(&w, list, false, NULL, 0);
	if (w.left == 0)
		fputs("lightwave-sudo: a list of more than 200,000 members, "
		      "with its aliases: not all of them are judged\n",
		      stderr);
}

const char *lw_policy_kind(json_t *member, json_t **ret_value)
{
	const char *key;
	json_t *value;

	json_object_foreach(member, key, value)
	{
		if (strcmp(key, "negated") == 0)
			continue;
		*ret_value = value;
		return key;
	}
	*ret_value = NULL;
	return "";
}

char *lw_policy_text(json_t *member, bool negated)
{
	static const struct {
		const char *kind, *sign;
	} signs[] = {
		{ "userid", "#" },	 { "usergroup", "%" },
		{ "usergid", "%#" },	 { "nonunixgroup", "%:" },
		{ "nonunixgid", "%:#" }, { "netgroup", "+" },
	};
	const char *sign = "", *kind;
	char *ret = NULL;
	json_t *v;
	int n;

	kind = lw_policy_kind(member, &v);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (strcmp(kind, signs[i].kind) == 0)
			sign = signs[i].sign;
	}
	if (json_is_integer(v))
		n = asprintf(&ret, "%s%s%lld", negated ? "!" : "", sign,
			     (long long)json_integer_value(v));
	else
		n = asprintf(&ret, "%s%s%s", negated ? "!" : "", sign,
			     json_is_string(v) ? json_string_value(v) : "");
	return n < 0 ? NULL : ret;
}

json_t *lw_policy_default(const struct lw_policy *p, const char *name)
{
	json_t *all = json_object_get(p->json, "Defaults"), *d, *o, *ret = NULL;
	size_t i, j;

	json_array_foreach(all, i, d)
	{
		if (json_object_get(d, "Binding"))
			continue;
		json_array_foreach(json_object_get(d, "Options"), j, o)
		{
			json_t *v = json_object_get(o, name);

			if (v)
				ret = v;
		}
	}
	return ret;
}
