/*
 * gids.h - the answer to LW_OP_INITGROUPS. Any process; pure.
 */
#ifndef LW_GIDS_H
#define LW_GIDS_H

#include "wire.h"

#include <sys/types.h>

/* The kernel takes no more for a process (NGROUPS_MAX). */
#define LW_GIDS_MAX 65536

/*
 * u32 count, count * u32 gid, and the end: each once, in rising order. ret is
 * the caller's to free. LW_PROTO: it is not that. LW_NOMEM.
 */
enum lw_err lw_gids_decode(struct lw_rd *r, gid_t **ret, uint32_t *ret_n);

#endif
