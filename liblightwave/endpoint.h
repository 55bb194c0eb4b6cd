/*
 * endpoint.h - a server as the configuration names it: host and port.
 *
 * "dc1.lightwave.test", "dc1.lightwave.test:1636", "[2001:db8::1]:636",
 * "192.0.2.7". Pure; both daemons.
 */
#ifndef LW_ENDPOINT_H
#define LW_ENDPOINT_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_HOST_MAX	254 /* with its NUL; RFC 1035 */
#define LW_ENDPOINT_MAX (LW_HOST_MAX + 8)

struct lw_endpoint {
	char host[LW_HOST_MAX]; /* a name or an address, without brackets */
	uint16_t port;		/* 0: the default of whatever is spoken */
};

/* A host name: letters, digits, '-' within labels of at most 63. */
bool lw_host_valid(const char *name);

/* LW_INVALID: it is neither. */
enum lw_err lw_endpoint_parse(const char *text, struct lw_endpoint *ret);

/* The same host, in whatever case, and the same port. */
bool lw_endpoint_same(const struct lw_endpoint *a, const struct lw_endpoint *b);

/* host:port, with brackets where the host has colons. */
void lw_endpoint_format(const struct lw_endpoint *e, uint16_t default_port,
			char ret[LW_ENDPOINT_MAX]);

#endif
