/*
 * table.h - a map from strings to values, with a bound. The front.
 *
 * When it is full, the value that was put there longest ago goes.
 */
#ifndef LW_TABLE_H
#define LW_TABLE_H

#include "hash.h"

#include <sys/queue.h>

struct lw_table_entry;

struct lw_table {
	struct lw_hash by_key;
	TAILQ_HEAD(lw_table_order, lw_table_entry) order;
	size_t count, max;
	void (*free_value)(void *);
};

/* free_value may be free(3); it gets every value that leaves the table. */
void lw_table_init(struct lw_table *t, size_t max, void (*free_value)(void *));
void lw_table_clear(struct lw_table *t);

/* NULL if there is none; borrowed until the next put, drop or clear. */
void *lw_table_get(const struct lw_table *t, const char *key);

/*
 * Takes value, also when it fails; the old one under that key is freed.
 * LW_NOMEM.
 */
enum lw_err lw_table_put(struct lw_table *t, const char *key, void *value);
/* All values, the one that was put first first; fn leaves the table as it is.
 */
void lw_table_each(const struct lw_table *t, void (*fn)(void *value, void *arg),
		   void *arg);
void lw_table_drop(struct lw_table *t, const char *key);

/* The key that was put there longest ago, borrowed; NULL: it is empty. */
const char *lw_table_first(const struct lw_table *t);
/* fn for each key, from that one on; it leaves t as it is. */
void lw_table_keys(const struct lw_table *t,
		   void (*fn)(void *arg, const char *key), void *arg);

#endif
