/*
 * guard.h - an end to a TLS handshake that nobody answers.
 *
 * A server that accepts and then says nothing hangs libldap for ever, and
 * over GnuTLS in a busy loop where a network time-out is set. One process can
 * guard one connection at a time.
 */
#ifndef LW_GUARD_H
#define LW_GUARD_H

#include "err.h"

#include <ldap.h>
#include <stdint.h>

/*
 * Whatever ld does over its socket fd fails once ms milliseconds are over,
 * until lw_guard_end(), after which ld has no network time-out of its own.
 * Uses SIGALRM and ITIMER_REAL. LW_NOMEM: the guard cannot be set up.
 */
enum lw_err lw_guard_begin(LDAP *ld, int fd, int64_t ms);
void lw_guard_end(void);

#endif
