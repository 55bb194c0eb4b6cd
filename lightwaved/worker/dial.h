/*
 * dial.h - a TCP connection to one server, by whichever of its addresses
 * answers first (RFC 8305). A worker process.
 */
#ifndef LW_DIAL_H
#define LW_DIAL_H

#include "endpoint.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define LW_DIAL_ADDRS	   8
#define LW_DIAL_STAGGER_MS 250

struct lw_dial_addr {
	struct sockaddr_storage sa;
	socklen_t len;
};

/*
 * The addresses of at's host, with its families taking turns, the resolver's
 * first choice first. LW_NOTFOUND: it has none. LW_OFFLINE: nobody could tell.
 */
enum lw_err lw_dial_resolve(const struct lw_endpoint *at, uint16_t port,
			    struct lw_dial_addr ret[LW_DIAL_ADDRS],
			    size_t *ret_n);

/*
 * Connect to one of n addresses, until until_ms of lw_mono_ms(): the next one
 * is begun when LW_DIAL_STAGGER_MS are over, or at once if none is left that
 * may yet answer. After the last come the silent ones again: what was sent to
 * a server that was just coming back is otherwise repeated a second later.
 * The descriptor blocks and is the caller's. LW_OFFLINE: nobody answered;
 * LW_NOMEM.
 */
enum lw_err lw_dial_race(const struct lw_dial_addr *v, size_t n,
			 int64_t until_ms, int *ret_fd);

#endif
