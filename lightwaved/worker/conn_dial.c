/* conn_dial.c - the TCP connection to a server. A worker process. */
#include "conn_dial.h"

#include "clock.h"
#include "log.h"
#include "resolve.h"

#include <stdio.h>
#include <string.h>

#define LOOKUP_MS 250 /* for new addresses, where old ones are known */

struct lw_endpoint lw_conn_whom(const struct lw_conn *c)
{
	struct lw_endpoint at = c->at;

	if (c->plain)
		at.port = LW_PORT_LDAP;
	else if (!at.port)
		at.port = LW_PORT_LDAPS;
	return at;
}

static const char *reason(enum lw_err e)
{
	return e == LW_NOTFOUND	 ? "its name has no address"
	       : e == LW_OFFLINE ? "its name could not be looked up: the name "
				   "server does not answer"
				 : lw_strerror(e);
}

/* LW_OK: of has addresses, new ones or the last known. */
static enum lw_err look_up(struct lw_conn *c, bool known,
			   struct lw_addrs_of *of, int64_t until_ms)
{
	static int64_t logged;
	struct lw_addrs *all = &c->setup->servers->addrs;
	const struct lw_endpoint at = lw_conn_whom(c);
	int64_t now = lw_mono_ms();
	enum lw_err e;

	if (known && until_ms > now + LOOKUP_MS)
		until_ms = now + LOOKUP_MS;
	if (known) {
		/* Nobody else is to wait for the same. */
		of->asked_ms = now;
		lw_addrs_put(all, of);
	}
	e = lw_resolve(all, &at, until_ms, of);
	if (e == LW_OK)
		return e;
	if (known && lw_rarely(&logged))
		lw_log(LOG_WARNING, "%s: %s; its last known addresses are used",
		       c->name, reason(e));
	if (!known)
		snprintf(c->why, sizeof(c->why), "%s", reason(e));
	return known ? LW_OK : e == LW_NOMEM ? e : LW_OFFLINE;
}

static enum lw_err race(struct lw_conn *c, const struct lw_addrs_of *of,
			int64_t until_ms, int *ret_fd)
{
	enum lw_err e = lw_dial_race(of->v, of->n, until_ms, ret_fd);

	if (e == LW_OFFLINE)
		snprintf(c->why, sizeof(c->why), "port %u: no connection",
			 lw_conn_whom(c).port);
	if (e != LW_OK)
		return e;
	c->peer.len = sizeof(c->peer.sa);
	if (getpeername(*ret_fd, (struct sockaddr *)&c->peer.sa, &c->peer.len))
		c->peer.len = 0;
	return LW_OK;
}

enum lw_err lw_conn_dial(struct lw_conn *c, int64_t until_ms, int *ret_fd)
{
	struct lw_addrs *all = &c->setup->servers->addrs;
	const struct lw_endpoint at = lw_conn_whom(c);
	struct lw_addrs_of of;
	bool known = lw_addrs_get(all, &at, &of);
	bool due = !known || lw_addrs_due(&of, lw_mono_ms());
	enum lw_err e = LW_OK;

	if (due)
		e = look_up(c, known, &of, until_ms);
	if (e == LW_OK)
		e = race(c, &of, until_ms, ret_fd);
	if (e != LW_OFFLINE || !known)
		return e;
	/* The server may have moved. */
	of.known_ms = 0;
	lw_addrs_put(all, &of);
	if (due || !lw_addrs_due(&of, lw_mono_ms()) || lw_mono_ms() >= until_ms)
		return e;
	e = look_up(c, known, &of, until_ms);
	return e == LW_OK ? race(c, &of, until_ms, ret_fd) : e;
}

/* It may be among the others as well, and is tried twice then. */
static void put_first(const struct lw_dial_addr *a, struct lw_addrs_of *of)
{
	if (of->n == LW_DIAL_ADDRS)
		of->n--;
	memmove(of->v + 1, of->v, of->n * sizeof(of->v[0]));
	of->v[0] = *a;
	of->n++;
}

enum lw_err lw_conn_redial(struct lw_conn *c, int64_t until_ms, int *ret_fd)
{
	const struct lw_endpoint at = lw_conn_whom(c);
	struct lw_addrs_of of;

	if (!lw_addrs_get(&c->setup->servers->addrs, &at, &of))
		of.n = 0;
	if (c->peer.len)
		put_first(&c->peer, &of);
	return race(c, &of, until_ms, ret_fd);
}
