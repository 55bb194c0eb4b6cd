/*
 * sync_groups.h - which groups there were.
 *
 * A server that keeps a group back takes the rights of everybody in it, and
 * what it denies them. So a group is missing from a list only if the server
 * says that its DN is no entry. sync.c's own.
 */
#ifndef LW_SYNC_GROUPS_H
#define LW_SYNC_GROUPS_H

#include "conn.h"
#include "dnset.h"
#include "strset.h"

/*
 * Ask for each of known that is not in met by its DN. LW_OK: none of them is
 * there. LW_OFFLINE: one is, which is logged, or it was not answered.
 * LW_NOMEM.
 */
enum lw_err lw_sync_groups_gone(struct lw_conn *c,
				const struct lw_strset *known,
				const struct lw_dnset *met);

#endif
