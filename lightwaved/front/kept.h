/*
 * kept.h - what the replica answers to a request. The front.
 *
 * Whether that is fresh enough the caller decides (lookup.c). Each is false
 * where there is no replica, or nothing in it of what is asked for.
 */
#ifndef LW_KEPT_H
#define LW_KEPT_H

#include "link.h"

struct lw_kept {
	enum lw_err result; /* LW_NOTFOUND: it is there, and not served */
	const struct lw_object *o;
	bool doubted;
	bool claimed; /* by name: by several, and it is nobody's */
};

/* Objects live until the handler's next run. */
bool lw_kept_by_name(struct lw_request *r, enum lw_kind kind,
		     const char *account, struct lw_kept *ret);
bool lw_kept_by_id(struct lw_request *r, enum lw_kind kind, uint32_t id,
		   struct lw_kept *ret);

/* The groups of a user, or the users of a group, whole; as objects live. */
bool lw_kept_list(struct lw_request *r, enum lw_op op,
		  const struct lw_object *of, const struct lw_ids **ret);

/* Another SID than this has that id. */
bool lw_kept_other(struct lw_front *f, enum lw_kind kind, uint32_t id,
		   struct lw_str sid);

/* Whether the followed server has that account disabled. */
bool lw_kept_disabled(struct lw_front *f, struct lw_str sid);

/*
 * What the directory has answered to q on demand. Whichever server that was,
 * it may not yet know what the followed one has told: nothing that is followed
 * becomes otherwise by it.
 */
void lw_kept_learn(struct lw_front *f, const struct lw_question *q,
		   const struct lw_entry *entries, size_t n);

/* The same of a list: where it is the one that is kept, no doubt is left. */
void lw_kept_learn_list(struct lw_front *f, enum lw_kind kind, uint32_t id,
			const struct lw_ids *said);

#endif
