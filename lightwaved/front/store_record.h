/*
 * store_record.h - what the store's records say; doc/STORE.md in C. The front;
 * pure.
 *
 * Decoders are as those of messages (proto.h): LW_PROTO where it is not that,
 * views into what was read. Moments are milliseconds of the wall clock: no
 * other outlives a reboot.
 */
#ifndef LW_STORE_RECORD_H
#define LW_STORE_RECORD_H

#include "cache.h"
#include "replica.h"

/* Another number is a store that nothing is known of. */
#define LW_STORE_FORMAT 1

/* First letters of keys. The state sorts before all others. */
#define LW_STORE_STATE	    "!"
#define LW_STORE_NAMES	    'n' /* kind, account */
#define LW_STORE_OBJECTS    'o' /* kind, id */
#define LW_STORE_GROUPS_OF  'g' /* kind, id */
#define LW_STORE_MEMBERS_OF 'm' /* kind, id */
#define LW_STORE_REPLICA    'r' /* SID */

/*
 * state = u32 format, str domain, str domain_sid, u32 well_known_base,
 *         u8 legacy_sids, str server, u64 highest, u8 replicated, u8 trusted,
 *         u64 confirmed, u64 swept, u64 mark
 */
struct lw_store_state {
	struct lw_str domain, domain_sid;
	uint32_t well_known_base; /* what an id in a list meant */
	bool legacy_sids;
	struct lw_str server; /* whose number highest is */
	uint64_t highest;
	bool replicated, trusted; /* as those of follow_plan.h */
	uint64_t confirmed, swept;
	uint64_t mark; /* the latest moment that this host has seen */
};
void lw_state_encode(struct lw_wr *w, const struct lw_store_state *s);
enum lw_err lw_state_decode(struct lw_rd *r, struct lw_store_state *ret);

/* replica = u8 doubted, entry and members as in a part of SYNC */
void lw_known_encode(struct lw_wr *w, const struct lw_known *k);
enum lw_err lw_known_decode(struct lw_rd *r, struct lw_sync_entry *ret,
			    bool *ret_doubted);

/* name = u64 at, u32 id, str sid; at is 0 where it is not believed */
struct lw_store_name {
	uint64_t at;
	uint32_t id;
	struct lw_str sid;
};
void lw_store_name_encode(struct lw_wr *w, const struct lw_store_name *n);
enum lw_err lw_store_name_decode(struct lw_rd *r, struct lw_store_name *ret);

/* object = u64 at, entry: what was made of one, as if it were one */
void lw_object_encode(struct lw_wr *w, const struct lw_object *o, uint64_t at);
enum lw_err lw_object_decode(struct lw_rd *r, struct lw_entry *ret,
			     uint64_t *ret_at);

/* ids = u64 at, u32 count, count * u32 */
void lw_ids_encode(struct lw_wr *w, const struct lw_ids *ids, uint64_t at);
/* *ret is the caller's; free(3). LW_NOMEM. */
enum lw_err lw_ids_decode(struct lw_rd *r, struct lw_ids **ret,
			  uint64_t *ret_at);

#endif
