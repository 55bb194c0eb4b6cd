/*
 * guard.h - an end to a TLS handshake that nobody answers.
 *
 * libldap's network time-out ends with the TCP connection. A server that
 * accepts and then says nothing hangs libldap for ever, and over GnuTLS in a
 * busy loop. One process can guard one connection at a time.
 */
#ifndef LW_GUARD_H
#define LW_GUARD_H

#include "err.h"

#include <ldap.h>

/*
 * From its TCP connection on, whatever ld does fails once ms milliseconds
 * are over, until lw_guard_end(). Uses SIGALRM and ITIMER_REAL. LW_NOMEM: the
 * guard cannot be set up.
 */
enum lw_err lw_guard_begin(LDAP *ld, int ms);
void lw_guard_end(void);

#endif
