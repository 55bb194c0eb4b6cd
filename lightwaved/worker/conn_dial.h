/*
 * conn_dial.h - the TCP connection under a directory connection. conn.c's own.
 */
#ifndef LW_CONN_DIAL_H
#define LW_CONN_DIAL_H

#include "conn.h"

/* c->at with the port that is spoken to: one in the configuration is LDAPS's.
 */
struct lw_endpoint lw_conn_whom(const struct lw_conn *c);

/*
 * Connect to c's server until until_ms; c->peer is its address then. Its name
 * is looked up where its addresses are not known or were so a while ago; the
 * last known ones do as well where no name server answers within a moment.
 * The descriptor is the caller's. LW_OFFLINE: c->why says why; LW_NOMEM.
 */
enum lw_err lw_conn_dial(struct lw_conn *c, int64_t until_ms, int *ret_fd);

/* The same by what is known, whatever its age: its last address first. */
enum lw_err lw_conn_redial(struct lw_conn *c, int64_t until_ms, int *ret_fd);

#endif
