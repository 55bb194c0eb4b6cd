/*
 * lookup.h - find users, groups and memberships: in the cache, or by asking.
 *
 * What is younger than max_age_ms, or younger than the request, is taken from
 * the replica (kept.h) or the cache. While the directory is followed
 * (follow.h), so is whatever no change has concerned until less than
 * revocation_max ago. Otherwise the worker is asked and LW_PENDING returned;
 * return it from the handler, which will be run again. Once the worker could
 * not say (request.offline), what is stale is taken, and LW_OFFLINE is returned
 * only where nothing is known. Objects are borrowed from the cache until the
 * handler returns or looks up something else.
 */
#ifndef LW_LOOKUP_H
#define LW_LOOKUP_H

#include "link.h"

/*
 * max_age_ms: what was known before is not enough, unless it is followed; or
 * never.
 */
#define LW_FRESH 0
#define LW_ASK	 (-1)

enum lw_err lw_find_by_name(struct lw_request *r, enum lw_kind kind,
			    const char *account, int64_t max_age_ms,
			    const struct lw_object **ret);

/*
 * After LW_NOTFOUND of that: whether there are such entries, and each is kept
 * from having the name by another.
 */
bool lw_find_claimed(struct lw_request *r, enum lw_kind kind,
		     const char *account);

/* LW_NOTFOUND at once for an id that no entry of the domain can have. */
enum lw_err lw_find_by_id(struct lw_request *r, enum lw_kind kind, uint32_t id,
			  int64_t max_age_ms, const struct lw_object **ret);

/* All groups that user is in, nested ones too. */
enum lw_err lw_find_groups_of(struct lw_request *r,
			      const struct lw_object *user, int64_t max_age_ms,
			      const struct lw_ids **ret);

/* All users in group, those of nested groups too. */
enum lw_err lw_find_members_of(struct lw_request *r,
			       const struct lw_object *group,
			       int64_t max_age_ms, const struct lw_ids **ret);

/* The user's name, as pw_name has it. LW_NOTFOUND: he is not served here. */
enum lw_err lw_find_member(struct lw_request *r, uint32_t uid,
			   char ret[LW_NAME_MAX]);

/*
 * Have the groups of user asked for, without waiting for them: who asks a
 * moment later finds them, or that question in flight. Nothing is asked where
 * they are known well enough.
 */
void lw_prefetch_groups_of(struct lw_request *r, const struct lw_object *user);

/*
 * Keep what the worker answered to q (link.h calls this). LW_OK: answered;
 * LW_OFFLINE: it could not say; LW_PROTO: that is no answer.
 */
enum lw_err lw_lookup_absorb(struct lw_front *f, const struct lw_question *q,
			     enum lw_err status, struct lw_rd *body);

/*
 * Whether that is the domain's SID; the first one seen is. LW_PROTO: it is no
 * SID; LW_OFFLINE: another one, which is not believed.
 */
enum lw_err lw_lookup_same_domain(struct lw_front *f, struct lw_str sid);

#endif
