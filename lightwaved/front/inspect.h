/*
 * inspect.h - what is known of whom, for people. The front. Nobody is asked,
 * and nothing becomes known by it.
 */
#ifndef LW_INSPECT_H
#define LW_INSPECT_H

#include "cached.h"
#include "lookup.h"

/* The id that a folded name leads to, whatever its age. false: none. */
bool lw_inspect_name(struct lw_request *r, enum lw_kind kind,
		     const char *account, uint32_t *ret_id);

/*
 * What is known of that entry; with its list too, or without. Strings are
 * borrowed until the handler returns. false: nothing that is served.
 */
bool lw_inspect_entry(struct lw_request *r, enum lw_kind kind, uint32_t id,
		      bool list, struct lw_cached *ret);

/* That nobody has that name; account is borrowed. false: that is not known. */
bool lw_inspect_miss(struct lw_request *r, enum lw_kind kind,
		     const char *account, struct lw_cached *ret);

/*
 * The lowest ids of that kind above `after` of which anything is known, at most
 * max of them, in order. ret is the caller's to free. LW_NOMEM.
 */
enum lw_err lw_inspect_ids(struct lw_front *f, enum lw_kind kind,
			   uint32_t after, size_t max, uint32_t **ret,
			   size_t *ret_n);

#endif
