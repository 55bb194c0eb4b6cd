/*
 * unserved.h - say in the log who is not served here, and why. The front.
 *
 * Each is said once (lw_front_warn_once()), in these words alone, whether the
 * replica or a question found it.
 */
#ifndef LW_UNSERVED_H
#define LW_UNSERVED_H

#include "front.h"

/*
 * e is not served, and why in a few words. Where a name that it claims
 * belongs to another SID, that too.
 */
void lw_unserved_entry(struct lw_front *f, const struct lw_entry *e,
		       const char *why);

/*
 * Nobody is served under that folded name, though so many entries (at least
 * one) claim it, one of them with that SID.
 */
void lw_unserved_name(struct lw_front *f, enum lw_kind kind,
		      const char *account, size_t entries, struct lw_str sid);

#endif
