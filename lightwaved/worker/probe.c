/* probe.c - is a server back, and which are there? A worker process. */
#include "probe.h"

#include "clock.h"
#include "conn.h"
#include "discover.h"
#include "sasl.h"

#include <stdio.h>
#include <string.h>

void lw_probe_encode(struct lw_wr *w, const struct lw_endpoint *at)
{
	lw_wr_str(w, lw_str(at->host));
	lw_wr_u16(w, at->port);
}

enum lw_err lw_probe_decode(struct lw_rd *r, struct lw_endpoint *ret)
{
	struct lw_endpoint at = { .port = 0 };
	struct lw_str host = lw_rd_str(r);

	at.port = lw_rd_u16(r);
	if (lw_rd_end(r) != LW_OK || host.n == 0 || host.n >= sizeof(at.host))
		return LW_PROTO;
	memcpy(at.host, host.s, host.n);
	*ret = at;
	return LW_OK;
}

static enum lw_err try(struct lw_conn *c, const struct lw_endpoint *at,
		       bool plain, int64_t until)
{
	enum lw_err e;

	lw_conn_want(c, plain);
	e = lw_conn_open_at(c, at, until);
	if (e == LW_OK && !lw_conn_answers(c, until - lw_mono_ms())) {
		snprintf(c->why, sizeof(c->why), "connected, but no answer");
		e = LW_OFFLINE;
	}
	lw_conn_close(c);
	return e;
}

enum lw_err lw_probe_server(const struct lw_setup *s, struct lw_rd *r,
			    struct lw_wr *w)
{
	/* A question's own time: who needs longer is of no use for one. */
	int64_t until = lw_mono_ms() + lw_setup_op_ms(s);
	struct lw_endpoint at;
	struct lw_conn c;
	enum lw_err e = lw_probe_decode(r, &at);

	if (e != LW_OK)
		return e;
	lw_conn_init(&c, s);
	/* Passwords always need TLS, the machine perhaps not. */
	e = try(&c, &at, false, until);
	if (e == LW_OK && !lw_sasl_over_tls(s->config))
		e = try(&c, &at, true, until);
	lw_wr_str(w, lw_str(e == LW_OFFLINE ? c.why
			    : e == LW_OK    ? ""
					    : lw_strerror(e)));
	return LW_OK;
}

enum lw_err lw_probe_discover(const struct lw_setup *s, struct lw_rd *r,
			      struct lw_wr *w)
{
	struct lw_discovered d;
	enum lw_err e = lw_rd_end(r);

	if (e == LW_OK)
		e = lw_discover(s->config, &d);
	if (e == LW_OK)
		lw_discovered_encode(w, &d);
	return e;
}
