/* local_groups.c - from directory groups to local gids. The front. */
#include "local_groups.h"

#include "cleanup.h"
#include "local_judge.h"
#include "meant.h"

#include <stdlib.h>
#include <string.h>

static void warn(struct lw_front *f, const struct lw_local_group *map,
		 struct lw_local_verdict v)
{
	char text[640];

	lw_local_say(map, v, text, sizeof(text));
	lw_front_warn_once(f, text, "%s", text);
}

static void warn_directory(struct lw_front *f, const struct lw_local_group *map,
			   const char *why)
{
	char text[640];

	snprintf(text, sizeof(text), "[local_groups] %.64s = %.200s: %s",
		 map->local, map->directory, why);
	lw_front_warn_once(f, text, "%s", text);
}

/*
 * The id of the directory group, which is its SID's: a name is only how to find
 * it. LW_NOTFOUND: there is none, and that is logged.
 */
static enum lw_err directory_id(struct lw_request *r,
				const struct lw_local_group *map, uint32_t *ret)
{
	struct lw_policy p = lw_front_policy(r->front);
	struct lw_str directory = lw_str(map->directory);
	const struct lw_object *o;
	enum lw_err e;

	if (lw_sid_valid(directory)) {
		if (lw_sid_to_id(&p.idmap, directory, ret) == LW_OK)
			return LW_OK;
		warn_directory(r->front, map, "not a SID of this domain");
		return LW_NOTFOUND;
	}
	e = lw_meant_group(r, directory, r->front->config->ttl * INT64_C(1000),
			   &o);
	if (e == LW_PENDING || e == LW_OFFLINE || e == LW_NOMEM)
		return e;
	if (e != LW_OK) {
		warn_directory(r->front, map, "no such directory group");
		return LW_NOTFOUND;
	}
	*ret = o->id;
	return LW_OK;
}

static void add(struct lw_local_given *v, size_t *n, uint32_t gid,
		const struct lw_local_group *map)
{
	for (size_t i = 0; i < *n; i++) {
		if (v[i].gid == gid)
			return;
	}
	v[(*n)++] = (struct lw_local_given) { gid, map->local, map->directory };
}

enum lw_err lw_local_groups_of(struct lw_request *r, const struct lw_ids *ids,
			       struct lw_local_given **ret, size_t *ret_n)
{
	const struct lw_config *c = r->front->config;
	lw_cleanup(lw_free) struct lw_local_given *v = NULL;
	size_t n = 0;

	if (c->local_group_count > 0) {
		v = calloc(c->local_group_count, sizeof(*v));
		if (!v)
			return LW_NOMEM;
	}
	for (size_t i = 0; i < c->local_group_count; i++) {
		const struct lw_local_group *map = &c->local_groups[i];
		struct lw_local_verdict verdict =
			lw_local_judge(c, &r->front->group, map);
		uint32_t id;
		enum lw_err e;

		if (verdict.why != LW_LOCAL_GIVEN) {
			warn(r->front, map, verdict);
			continue;
		}
		e = directory_id(r, map, &id);
		if (e == LW_NOTFOUND)
			continue;
		if (e != LW_OK)
			return e;
		if (lw_ids_have(ids, id))
			add(v, &n, verdict.gid, map);
	}
	*ret = v;
	*ret_n = n;
	v = NULL;
	return LW_OK;
}

void lw_local_groups_warn(struct lw_front *f)
{
	const struct lw_config *c = f->config;

	for (size_t i = 0; i < c->local_group_count; i++) {
		struct lw_local_verdict v =
			lw_local_judge(c, &f->group, &c->local_groups[i]);

		if (v.why != LW_LOCAL_GIVEN)
			warn(f, &c->local_groups[i], v);
	}
}

void lw_local_groups_check(const struct lw_config *c, const char *path)
{
	lw_cleanup(lw_localdb_done) struct lw_localdb group;
	char text[640];

	lw_localdb_init(&group, LW_ETC_GROUP);
	if (lw_localdb_refresh(&group, lw_now_ms()) != LW_OK) {
		printf("%s: warning: cannot read " LW_ETC_GROUP "\n", path);
		return;
	}
	for (size_t i = 0; i < c->local_group_count; i++) {
		struct lw_local_verdict v =
			lw_local_judge(c, &group, &c->local_groups[i]);

		if (v.why == LW_LOCAL_GIVEN)
			continue;
		lw_local_say(&c->local_groups[i], v, text, sizeof(text));
		printf("%s: warning: %s\n", path, text);
	}
}
