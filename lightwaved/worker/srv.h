/*
 * srv.h - SRV records (RFC 2782): from a DNS answer to servers in order. Pure;
 * a worker process. What a name server sends is as hostile as any input.
 */
#ifndef LW_SRV_H
#define LW_SRV_H

#include "endpoint.h"

#include <stddef.h>
#include <stdint.h>

#define LW_SRV_MAX 64 /* records taken of one answer */

struct lw_srv {
	uint16_t priority, weight;
	char host[LW_HOST_MAX]; /* as it is in a certificate: no dot at the end
				 */
};

/*
 * The records in a DNS message; those whose target is no host name are left
 * out, "." (no such service) among them. ret_ttl: the shortest of all, in
 * seconds. LW_NOTFOUND: there are none. LW_PROTO: it is no DNS message.
 */
enum lw_err lw_srv_read(const uint8_t *msg, size_t len,
			struct lw_srv ret[LW_SRV_MAX], size_t *ret_n,
			uint32_t *ret_ttl);

/*
 * Whether host is a name inside domain, at whatever depth. Who forges a DNS
 * answer can name any host, and perhaps one with a certificate of an authority
 * that we trust: only names of the domain are its owner's to give.
 */
bool lw_srv_inside(const char *host, const char *domain);

/*
 * Into the order to try them in: the lowest priority first, and by chance
 * according to the weights among equals. It hangs on seed alone, not on the
 * order they came in, so that one machine keeps its servers and many machines
 * share them.
 */
void lw_srv_order(struct lw_srv *v, size_t n, uint64_t seed);

#endif
