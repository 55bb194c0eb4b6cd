/*
 * lookup.h - find users, groups and memberships: in the cache, or by asking.
 *
 * What is younger than max_age_ms, or younger than the request, is taken from
 * the cache. Otherwise the worker is asked and LW_PENDING returned; return it
 * from the handler, which will be run again. Once the worker could not say
 * (request.offline), what is stale is taken, and LW_OFFLINE is returned only
 * where nothing is known. Objects are borrowed from the cache until the
 * handler returns or looks up something else.
 */
#ifndef LW_LOOKUP_H
#define LW_LOOKUP_H

#include "link.h"

#define LW_FRESH 0 /* max_age_ms: what was known before is not enough */

enum lw_err lw_find_by_name(struct lw_request *r, enum lw_kind kind,
			    const char *account, int64_t max_age_ms,
			    const struct lw_object **ret);

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

/*
 * Have the groups of user asked for, without waiting for them: who asks a
 * moment later finds them, or that question in flight.
 */
void lw_prefetch_groups_of(struct lw_request *r, const struct lw_object *user);

/*
 * Keep what the worker answered to q (link.h calls this). LW_OK: answered;
 * LW_OFFLINE: it could not say; LW_PROTO: that is no answer.
 */
enum lw_err lw_lookup_absorb(struct lw_front *f, const struct lw_question *q,
			     enum lw_err status, struct lw_rd *body);

#endif
