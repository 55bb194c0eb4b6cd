/*
 * sasl.h - a bind as the machine by the one SASL mechanism of [machine]
 * sasl_mech.
 *
 * GSSAPI goes in clear to port 389 and signs and seals what follows; every
 * other mechanism goes over LDAPS, as most have no such layer. No mechanism
 * but the configured one is ever tried.
 */
#ifndef LW_SASL_H
#define LW_SASL_H

#include "conn.h"

/* What libldap and Cyrus call the strength of DES: less is refused. */
#define LW_SASL_MIN_SSF 56

/* Whether the machine's connections carry TLS. */
bool lw_sasl_over_tls(const struct lw_config *c);

/*
 * Bind c, which is connected. LW_OFFLINE: it is not bound and good for nothing
 * but being closed; c->broken tells whether the transport failed, and
 * otherwise why holds one sentence. LW_NOMEM.
 */
enum lw_err lw_sasl_bind(struct lw_conn *c, char *why, size_t why_size);

/*
 * The seconds that what c was bound with is still good for, for GSSAPI: the
 * rest of the ticket's life less a margin, 0 if that is over. INT64_MAX
 * otherwise.
 */
int64_t lw_sasl_good_for(const struct lw_config *c);

#endif
