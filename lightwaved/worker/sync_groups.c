/* sync_groups.c - which groups there were. A worker process. */
#include "sync_groups.h"

#include "clock.h"
#include "filter.h"
#include "log.h"
#include "search.h"

#define ASKS 64 /* built at once */

struct missed {
	const char *dn;
	bool there;
};

static enum lw_err ask(struct lw_conn *c, struct missed *missed, size_t n)
{
	static int64_t logged;
	char *attrs[] = { LDAP_NO_ATTRS, NULL };
	struct lw_ask asks[ASKS];
	enum lw_err e;

	for (size_t i = 0; i < n; i++) {
		asks[i] = (struct lw_ask) { .fn = lw_search_seen,
					    .arg = &missed[i].there,
					    .base_may_lack = true };
		asks[i].q = (struct lw_query) { .base = missed[i].dn,
						.scope = LDAP_SCOPE_BASE,
						.filter = LW_IS_GROUP,
						.attrs = attrs };
	}
	e = lw_search_all(c, asks, n);
	for (size_t i = 0; i < n && e == LW_OK; i++) {
		if (!missed[i].there)
			continue;
		if (lw_rarely(&logged))
			lw_log(LOG_ERR,
			       "%s: does not list the group '%s', which is "
			       "there: the server keeps entries back",
			       lw_conn_host(c), missed[i].dn);
		e = LW_OFFLINE;
	}
	return e;
}

enum lw_err lw_sync_groups_gone(struct lw_conn *c,
				const struct lw_strset *known,
				const struct lw_dnset *met)
{
	struct missed missed[ASKS];
	enum lw_err e = LW_OK;
	size_t n = 0;

	for (size_t i = 0; i < known->n && e == LW_OK; i++) {
		if (lw_dnset_find(met, lw_dn_hash(lw_str(known->v[i]))))
			continue;
		missed[n++] = (struct missed) { .dn = known->v[i] };
		if (n < ASKS)
			continue;
		e = ask(c, missed, n);
		n = 0;
	}
	return e == LW_OK && n > 0 ? ask(c, missed, n) : e;
}
