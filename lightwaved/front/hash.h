/*
 * hash.h - a hash table of links that live in what they find. The front; pure.
 *
 * The hash is SipHash-1-3 with a key of this process: whoever chooses names
 * does not choose chains. What several links with one hash mean is the
 * caller's to compare. Nothing but lw_hash_init() can fail.
 */
#ifndef LW_HASH_H
#define LW_HASH_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

struct lw_hash_link {
	struct lw_hash_link *next;
	uint64_t hash;
};

struct lw_hash {
	struct lw_hash_link **bucket;
	size_t size, count; /* size is a power of two */
};

/* LW_NOMEM. */
enum lw_err lw_hash_init(struct lw_hash *h);
/* The links are the caller's. */
void lw_hash_done(struct lw_hash *h);

/* The same for the same bytes as long as this process lives. */
uint64_t lw_hash_of(const void *p, size_t n);

/* In no table yet; borrowed until it is dropped. */
void lw_hash_add(struct lw_hash *h, struct lw_hash_link *l, uint64_t hash);
void lw_hash_drop(struct lw_hash *h, struct lw_hash_link *l);

/* All links with that hash, one after the other; NULL after the last. */
struct lw_hash_link *lw_hash_first(const struct lw_hash *h, uint64_t hash);
struct lw_hash_link *lw_hash_next(const struct lw_hash_link *l);

#endif
