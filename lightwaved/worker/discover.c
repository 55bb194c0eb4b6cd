/* discover.c - servers by DNS. A worker process. */
#include "discover.h"

#include "cleanup.h"
#include "fnv.h"
#include "log.h"
#include "srv.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <string.h>
#include <strings.h>

#define ANSWER_MAX  (16 * 1024)
#define REFUSED_MAX 32 /* hosts, of which one is told */

static void close_resolver(struct __res_state *r)
{
	res_nclose(r);
}

static bool known(const struct lw_discovered *d, const char *host)
{
	for (uint32_t i = 0; i < d->n; i++) {
		if (!strcasecmp(d->at[i].host, host))
			return true;
	}
	return false;
}

static void refuse(const char *host, const char *domain)
{
	static uint64_t said[REFUSED_MAX];
	static size_t n;
	uint64_t hash = lw_fnv(LW_FNV_START, host, strlen(host));

	/* Every search finds it anew. */
	for (size_t i = 0; i < n; i++) {
		if (said[i] == hash)
			return;
	}
	if (n == REFUSED_MAX)
		return;
	said[n++] = hash;
	lw_log(LOG_WARNING,
	       "DNS names %s as a server, which is not in %s: not used; if it "
	       "is one, name the servers by 'server' in [domain]",
	       host, domain);
}

static void append(struct lw_discovered *d, const struct lw_srv *v, size_t n,
		   const char *domain)
{
	for (size_t i = 0; i < n && d->n < LW_SERVERS_MAX; i++) {
		if (!lw_srv_inside(v[i].host, domain)) {
			refuse(v[i].host, domain);
			continue;
		}
		if (known(d, v[i].host))
			continue;
		d->at[d->n] = (struct lw_endpoint) { .port = 0 };
		memcpy(d->at[d->n].host, v[i].host, sizeof(v[i].host));
		d->n++;
	}
}

static enum lw_err no_answer(const struct __res_state *r)
{
	return r->res_h_errno == HOST_NOT_FOUND || r->res_h_errno == NO_DATA
		       ? LW_NOTFOUND
		       : LW_OFFLINE;
}

static enum lw_err ask(struct __res_state *r, const struct lw_config *c,
		       const char *name, struct lw_discovered *d)
{
	lw_cleanup(lw_free) uint8_t *answer = malloc(ANSWER_MAX);
	lw_cleanup(lw_free) struct lw_srv *v = calloc(LW_SRV_MAX, sizeof(*v));
	enum lw_err e;
	uint32_t ttl;
	size_t n;
	int len;

	if (!answer || !v)
		return LW_NOMEM;
	len = res_nquery(r, name, ns_c_in, ns_t_srv, answer, ANSWER_MAX);
	e = len < 0 ? no_answer(r)
		    : lw_srv_read(answer,
				  len < ANSWER_MAX ? (size_t)len : ANSWER_MAX,
				  v, &n, &ttl);
	if (e != LW_OK)
		return e == LW_PROTO ? LW_OFFLINE : e;
	lw_srv_order(
		v, n,
		lw_fnv(LW_FNV_START, c->machine_dn, strlen(c->machine_dn)));
	append(d, v, n, c->domain);
	if (ttl < d->ttl)
		d->ttl = ttl;
	return LW_OK;
}

enum lw_err lw_discover(const struct lw_config *c, struct lw_discovered *ret)
{
	lw_cleanup(close_resolver) struct __res_state r = { 0 };
	struct lw_discovered d = { .ttl = LW_DISCOVER_TTL_MAX_S };
	char name[3 * LW_HOST_MAX];
	enum lw_err e = LW_OK;

	if (res_ninit(&r) < 0)
		return LW_OFFLINE;
	r.retrans = 1;
	r.retry = 2;
	if (c->site) {
		snprintf(name, sizeof(name), "_ldap._tcp.%s._sites.%s", c->site,
			 c->domain);
		/* The domain's own do as well. */
		ask(&r, c, name, &d);
	}
	snprintf(name, sizeof(name), "_ldap._tcp.%s", c->domain);
	e = ask(&r, c, name, &d);
	if (d.n == 0)
		return e == LW_OK ? LW_NOTFOUND : e;
	if (d.ttl < LW_DISCOVER_TTL_MIN_S)
		d.ttl = LW_DISCOVER_TTL_MIN_S;
	*ret = d;
	return LW_OK;
}

void lw_discovered_encode(struct lw_wr *w, const struct lw_discovered *d)
{
	lw_wr_u32(w, d->ttl);
	lw_wr_u32(w, d->n);
	for (uint32_t i = 0; i < d->n; i++)
		lw_wr_str(w, lw_str(d->at[i].host));
}

enum lw_err lw_discovered_decode(struct lw_rd *r, struct lw_discovered *ret)
{
	struct lw_discovered d = { 0 };

	d.ttl = lw_rd_u32(r);
	d.n = lw_rd_count(r, 4);
	if (d.n > LW_SERVERS_MAX)
		return LW_PROTO;
	for (uint32_t i = 0; i < d.n; i++) {
		struct lw_str host = lw_rd_str(r);

		if (host.n >= sizeof(d.at[i].host))
			return LW_PROTO;
		if (host.n > 0)
			memcpy(d.at[i].host, host.s, host.n);
		if (!lw_host_valid(d.at[i].host))
			return LW_PROTO;
	}
	if (lw_rd_end(r) != LW_OK)
		return LW_PROTO;
	*ret = d;
	return LW_OK;
}
