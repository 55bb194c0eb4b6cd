/* sid.c - the arithmetic of SIDs and ids. Any process; pure. */
#include "sid.h"

#include <stdio.h>
#include <string.h>

#define MACHINE_MAX 0xFFu

/* A decimal number without leading zeros, to its end; false if it is none. */
static bool number(struct lw_str s, uint32_t *ret)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 10 || (s.n > 1 && s.s[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.s[i] - '0');
	}
	if (v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

/* Up to the first '-', which is skipped; s keeps the rest. */
static struct lw_str part(struct lw_str *s)
{
	const char *dash = memchr(s->s, '-', s->n);
	struct lw_str head = { s->s, dash ? (size_t)(dash - s->s) : s->n };
	size_t used = head.n + (dash ? 1 : 0);

	s->s += used;
	s->n -= used;
	return head;
}

bool lw_sid_valid(struct lw_str s)
{
	uint32_t v;

	if (s.n >= LW_SID_MAX || s.n < 5 || memcmp(s.s, "S-1-", 4) != 0 ||
	    s.s[s.n - 1] == '-')
		return false;
	s.s += 4;
	s.n -= 4;
	while (s.n > 0) {
		if (!number(part(&s), &v))
			return false;
	}
	return true;
}

static enum lw_err short_rid(const struct lw_idmap *map, uint32_t rid,
			     uint32_t *ret_id)
{
	uint32_t id = rid + map->well_known_base, back;

	if (rid < LW_ID_FIRST) {
		if (!lw_id_well_known(map, id, &back) || back != rid)
			return LW_INVALID;
		*ret_id = id;
		return LW_OK;
	}
	/* An id has one owner: where well-known ones were moved, they are it.
	 */
	if (!map->legacy_sids || !lw_id_servable(rid) ||
	    lw_id_well_known(map, rid, &back))
		return LW_INVALID;
	*ret_id = rid;
	return LW_OK;
}

enum lw_err lw_sid_to_id(const struct lw_idmap *map, struct lw_str sid,
			 uint32_t *ret_id)
{
	size_t n = strlen(map->domain_sid);
	uint32_t first, rid, id;

	if (!lw_sid_valid(sid))
		return LW_INVALID;
	if (n == 0 || sid.n <= n + 1 ||
	    memcmp(sid.s, map->domain_sid, n) != 0 || sid.s[n] != '-')
		return LW_NOTOURS;
	sid.s += n + 1;
	sid.n -= n + 1;

	if (!number(part(&sid), &first))
		return LW_INVALID;
	if (sid.n == 0)
		return short_rid(map, first, ret_id);
	if (!number(part(&sid), &rid))
		return LW_INVALID;
	if (sid.n != 0)
		return LW_NOTOURS;
	if (first == 0 || first > MACHINE_MAX || rid == 0 || rid > LW_RID_LIMIT)
		return LW_INVALID;
	id = first << LW_RID_BITS | rid;
	if (!lw_id_servable(id))
		return LW_INVALID;
	*ret_id = id;
	return LW_OK;
}

enum lw_err lw_id_to_rids(const struct lw_idmap *map, uint32_t id, char *ret)
{
	uint32_t rid;

	if (!lw_id_ours(map, id))
		return LW_NOTOURS;
	if (lw_id_well_known(map, id, &rid)) {
		snprintf(ret, LW_RID_MAX, "%u", rid);
		return LW_OK;
	}
	if (!lw_id_of_machine(id)) {
		snprintf(ret, LW_RID_MAX, "%u", id);
		return LW_OK;
	}
	if (map->legacy_sids)
		snprintf(ret, LW_RID_MAX, "%u-%u %u", id >> LW_RID_BITS,
			 id & LW_RID_LIMIT, id);
	else
		snprintf(ret, LW_RID_MAX, "%u-%u", id >> LW_RID_BITS,
			 id & LW_RID_LIMIT);
	return LW_OK;
}
