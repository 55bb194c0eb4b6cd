/*
 * batch.h - one question about many values, fifty at a time.
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
	bool paged;
};

/*
 * Under the domain, entries that match any of values from (included) to to
 * (excluded) of the set, to which fn may add. As lw_search(), but a missing
 * base is LW_OFFLINE: the domain itself is not there.
 */
enum lw_err lw_batch_search(struct lw_conn *c, const struct lw_batch *b,
			    const struct lw_strset *set, size_t from, size_t to,
			    lw_search_fn *fn, void *arg);

/* (entryDN=value) */
void lw_batch_by_dn(struct lw_wr *filter, const char *value,
		    const struct lw_config *config);

#endif
