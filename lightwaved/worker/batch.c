/* batch.c - one question about many values. A worker process. */
#include "batch.h"

#include "cleanup.h"

#include <string.h>
#include <strings.h>

/* Servers compare each entry they find with each alternative. */
#define BATCH_VALUES 50
/* ... and read a request whole; four of them have to fit into a socket. */
#define BATCH_BYTES (16 * 1024)
#define ASKS	    64 /* built at once */

struct asks {
	struct lw_ask ask[ASKS];
	struct lw_wr filter[ASKS];
	size_t n;
};

static void asks_done(struct asks *a)
{
	for (size_t i = 0; i < a->n; i++)
		lw_wr_done(&a->filter[i]);
	a->n = 0;
}

void lw_batch_by_dn(struct lw_wr *filter, const char *value,
		    const struct lw_config *config)
{
	(void)config;
	lw_filter_pair(filter, "entryDN", lw_str(value));
}

char *lw_batch_cn(const char *dn)
{
	char *ret = NULL;
	LDAPDN parts;

	if (ldap_str2dn(dn, &parts, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
		return NULL;
	if (parts && parts[0] && parts[0][0] && !parts[0][1]) {
		const LDAPAVA *a = parts[0][0];
		struct lw_str v = { a->la_value.bv_val, a->la_value.bv_len };

		if (a->la_attr.bv_len == 2 &&
		    !strncasecmp(a->la_attr.bv_val, "cn", 2) && v.n > 0 &&
		    !memchr(v.s, '\0', v.n))
			ret = lw_str_dup(v);
	}
	ldap_dnfree(parts);
	return ret;
}

void lw_batch_by_dn_and_cn(struct lw_wr *filter, const char *value,
			   const struct lw_config *config)
{
	lw_cleanup(lw_free) char *cn = lw_batch_cn(value);

	lw_batch_by_dn(filter, value, config);
	if (cn)
		lw_filter_pair(filter, "sAMAccountName", lw_str(cn));
}

/* The next values of b, from at on, as one search. */
static enum lw_err add_ask(struct lw_conn *c, struct asks *a,
			   const struct lw_batch *b, size_t *at)
{
	struct lw_wr *w = &a->filter[a->n];
	struct lw_ask *ask = &a->ask[a->n++];

	lw_wr_heap(w, LW_FILTER_MAX);
	lw_filter_raw(w, "(&");
	lw_filter_raw(w, b->only);
	lw_filter_raw(w, "(|");
	for (size_t n = 0; *at < b->to && n < BATCH_VALUES; n++) {
		b->pairs(w, b->set->v[*at], c->setup->config);
		++*at;
		if (lw_wr_end(w) != LW_OK ||
		    (size_t)(w->p - w->base) > BATCH_BYTES)
			break;
	}
	lw_filter_raw(w, "))");
	*ask = (struct lw_ask) { .fn = b->fn, .arg = b->arg };
	ask->q = (struct lw_query) { .base = c->setup->config->base_dn,
				     .scope = LDAP_SCOPE_SUBTREE,
				     .filter = lw_filter_end(w),
				     .attrs = b->attrs };
	return ask->q.filter ? LW_OK : LW_NOMEM;
}

enum lw_err lw_batch_search(struct lw_conn *c, const struct lw_batch *b,
			    size_t n)
{
	size_t i = 0, at = n ? b[0].from : 0;
	enum lw_err e = LW_OK;

	while (i < n && e == LW_OK) {
		lw_cleanup(asks_done) struct asks asks = { .n = 0 };

		while (i < n && asks.n < ASKS && e == LW_OK) {
			if (at < b[i].to)
				e = add_ask(c, &asks, &b[i], &at);
			else if (++i < n)
				at = b[i].from;
		}
		if (e == LW_OK)
			e = lw_search_all(c, asks.ask, asks.n);
	}
	return e == LW_NOTFOUND ? LW_OFFLINE : e;
}
