/*
 * strset.h - strings, each once, in the order they came.
 *
 * DNs, SIDs and account names differ in case without differing, so ASCII case
 * is ignored. Entries are read by index while others are added: the queue of
 * a walk through nested groups and the memory of where it has been are one.
 */
#ifndef LW_STRSET_H
#define LW_STRSET_H

#include "wire.h"

struct lw_strset {
	char **v; /* NUL-terminated, in order; the set's own */
	size_t n;
	size_t room;
	uint32_t *slots;   /* index + 1 of an entry, 0: free */
	size_t slot_count; /* a power of two */
	uint32_t seed;
};

/* Zeroed is empty. */
void lw_strset_done(struct lw_strset *s);

/* LW_OK: added. LW_RANGE: was there already. LW_NOMEM. */
enum lw_err lw_strset_add(struct lw_strset *s, struct lw_str str);

bool lw_strset_has(const struct lw_strset *s, struct lw_str str);

#endif
