/* who_match.c - whom a list of sudoers means. lightwave-sudo. */
#include "who.h"

#include "cleanup.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static enum lw_who_is in_group(const struct lw_who *w, const char *name)
{
	for (size_t i = 0; i < w->groups; i++) {
		if (w->group[i] && strcasecmp(w->group[i], name) == 0)
			return LW_WHO_YES;
	}
	return w->unknown == LW_OK ? LW_WHO_NO : LW_WHO_UNSURE;
}

static enum lw_who_is has_gid(const struct lw_who *w, json_int_t gid)
{
	for (size_t i = 0; i < w->groups; i++) {
		if ((json_int_t)w->gid[i] == gid)
			return LW_WHO_YES;
	}
	return w->unknown == LW_OK ? LW_WHO_NO : LW_WHO_UNSURE;
}

static enum lw_who_is by_plugin(struct lw_who *w, const char *group)
{
	json_t *told = w->plugin ? lw_who_in(w, group) : NULL;

	if (!told || json_object_get(told, "error"))
		return LW_WHO_UNSURE;
	return json_is_true(json_object_get(told, "yes")) ? LW_WHO_YES
							  : LW_WHO_NO;
}

static enum lw_who_is means(struct lw_who *w, json_t *member)
{
	json_t *v;
	const char *kind = lw_policy_kind(member, &v);
	const char *s = json_string_value(v);

	if (strcmp(kind, "userid") == 0)
		return json_integer_value(v) == (json_int_t)w->uid ? LW_WHO_YES
								   : LW_WHO_NO;
	if (strcmp(kind, "usergid") == 0)
		return has_gid(w, json_integer_value(v));
	if (!s)
		return LW_WHO_UNSURE;
	/* An alias that nobody has defined is a name to sudo. */
	if (strcmp(kind, "username") == 0 || strcmp(kind, "useralias") == 0)
		return strcmp(s, "ALL") == 0 || strcasecmp(s, w->name) == 0
			       ? LW_WHO_YES
			       : LW_WHO_NO;
	if (strcmp(kind, "usergroup") == 0)
		return in_group(w, s);
	if (strcmp(kind, "nonunixgroup") == 0)
		return by_plugin(w, s);
	return LW_WHO_UNSURE; /* a netgroup */
}

struct hitting {
	struct lw_who *w;
	struct lw_who_hit *hit;
};

static void consider(const struct lw_member_at *at, void *arg)
{
	struct hitting *h = arg;
	enum lw_who_is is = means(h->w, at->member);

	if (is == LW_WHO_NO)
		return;
	free(h->hit->unsure);
	h->hit->unsure = NULL;
	if (is == LW_WHO_UNSURE) {
		h->hit->unsure = lw_policy_text(at->member, at->negated);
		return;
	}
	h->hit->is = at->negated ? LW_WHO_NO : LW_WHO_YES;
	h->hit->by = at->member;
	h->hit->negated = at->negated;
	h->hit->alias = at->alias;
}

void lw_who_hit(struct lw_who *w, json_t *list, struct lw_who_hit *ret)
{
	struct hitting h = { w, ret };

	*ret = (struct lw_who_hit) { .is = LW_WHO_NO };
	lw_policy_members(w->p, "User_Aliases", list, consider, &h);
}

struct host {
	const char *full, *brief;
	enum lw_who_is is;
};

static void host(const struct lw_member_at *at, void *arg)
{
	struct host *h = arg;
	json_t *v;
	const char *kind = lw_policy_kind(at->member, &v);
	const char *s = json_string_value(v);

	if (!s ||
	    (strcmp(kind, "hostname") != 0 && strcmp(kind, "hostalias") != 0)) {
		h->is = LW_WHO_UNSURE;
		return;
	}
	if (strcmp(s, "ALL") == 0 || !fnmatch(s, h->full, FNM_CASEFOLD) ||
	    !fnmatch(s, h->brief, FNM_CASEFOLD))
		h->is = at->negated ? LW_WHO_NO : LW_WHO_YES;
}

enum lw_who_is lw_who_host(const struct lw_policy *p, json_t *list)
{
	char full[256] = "localhost", brief[256];
	struct host h = { full, brief, LW_WHO_NO };

	gethostname(full, sizeof(full) - 1);
	snprintf(brief, sizeof(brief), "%.*s", (int)strcspn(full, "."), full);
	lw_policy_members(p, "Host_Aliases", list, host, &h);
	return h.is;
}
