/*
 * discover.h - the domain's servers, by DNS. A worker process.
 */
#ifndef LW_DISCOVER_H
#define LW_DISCOVER_H

#include "config.h"
#include "servers.h"
#include "wire.h"

#define LW_DISCOVER_TTL_MIN_S 60
#define LW_DISCOVER_TTL_MAX_S 3600

/* How long found ones are good for, and their hosts in order. */
struct lw_discovered {
	uint32_t ttl; /* seconds */
	uint32_t n;
	struct lw_endpoint at[LW_SERVERS_MAX]; /* without a port */
};

/*
 * Ask for _ldap._tcp of the configuration's site, if it has one, and then of
 * its domain; the site's come first. Of all, the hosts count and not the port,
 * which is that of LDAP without TLS; those outside the domain are left out and
 * logged. LW_OFFLINE: no name server answered. LW_NOTFOUND: there are none.
 */
enum lw_err lw_discover(const struct lw_config *c, struct lw_discovered *ret);

/* discovered = u32 ttl, u32 count, count * str host; LW_PROTO */
void lw_discovered_encode(struct lw_wr *w, const struct lw_discovered *d);
enum lw_err lw_discovered_decode(struct lw_rd *r, struct lw_discovered *ret);

#endif
