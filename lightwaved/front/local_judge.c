/* local_judge.c - [local_groups] against /etc/group. Pure; the front. */
#include "local_judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DOCKER "docker"
/* Lower ones are the system's: GID_MIN of login.defs(5). */
#define GID_FIRST 1000

/* sudo takes %wheel for any spelling of it: case_insensitive_group. */
static bool by_name(const char *name)
{
	static const char *const names[] = { "root",   "wheel", "sudo",
					     "shadow", "disk",	"adm" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcasecmp(name, names[i]))
			return true;
	}
	return false;
}

static bool privileged(const struct lw_localent *e)
{
	return by_name(e->name) ||
	       (e->id < GID_FIRST && strcmp(e->name, DOCKER) != 0);
}

struct lw_local_verdict lw_local_judge(const struct lw_config *c,
				       const struct lw_localdb *group,
				       const struct lw_local_group *map)
{
	const struct lw_localent *local = lw_localdb_name(group, map->local);
	struct lw_local_verdict v = { LW_LOCAL_NONE, 0, NULL };

	if (!local)
		return v;
	v.gid = local->id;
	/* (gid_t)-1 is nobody's: setresgid(2) takes it for "leave it". */
	if (local->id == 0 || local->id == UINT32_MAX) {
		v.why = LW_LOCAL_ROOT;
		return v;
	}
	v.why = LW_LOCAL_GIVEN;
	for (size_t i = 0; i < group->count && !c->allow_privileged_groups;
	     i++) {
		const struct lw_localent *e = &group->ents[i];

		if (e->id != local->id || !privileged(e))
			continue;
		v.why = LW_LOCAL_PRIVILEGED;
		v.name = e->name;
		break;
	}
	return v;
}

bool lw_local_reserved(const struct lw_config *c, const char *name)
{
	if (!strcasecmp(name, DOCKER) || by_name(name))
		return true;
	for (size_t i = 0; i < c->local_group_count; i++) {
		if (!strcasecmp(name, c->local_groups[i].local))
			return true;
	}
	return false;
}

void lw_local_say(const struct lw_local_group *map, struct lw_local_verdict v,
		  char *ret, size_t size)
{
	char why[256];

	switch (v.why) {
	case LW_LOCAL_GIVEN:
	case LW_LOCAL_WHY_COUNT:
		snprintf(why, sizeof(why), "given");
		break;
	case LW_LOCAL_NONE:
		snprintf(why, sizeof(why),
			 "no such local group: nobody gets it "
			 "until " LW_ETC_GROUP " has it");
		break;
	case LW_LOCAL_ROOT:
		snprintf(why, sizeof(why),
			 "nobody gets gid %" PRIu32 ", whatever is allowed",
			 v.gid);
		break;
	case LW_LOCAL_PRIVILEGED:
		snprintf(why, sizeof(why),
			 "nobody gets gid %" PRIu32
			 ", that of the system's group %.64s: whoever has it "
			 "may become root, and allow_privileged_groups = yes "
			 "in [local_groups] would be needed",
			 v.gid, v.name);
		break;
	}
	snprintf(ret, size, "[local_groups] %.64s = %.200s: %s", map->local,
		 map->directory, why);
}
