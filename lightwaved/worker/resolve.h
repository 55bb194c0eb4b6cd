/*
 * resolve.h - look a server's name up, and wait no longer than one likes. A
 * worker process.
 */
#ifndef LW_RESOLVE_H
#define LW_RESOLVE_H

#include "addrs.h"

/*
 * The addresses of at (with its port), until until_ms of lw_mono_ms(). What
 * comes later is kept in a for the next one who asks, and so is what comes in
 * time. LW_NOTFOUND: it has none; LW_OFFLINE: no name server has answered yet;
 * LW_NOMEM.
 */
enum lw_err lw_resolve(struct lw_addrs *a, const struct lw_endpoint *at,
		       int64_t until_ms, struct lw_addrs_of *ret);

#endif
