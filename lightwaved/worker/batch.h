/*
 * batch.h - one question about many values, some hundred at a time.
 */
#ifndef LW_BATCH_H
#define LW_BATCH_H

#include "filter.h"
#include "search.h"
#include "strset.h"

struct lw_batch {
	const char *only; /* filter text that every entry has to match too */
	/* Writes the alternatives for one value with lw_filter_pair(). */
	void (*pairs)(struct lw_wr *filter, const char *value,
		      const struct lw_config *config);
	char **attrs;
	lw_search_fn *fn;
	void *arg;

	/* The values: of set, which fn may add to, from (included) to to. */
	const struct lw_strset *set;
	size_t from, to;
};

/*
 * Under the domain, entries that match any of the values. Several batches are
 * on their way together. As lw_search(), but a missing base is LW_OFFLINE: the
 * domain itself is not there.
 */
enum lw_err lw_batch_search(struct lw_conn *c, const struct lw_batch *b,
			    size_t n);

/* (entryDN=value) */
void lw_batch_by_dn(struct lw_wr *filter, const char *value,
		    const struct lw_config *config);

/*
 * (entryDN=value)(sAMAccountName=its cn): a group, and who else might have its
 * name. lw_batch_cn() says what that is.
 */
void lw_batch_by_dn_and_cn(struct lw_wr *filter, const char *value,
			   const struct lw_config *config);

/* The value of a DN's first part if that is a cn, on the heap; else NULL. */
char *lw_batch_cn(const char *dn);

#endif
