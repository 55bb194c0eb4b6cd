/* id.c - whose ids they can be. Any process; libc only; pure. */
#include "sid.h"

/* What Lightwave makes with a fixed RID and hosts may serve as a low id. */
static bool well_known(uint32_t rid)
{
	static const uint32_t rids[] = { 500, 512, 513, 514, 515,
					 544, 545, 546, 547 };

	for (size_t i = 0; i < sizeof(rids) / sizeof(rids[0]); i++) {
		if (rids[i] == rid)
			return true;
	}
	return false;
}

bool lw_id_servable(uint32_t id)
{
	if (id < LW_ID_FIRST || id > INT32_MAX)
		return false;
	if (id >= 60001 && id <= 60577) /* systemd: homed, userdb */
		return false;
	if (id >= 61184 && id <= 65519) /* systemd: DynamicUser */
		return false;
	return id != 65534 && id != 65535;
}

bool lw_id_well_known(const struct lw_idmap *map, uint32_t id,
		      uint32_t *ret_rid)
{
	uint32_t rid = id - map->well_known_base;

	if (id < map->well_known_base || !well_known(rid))
		return false;
	if (map->well_known_base != 0 && !lw_id_servable(id))
		return false;
	*ret_rid = rid;
	return true;
}

bool lw_id_legacy(const struct lw_idmap *map, uint32_t id)
{
	uint32_t rid;

	return lw_id_well_known(map, id, &rid) ||
	       (lw_id_servable(id) && map->legacy_sids);
}
