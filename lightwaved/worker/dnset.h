/*
 * dnset.h - which DNs were met, in 16 bytes each.
 *
 * Only a keyed hash of 64 bits is kept, with a number. Who writes DNs does not
 * know the key.
 */
#ifndef LW_DNSET_H
#define LW_DNSET_H

#include "wire.h"

struct lw_dnset_item {
	uint64_t hash;	 /* 0: free */
	uint64_t number; /* the last one given for it */
};

struct lw_dnset {
	struct lw_dnset_item *items;
	size_t room; /* a power of two */
	size_t n;
};

/* Zeroed is empty. */
void lw_dnset_done(struct lw_dnset *s);

/*
 * The hash of a DN, in whatever spelling (dn.h) and ASCII case; never 0, and
 * another one in each process.
 */
uint64_t lw_dn_hash(struct lw_str dn);

/* LW_OK: added. LW_RANGE: was there already, and has this number now.
 * LW_NOMEM. */
enum lw_err lw_dnset_add(struct lw_dnset *s, uint64_t hash, uint64_t number);

/* NULL: is not there. The set's own, to the next lw_dnset_add(). */
const struct lw_dnset_item *lw_dnset_find(const struct lw_dnset *s,
					  uint64_t hash);

/* The highest number that is not above most; 0: none. */
uint64_t lw_dnset_highest(const struct lw_dnset *s, uint64_t most);

#endif
