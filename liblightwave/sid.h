/*
 * sid.h - uid and gid from objectSid, and back.
 *
 * vmdir writes a SID as text: the domain's SID, then "-RID" for well-known
 * and old objects or "-MACHINE-RID" for all others. The id is what likewise
 * computed, so that files keep their owners: RID alone, or MACHINE << 24 | RID.
 * Nothing but the SID decides it: uidNumber is its owner's to write.
 */
#ifndef LW_SID_H
#define LW_SID_H

#include "wire.h"

#define LW_SID_MAX 192 /* longest SID text, NUL included */
#define LW_RID_MAX 32  /* longest "RID RID" list, NUL included */

/* An id is MACHINE << LW_RID_BITS | RID. */
#define LW_RID_BITS  24
#define LW_RID_LIMIT 0x00FFFFFFu
#define LW_ID_FIRST  1000u /* lower ones are well-known objects' alone */

struct lw_idmap {
	const char *domain_sid;	  /* borrowed; as text, "S-1-7-21-..." */
	uint32_t well_known_base; /* added to RIDs below 1000; 0: none */
	bool legacy_sids; /* accept "-RID" with a RID of 1000 and more */
};

/* Whether s is a SID in text form: "S-1-", then numbers with '-' between. */
bool lw_sid_valid(struct lw_str s);

/*
 * The id of an object. LW_NOTOURS: not directly under the domain's SID.
 * LW_INVALID: malformed, overflowing, or an id that must not be served
 * (lw_id_servable).
 */
enum lw_err lw_sid_to_id(const struct lw_idmap *map, struct lw_str sid,
			 uint32_t *ret_id);

/*
 * The RID parts that map to id: one, or two with a blank between them when
 * legacy SIDs are accepted; ret is LW_RID_MAX bytes. LW_NOTOURS: no object of
 * this domain can have that id.
 */
enum lw_err lw_id_to_rids(const struct lw_idmap *map, uint32_t id, char *ret);

/* A machine gave it out: not a well-known object's, and no RID alone. */
static inline bool lw_id_of_machine(uint32_t id)
{
	return id >> LW_RID_BITS != 0 && id <= INT32_MAX &&
	       (id & LW_RID_LIMIT) != 0;
}

/* Whether id is that of a well-known object, whose RID it then gives. */
bool lw_id_well_known(const struct lw_idmap *map, uint32_t id,
		      uint32_t *ret_rid);

/* Inside: whether any other object of this domain can have that id. */
bool lw_id_legacy(const struct lw_idmap *map, uint32_t id);

/* Whether an object of this domain can have that id at all. */
static inline bool lw_id_ours(const struct lw_idmap *map, uint32_t id)
{
	return lw_id_of_machine(id) || lw_id_legacy(map, id);
}

/*
 * Whether an id may be given to a directory account at all: not root, not
 * what systems and systemd keep for themselves, not (uid_t)-1, not negative.
 * Ids of well-known objects (below 1000) pass only through the map.
 */
bool lw_id_servable(uint32_t id);

#endif
