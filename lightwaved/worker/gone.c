/* gone.c - what is really not there. A worker process. */
#include "gone.h"

#include "batch.h"
#include "cleanup.h"
#include "clock.h"
#include "dn.h"
#include "log.h"

#include <string.h>
#include <strings.h>

#define ASKS	 64 /* built at once */
#define MAX_EACH 200

static enum lw_err kept_back(struct lw_conn *c, struct lw_str dn)
{
	static int64_t logged;

	if (lw_rarely(&logged))
		lw_log(LOG_ERR,
		       "%s: searches do not give '%.*s', which is there: the "
		       "server keeps entries back",
		       lw_conn_host(c), (int)dn.n, dn.s);
	return LW_OFFLINE;
}

/* Both are spelled as dn.h has it. */
static bool ends_with(const char *dn, struct lw_str base)
{
	size_t n = strlen(dn);

	return n > base.n && dn[n - base.n - 1] == ',' &&
	       !strncasecmp(dn + n - base.n, base.s, base.n);
}

static enum lw_err ask(struct lw_conn *c, char *const *dns, size_t n,
		       const char *only)
{
	char *attrs[] = { LDAP_NO_ATTRS, NULL };
	struct lw_ask asks[ASKS];
	bool there[ASKS] = { false };
	enum lw_err e;

	for (size_t i = 0; i < n; i++) {
		asks[i] = (struct lw_ask) { .fn = lw_search_seen,
					    .arg = &there[i],
					    .base_may_lack = true };
		asks[i].q = (struct lw_query) { .base = dns[i],
						.scope = LDAP_SCOPE_BASE,
						.filter = only,
						.attrs = attrs };
	}
	e = lw_search_all(c, asks, n);
	for (size_t i = 0; i < n && e == LW_OK; i++) {
		if (there[i])
			e = kept_back(c, lw_str(dns[i]));
	}
	return e;
}

static enum lw_err each(struct lw_conn *c, const struct lw_strset *dns,
			size_t most, const char *only)
{
	lw_cleanup(lw_dn_done) struct lw_dn base = { .own = NULL };
	enum lw_err e = lw_dn_read(lw_str(c->setup->config->base_dn), &base);
	char *some[ASKS];
	size_t n = 0;

	for (size_t i = 0; i < dns->n && i < most && e == LW_OK; i++) {
		if (!ends_with(dns->v[i], base.s))
			continue;
		some[n++] = dns->v[i];
		if (n < ASKS)
			continue;
		e = ask(c, some, n, only);
		n = 0;
	}
	return e == LW_OK && n > 0 ? ask(c, some, n, only) : e;
}

enum lw_err lw_gone_each(struct lw_conn *c, const struct lw_strset *dns,
			 const char *only)
{
	return each(c, dns, dns->n, only);
}

static enum lw_err take(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct lw_str dn;
	enum lw_err e = lw_search_dn(ld, m, &dn);

	return e == LW_OK ? kept_back(arg, dn) : e;
}

enum lw_err lw_gone_many(struct lw_conn *c, const struct lw_strset *dns,
			 const char *only)
{
	char *attrs[] = { LDAP_NO_ATTRS, NULL };
	struct lw_batch b = { .only = only,
			      .pairs = lw_batch_by_dn,
			      .attrs = attrs,
			      .fn = take,
			      .arg = c,
			      .set = dns,
			      .to = dns->n };
	enum lw_err e = LW_OK;

	if (dns->n > MAX_EACH)
		e = lw_batch_search(c, &b, 1);
	return e == LW_OK ? each(c, dns, MAX_EACH, only) : e;
}
