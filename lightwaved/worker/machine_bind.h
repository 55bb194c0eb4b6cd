/*
 * machine_bind.h - who we are to the directory: the bind as the machine.
 */
#ifndef LW_MACHINE_BIND_H
#define LW_MACHINE_BIND_H

#include "conn.h"

/*
 * Bind c, which is connected and carries TLS as lw_sasl_over_tls() says, by
 * the one way of the configuration, once, and read the domain's SID into it.
 * LW_OFFLINE: not possible; c->broken tells whether the transport failed, and
 * where it did not it is logged. c is to be closed then. LW_NOMEM.
 */
enum lw_err lw_machine_bind(struct lw_conn *c);

/*
 * Whether what c was bound with ends so soon that c had better be closed and
 * bound anew.
 */
bool lw_machine_bind_stale(const struct lw_conn *c);

/* How far this process's last lw_machine_bind() came. */
enum lw_machine_step {
	LW_MACHINE_UNTRIED,   /* there was none since lw_machine_bind_reset() */
	LW_MACHINE_UNBOUND,   /* refused, or it could not be tried */
	LW_MACHINE_NO_DOMAIN, /* bound, but does not see the domain's SID */
	LW_MACHINE_BOUND,
};

/* why: one sentence that says what to do, borrowed; "" where there is none. */
void lw_machine_bind_reset(void);
enum lw_machine_step lw_machine_bind_last(const char **ret_why);

#endif
