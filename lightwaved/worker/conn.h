/*
 * conn.h - one connection to one of the domain's servers.
 *
 * The best server that is not known to be down is asked (servers.h). Only a
 * failure of the transport leads to another; an answer never does.
 */
#ifndef LW_CONN_H
#define LW_CONN_H

#include "dial.h"
#include "setup.h"
#include "sid.h"

#include <ldap.h>

#define LW_PORT_LDAPS 636
#define LW_PORT_LDAP  389

struct lw_conn {
	const struct lw_setup *setup; /* borrowed */
	LDAP *ld;		      /* NULL: not connected */
	struct lw_endpoint at;	      /* whom it is connected to, or was last */
	char name[LW_ENDPOINT_MAX];   /* ... for log lines */
	struct lw_dial_addr peer;     /* ... its address; len 0: none yet */
	bool plain;	      /* no TLS, on LDAP's port: SASL protects it */
	char sid[LW_SID_MAX]; /* the domain's; "" before the machine's bind */
	bool broken;	 /* the transport failed: nothing more comes from ld */
	bool hardy;	 /* what comes next is asked again if a link was dead */
	bool slow;	 /* ... because the server did not answer in time */
	int64_t used_ms; /* when it was last used */
	int64_t began_ms; /* when what is being waited for began */
	char why[256];	  /* the last failure of a connection, for people */
};

void lw_conn_init(struct lw_conn *c, const struct lw_setup *s);
void lw_conn_close(struct lw_conn *c);

/* Close c unless it is as wanted; it will be so from now on. */
void lw_conn_want(struct lw_conn *c, bool plain);

/*
 * Connect, TLS included, to the best server that can be reached, unless c is
 * connected; one that cannot is down for everybody from then on. Nothing has
 * been sent on a new connection yet. LW_OFFLINE: none can be reached, at once
 * where all are down; LW_NOMEM.
 */
enum lw_err lw_conn_open(struct lw_conn *c);

/*
 * The same with this one server, until until_ms of lw_mono_ms(); its state is
 * not touched: for who finds out. c is not connected. LW_OFFLINE: c->why says
 * why not.
 */
enum lw_err lw_conn_open_at(struct lw_conn *c, const struct lw_endpoint *at,
			    int64_t until_ms);

/* The cheapest question there is, which everybody may ask: is it answered? */
bool lw_conn_answers(struct lw_conn *c, int64_t ms);

/*
 * What every connection is set to, before it is used: time limits, the
 * longest answer, no referrals. false: libldap does not take it.
 */
bool lw_conn_set_options(const struct lw_conn *c, LDAP *ld);

/*
 * Close, and let nobody wait for c's server before a probe has reached it: its
 * transport has failed. No answer in time alone is no such failure, except on
 * a connection that is new.
 */
void lw_conn_failed(struct lw_conn *c);

/*
 * The answer to a question on c did not come in time, which may be the
 * question's fault, or the link's: find out on a new connection, in a short
 * time, to the same address first, whether the server answers anybody. LW_OK:
 * it does, and c is connected to it anew, bound as nobody. LW_OFFLINE: it does
 * not; as after lw_conn_failed(). LW_NOMEM: c is closed, and that is all.
 */
enum lw_err lw_conn_doubt(struct lw_conn *c);

/*
 * Close c if the server has closed it, if another had better be asked, or if
 * it was not used for so long that only asking shows whether somebody is
 * there: unless c->hardy. Without this, what is sent next may be lost, and
 * nobody could say whether it was read.
 */
void lw_conn_refresh(struct lw_conn *c);

/*
 * Note what a libldap call on c gave: sets broken and slow where that was a
 * failure of the transport. Gives rc back.
 */
int lw_conn_note(struct lw_conn *c, int rc);
/* The server has said something to what was asked. */
void lw_conn_heard(struct lw_conn *c);

/* c's server, with its port where that is no usual one; never NULL. */
const char *lw_conn_host(const struct lw_conn *c);

/* One operation's time limit. */
struct timeval lw_conn_limit(const struct lw_conn *c);

#endif
