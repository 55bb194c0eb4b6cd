/* path.c - by which groups a user is in a group. The front. */
#include "path.h"

#include "follow.h"

#include <stdlib.h>
#include <string.h>

void lw_path_done(struct lw_path *p)
{
	free(p->v);
}

struct lw_known *lw_path_group(const struct lw_request *r, struct lw_str sid)
{
	struct lw_replica *replica = lw_follow_replica(r->front->follow);
	struct lw_policy p = lw_front_policy(r->front);
	struct lw_known *k = replica ? lw_replica_by_sid(replica, sid) : NULL;
	uint32_t gid;

	if (!k || lw_sid_to_id(&p.idmap, sid, &gid) != LW_OK)
		return NULL;
	return lw_replica_by_id(replica, &p.idmap, LW_KIND_GROUP, gid) == k
		       ? k
		       : NULL;
}

void lw_path_find(struct lw_request *r, const char *user_sid,
		  const char *group_sid, struct lw_path *p)
{
	struct lw_replica *replica = lw_follow_replica(r->front->follow);
	struct lw_known *group = lw_path_group(r, lw_str(group_sid));
	struct lw_known *user =
		replica ? lw_replica_by_sid(replica, lw_str(user_sid)) : NULL;

	if (user && group &&
	    lw_replica_path(replica, user, group, &p->v, &p->n) != LW_OK)
		p->n = 0;
}

void lw_path_name(struct lw_request *r, struct lw_known *k,
		  char ret[LW_NAME_MAX])
{
	struct lw_policy p = lw_front_policy(r->front);
	struct lw_str sid = lw_known_entry(k).sid;
	struct lw_object *o;
	char why[128];

	if (lw_replica_object(lw_follow_replica(r->front->follow), &p, k, &o,
			      why, sizeof(why)) != LW_OK) {
		snprintf(ret, LW_NAME_MAX, "%.*s", (int)sid.n, sid.s);
		return;
	}
	snprintf(ret, LW_NAME_MAX, "%s", o->name);
	lw_object_free(o);
}

void lw_path_put(struct lw_request *r, const struct lw_path *p, struct lw_wr *w)
{
	char name[LW_NAME_MAX];

	for (size_t i = 0; i < p->n; i++) {
		lw_path_name(r, p->v[i], name);
		lw_wr_raw(w, " > ", i > 0 ? 3 : 0);
		lw_wr_raw(w, name, strlen(name));
	}
}
