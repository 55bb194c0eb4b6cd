/*
 * conn.h - one connection to one of the domain's servers, LDAPS only.
 *
 * The servers are asked in the order of the configuration, beginning with the
 * one that answered last. Only a failure of the transport leads to the next
 * one; an answer never does.
 */
#ifndef LW_CONN_H
#define LW_CONN_H

#include "setup.h"
#include "sid.h"

#include <ldap.h>

struct lw_conn {
	const struct lw_setup *setup; /* borrowed */
	LDAP *ld;		      /* NULL: not connected */
	uint32_t server;	      /* index of the one it is connected to */
	char sid[LW_SID_MAX]; /* the domain's; "" before the machine's bind */
	bool broken; /* the transport failed: nothing more comes from ld */
	bool slow;   /* ... because the server did not answer in time */
	int64_t used_ms;
};

void lw_conn_init(struct lw_conn *c, const struct lw_setup *s);
void lw_conn_close(struct lw_conn *c);

/*
 * Connect, TLS included, to the first server that can be reached, unless c is
 * connected. Nothing has been sent on a new connection yet. LW_OFFLINE: none
 * can be reached; LW_NOMEM.
 */
enum lw_err lw_conn_open(struct lw_conn *c);

/*
 * What every connection is set to, before it is made: time limits, the
 * longest answer, no referrals. false: libldap does not take it.
 */
bool lw_conn_set_options(const struct lw_conn *c, LDAP *ld);

/* Close, and begin with the server after this one next time. */
void lw_conn_leave(struct lw_conn *c);

/*
 * Close c if the server has closed it, or if it was not used for so long that
 * only asking shows whether somebody is there. Without this, what is sent
 * next may be lost, and nobody could say whether it was read.
 */
void lw_conn_refresh(struct lw_conn *c);

/*
 * Note what a libldap call on c gave: sets broken and slow where that was a
 * failure of the transport. Gives rc back.
 */
int lw_conn_note(struct lw_conn *c, int rc);

/* The name of c's server, for log lines. */
const char *lw_conn_host(const struct lw_conn *c);

/* One operation's time limit. */
struct timeval lw_conn_limit(const struct lw_conn *c);

/*
 * Whether the TLS library takes the configuration's ca_file. LW_INVALID: it
 * does not.
 */
enum lw_err lw_conn_check_ca(const struct lw_config *config);

#endif
