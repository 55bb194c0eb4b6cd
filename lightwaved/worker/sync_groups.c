/* sync_groups.c - which groups there were. A worker process. */
#include "sync_groups.h"

#include "cleanup.h"
#include "filter.h"
#include "gone.h"

enum lw_err lw_sync_groups_gone(struct lw_conn *c,
				const struct lw_strset *known,
				const struct lw_dnset *met)
{
	lw_cleanup(lw_strset_done) struct lw_strset missing = { 0 };

	for (size_t i = 0; i < known->n; i++) {
		struct lw_str dn = lw_str(known->v[i]);

		if (!lw_dnset_find(met, lw_dn_hash(dn)) &&
		    lw_strset_add(&missing, dn) == LW_NOMEM)
			return LW_NOMEM;
	}
	return lw_gone_each(c, &missing, LW_IS_GROUP);
}
