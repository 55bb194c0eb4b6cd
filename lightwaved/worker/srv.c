/* srv.c - SRV records, RFC 2782. A worker process; pure. */
#include "srv.h"

#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FIXED 6 /* bytes of priority, weight and port */

static bool take(const ns_msg *m, const ns_rr *rr, struct lw_srv *ret)
{
	const uint8_t *p = ns_rr_rdata(*rr);
	size_t n;

	if (ns_rr_rdlen(*rr) <= FIXED ||
	    ns_name_uncompress(ns_msg_base(*m), ns_msg_end(*m), p + FIXED,
			       ret->host, sizeof(ret->host)) < 0)
		return false;
	n = strlen(ret->host);
	if (n > 0 && ret->host[n - 1] == '.')
		ret->host[n - 1] = '\0';
	ret->priority = (uint16_t)(p[0] << 8 | p[1]);
	ret->weight = (uint16_t)(p[2] << 8 | p[3]);
	/* The port is LDAP's, which we have no use for. */
	return lw_host_valid(ret->host);
}

enum lw_err lw_srv_read(const uint8_t *msg, size_t len,
			struct lw_srv ret[LW_SRV_MAX], size_t *ret_n,
			uint32_t *ret_ttl)
{
	uint32_t ttl = UINT32_MAX;
	size_t n = 0;
	ns_msg m;
	ns_rr rr;

	if (len > NS_MAXMSG || ns_initparse(msg, (int)len, &m) < 0)
		return LW_PROTO;
	for (int i = 0; i < ns_msg_count(m, ns_s_an) && n < LW_SRV_MAX; i++) {
		if (ns_parserr(&m, ns_s_an, i, &rr) < 0)
			return LW_PROTO;
		if (ns_rr_type(rr) != ns_t_srv || ns_rr_class(rr) != ns_c_in ||
		    !take(&m, &rr, &ret[n]))
			continue;
		if (ns_rr_ttl(rr) < ttl)
			ttl = ns_rr_ttl(rr);
		n++;
	}
	if (n == 0)
		return LW_NOTFOUND;
	*ret_n = n;
	*ret_ttl = ttl;
	return LW_OK;
}

bool lw_srv_inside(const char *host, const char *domain)
{
	size_t n = strlen(host), tail = strlen(domain);

	return n > tail + 1 && host[n - tail - 1] == '.' &&
	       !strcasecmp(host + n - tail, domain);
}

static int before(const void *pa, const void *pb)
{
	const struct lw_srv *a = pa, *b = pb;

	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	/* RFC 2782 has those without weight first, to give them a chance. */
	if ((a->weight == 0) != (b->weight == 0))
		return a->weight == 0 ? -1 : 1;
	return strcasecmp(a->host, b->host);
}

/* splitmix64: no secret, only a spread. */
static uint32_t below(uint64_t *state, uint32_t n)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return (uint32_t)((z ^ z >> 31) % n);
}

/* Bring one of n, by chance and weight, to the front; the rest keeps its order.
 */
static void pick(struct lw_srv *v, size_t n, uint64_t *state)
{
	uint32_t sum = 0, at;
	struct lw_srv chosen;
	size_t i = 0;

	for (size_t j = 0; j < n; j++)
		sum += v[j].weight;
	at = below(state, sum + 1);
	for (sum = v[0].weight; sum < at; sum += v[i].weight)
		i++;
	chosen = v[i];
	memmove(&v[1], &v[0], i * sizeof(*v));
	v[0] = chosen;
}

void lw_srv_order(struct lw_srv *v, size_t n, uint64_t seed)
{
	qsort(v, n, sizeof(*v), before);
	for (size_t i = 0; i < n; i++) {
		size_t equals = 1;

		while (i + equals < n &&
		       v[i + equals].priority == v[i].priority)
			equals++;
		pick(&v[i], equals, &seed);
	}
}
