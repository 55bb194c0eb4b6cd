/* who.c - a user as sudo knows him. lightwave-sudo. */
#include "who.h"

#include "cleanup.h"
#include "localdb.h"
#include "plugin_set.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

static enum lw_err name_groups(struct lw_who *w)
{
	w->group = calloc(w->groups + 1, sizeof(*w->group));
	if (!w->group)
		return LW_NOMEM;
	for (size_t i = 0; i < w->groups; i++) {
		const struct group *gr = getgrgid(w->gid[i]);

		if (!gr)
			continue;
		w->group[i] = strdup(gr->gr_name);
		if (!w->group[i])
			return LW_NOMEM;
	}
	return LW_OK;
}

static enum lw_err find_groups(struct lw_who *w, gid_t gid)
{
	int n = 64;

	for (;;) {
		gid_t *gids = reallocarray(w->gid, (size_t)n, sizeof(*gids));
		int room = n;

		if (!gids)
			return LW_NOMEM;
		w->gid = gids;
		if (getgrouplist(w->name, gid, gids, &n) >= 0)
			break;
		n = n > room ? n : room * 2;
		if (n > 1 << 20)
			return LW_NOMEM;
	}
	w->groups = (size_t)n;
	return name_groups(w);
}

/* A name without its domain, or a SID, is nobody's to NSS. */
static enum lw_err by_directory(const struct lw_sudo *s, const char *name,
				const struct passwd **ret)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	struct lw_resolved_list l;
	enum lw_err e;

	e = lw_sudo_resolve(s, LW_RESOLVE_USER, lw_str(name), &reply, &l);
	if (e == LW_NOTOURS || e == LW_INVALID || e == LW_NOTFOUND)
		return LW_NOTFOUND;
	if (e != LW_OK)
		return e == LW_CLAIMED || e == LW_NOMEM ? e : LW_OFFLINE;
	*ret = getpwuid(lw_resolved_read(&l.each).id);
	return *ret ? LW_OK : LW_NOTFOUND;
}

enum lw_err lw_who_find(const struct lw_sudo *s, const struct lw_policy *p,
			const char *name, struct lw_who *ret)
{
	const struct passwd *pw;
	enum lw_err e = LW_OK;

	*ret = (struct lw_who) { .s = s, .p = p };
	ret->plugin = lw_plugin_set(p, NULL) == LW_PLUGIN_OURS;
	ret->told = json_object();
	errno = 0;
	pw = getpwnam(name);
	if (!pw && (errno == 0 || errno == ENOENT || errno == ESRCH))
		e = by_directory(s, name, &pw);
	else if (!pw)
		e = LW_OFFLINE;
	if (e != LW_OK)
		return e;
	ret->name = strdup(pw->pw_name);
	ret->uid = pw->pw_uid;
	if (!ret->name || !ret->told)
		return LW_NOMEM;
	ret->local = lw_local_id(LW_ETC_PASSWD, ret->name, NULL) == LW_OK;
	/* getgrouplist() cannot fail: of an outage it says "no other". */
	if (!ret->local)
		ret->unknown = lw_sudo_groups(s, ret->name);
	if (ret->unknown == LW_NOTOURS || ret->unknown == LW_NOTFOUND)
		ret->unknown = LW_OK;
	return find_groups(ret, pw->pw_gid);
}

void lw_who_done(struct lw_who *w)
{
	for (size_t i = 0; w->group && i < w->groups; i++)
		free(w->group[i]);
	free(w->group);
	free(w->gid);
	free(w->name);
	json_decref(w->told);
}

static json_t *string(struct lw_str s)
{
	json_t *j = json_stringn(s.s, s.n);

	return j ? j : json_string("?");
}

static json_t *answer_json(struct lw_member_answer *a)
{
	json_t *path = json_array();

	for (uint32_t i = 0; i < a->count; i++)
		json_array_append_new(path, string(lw_rd_str(&a->path)));
	return json_pack("{s:b,s:o,s:o,s:o,s:I,s:b}", "yes", (int)a->yes,
			 "group", string(a->group), "sid", string(a->sid),
			 "path", path, "age", (json_int_t)a->age, "away",
			 (int)a->away);
}

json_t *lw_who_in(struct lw_who *w, const char *group)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	struct lw_member m = { .what_for = LW_MEMBER_TELLS,
			       .uid = w->uid,
			       .user = lw_str(w->name),
			       .group = lw_str(group) };
	json_t *known = json_object_get(w->told, group);
	struct lw_member_answer a;
	enum lw_err e;

	if (known)
		return known;
	e = lw_sudo_member(w->s, &m, &reply, &a);
	/* No such group, or a local user, who is in none of the directory's. */
	if (e == LW_NOTOURS || e == LW_NOTFOUND || e == LW_INVALID ||
	    e == LW_CLAIMED)
		known = json_pack("{s:b}", "yes", 0);
	else if (e == LW_OK)
		known = answer_json(&a);
	else
		known = json_pack("{s:s}", "error", lw_strerror(e));
	if (!known || json_object_set_new(w->told, group, known) < 0)
		return NULL;
	return known;
}
