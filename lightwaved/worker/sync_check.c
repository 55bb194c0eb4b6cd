/* sync_check.c - did a server keep something back? A worker process. */
#include "sync_check.h"

#include "cleanup.h"
#include "log.h"
#include "search.h"
#include "usn.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define SLICE 200 /* entries */

struct check {
	const struct lw_sync_checked *k;
	bool missed;
};

static enum lw_err take(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct check *ck = arg;
	uint64_t usn = lw_search_number(ld, m, "uSNChanged");
	struct lw_str dn;
	enum lw_err e = lw_search_dn(ld, m, &dn);

	if (e != LW_OK)
		return e;
	if (usn > ck->k->highest || lw_dnset_find(ck->k->met, lw_dn_hash(dn)))
		return LW_OK;
	ck->missed = true;
	return LW_OFFLINE;
}

/*
 * Numbers from `from` to `to` (0: no end). A server that does not take the
 * question has said nothing about the other one.
 */
static enum lw_err look(struct lw_conn *c, const struct lw_sync_checked *k,
			uint64_t from, uint64_t to)
{
	char filter[256], since[64] = "", until[64] = "",
			  *attrs[] = { "uSNChanged", NULL };
	struct lw_query q = { .base = c->setup->config->base_dn,
			      .scope = LDAP_SCOPE_SUBTREE,
			      .filter = filter,
			      .attrs = attrs };
	struct check ck = { .k = k };
	enum lw_err e;

	if (from > 1)
		snprintf(since, sizeof(since), "(uSNChanged>=%" PRIu64 ")",
			 from);
	if (to)
		snprintf(until, sizeof(until), "(uSNChanged<=%" PRIu64 ")", to);
	snprintf(filter, sizeof(filter), "(&%s%s" LW_IS_FOLLOWED ")", since,
		 until);
	e = lw_search(c, &q, take, &ck);
	if (ck.missed)
		lw_log(LOG_ERR,
		       "%s: leaves entries out of its answers: a size limit "
		       "for this machine's account?",
		       lw_conn_host(c));
	/* Too hard a question is none that says anything. */
	return e == LW_OFFLINE && !ck.missed && !c->broken && c->ld ? LW_OK : e;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The numbers, in order; on the heap. */
static uint64_t *numbers(const struct lw_dnset *met, size_t *ret_n)
{
	uint64_t *v = reallocarray(NULL, met->n + 1, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; v && i < met->room; i++) {
		if (met->items[i].hash && met->items[i].number)
			v[n++] = met->items[i].number;
	}
	if (v)
		qsort(v, n, sizeof(*v), by_number);
	*ret_n = n;
	return v;
}

/* Somewhere in the lower part, at random. */
static enum lw_err look_inside(struct lw_conn *c,
			       const struct lw_sync_checked *k,
			       const uint64_t *v, size_t n)
{
	uint32_t at;

	if (getrandom(&at, sizeof(at), GRND_NONBLOCK) < 0)
		at = (uint32_t)n / 2;
	at %= (uint32_t)(n - SLICE);
	return look(c, k, v[at], v[at + SLICE]);
}

enum lw_err lw_sync_check(struct lw_conn *c, const struct lw_sync_checked *k)
{
	size_t n;
	lw_cleanup(lw_free) uint64_t *v = numbers(k->met, &n);
	enum lw_err e = LW_OK;

	if (!v)
		return LW_NOMEM;
	if (n == 0)
		return look(c, k, k->from, 0);
	if (v[0] > k->from)
		e = look(c, k, k->from, v[0] - 1);
	if (e == LW_OK && n > 2 * SLICE)
		e = look_inside(c, k, v, n - SLICE);
	return e == LW_OK ? look(c, k, n > SLICE ? v[n - SLICE] : k->from, 0)
			  : e;
}
