/* batch.c - one question about many values. A worker process. */
#include "batch.h"

#include "cleanup.h"

/* Servers compare each entry they find with each alternative. */
#define BATCH 50

void lw_batch_by_dn(struct lw_wr *filter, const char *value,
		    const struct lw_config *config)
{
	(void)config;
	lw_filter_pair(filter, "entryDN", lw_str(value));
}

static enum lw_err one(struct lw_conn *c, const struct lw_batch *b,
		       const struct lw_strset *set, size_t from, size_t to,
		       lw_search_fn *fn, void *arg)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	struct lw_query q = { .base = c->setup->config->base_dn,
			      .scope = LDAP_SCOPE_SUBTREE,
			      .attrs = b->attrs,
			      .paged = b->paged };
	enum lw_err e;

	lw_wr_heap(&w, LW_FILTER_MAX);
	lw_filter_raw(&w, "(&");
	lw_filter_raw(&w, b->only);
	lw_filter_raw(&w, "(|");
	for (size_t i = from; i < to; i++)
		b->pairs(&w, set->v[i], c->setup->config);
	lw_filter_raw(&w, "))");
	q.filter = lw_filter_end(&w);
	if (!q.filter)
		return LW_NOMEM;
	e = lw_search(c, &q, fn, arg);
	return e == LW_NOTFOUND ? LW_OFFLINE : e;
}

enum lw_err lw_batch_search(struct lw_conn *c, const struct lw_batch *b,
			    const struct lw_strset *set, size_t from, size_t to,
			    lw_search_fn *fn, void *arg)
{
	enum lw_err e = LW_OK;

	for (size_t i = from; i < to && e == LW_OK; i += BATCH)
		e = one(c, b, set, i, i + BATCH < to ? i + BATCH : to, fn, arg);
	return e;
}
