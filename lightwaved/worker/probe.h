/*
 * probe.h - the jobs of the probe pool, which the master gives out itself: a
 * wait for a server that is down is never a user's. A worker process.
 */
#ifndef LW_PROBE_H
#define LW_PROBE_H

#include "setup.h"
#include "wire.h"

/* Between master and workers only. */
#define LW_OP_PROBE_SERVER 0x3FF0u /* endpoint -> str why not; "": reached */
#define LW_OP_DISCOVER	   0x3FF1u /* nothing -> discovered (discover.h) */

/* endpoint = str host, u16 port */
void lw_probe_encode(struct lw_wr *w, const struct lw_endpoint *at);
enum lw_err lw_probe_decode(struct lw_rd *r, struct lw_endpoint *ret);

/*
 * Whether the server can be reached the way we need it, TLS and the first
 * answer included; without any secret. Writes the answer. LW_PROTO.
 */
enum lw_err lw_probe_server(const struct lw_setup *s, struct lw_rd *r,
			    struct lw_wr *w);

/* Look for servers and write which there are; as lw_discover(). */
enum lw_err lw_probe_discover(const struct lw_setup *s, struct lw_rd *r,
			      struct lw_wr *w);

#endif
