/* peer.c - a directory server in memory. Runs in a fuzz target. */
#include "peer.h"

#include "clock.h"
#include "fuzz.h"
#include "log.h"

#include <openldap.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define REQUEST_MAX (4 * 1024 * 1024)

static char domain[] = "lightwave.test", realm[] = PEER_REALM,
	    base[] = "dc=lightwave,dc=test", host[] = "dc1.lightwave.test";
static char *hosts[] = { host };
static const struct lw_config config = {
	.domain = domain,
	.realm = realm,
	.base_dn = base,
	.servers = { hosts, 1 },
	.timeout = 5,
};
static struct lw_servers servers;
static const struct lw_setup setup = { .config = &config, .servers = &servers };

void (*peer_logged)(const char *line);

/* Stands for log.c's. */
void lw_log(int prio, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	(void)prio;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (peer_logged)
		peer_logged(line);
}

/* One element, whatever its tag; its bytes go to ret. */
static ber_tag_t element(struct peer_ber *b, struct peer_ber *ret)
{
	size_t head = 2, len = b->n > 1 ? b->p[1] : 0;
	ber_tag_t tag = b->n > 1 ? b->p[0] : 0;

	if (b->n > 1 && len & 0x80) {
		size_t count = len & 0x7F;

		b->good &= count > 0; /* else: not known yet */
		for (len = 0; count > 0 && head < b->n; count--)
			len = len << 8 | b->p[head++];
		b->good &= count == 0;
	}
	*ret = (struct peer_ber) { .good = false };
	if (!b->good || b->n < head || len > b->n - head) {
		b->good = false;
		return 0;
	}
	*ret = (struct peer_ber) { b->p + head, len, true };
	b->p += head + len;
	b->n -= head + len;
	return tag;
}

struct peer_ber peer_inside(struct peer_ber *b, ber_tag_t tag)
{
	struct peer_ber in;

	if (element(b, &in) != tag)
		b->good = in.good = false;
	return in;
}

struct lw_str peer_octets(struct peer_ber *b)
{
	struct peer_ber in = peer_inside(b, LBER_OCTETSTRING);

	if (!in.good)
		return LW_STR("");
	return (struct lw_str) { (const char *)in.p, in.n };
}

/* The operation in a message, and its id. */
static ber_tag_t operation(const struct peer *p, ber_int_t *ret_id,
			   struct peer_ber *ret)
{
	struct peer_ber all = { p->in, p->in_n, true };
	struct peer_ber message = peer_inside(&all, LBER_SEQUENCE);
	struct peer_ber id = peer_inside(&message, LBER_INTEGER);

	*ret_id = 0;
	for (size_t i = 0; i < id.n; i++)
		*ret_id = (ber_int_t)(*ret_id << 8 | id.p[i]);
	return element(&message, ret);
}

struct peer_ber peer_operation(const struct peer *p, ber_tag_t op)
{
	struct peer_ber in = { .good = false };
	ber_int_t id;

	fuzz_holds(p->whole && operation(p, &id, &in) == op,
		   "that operation was asked for");
	return in;
}

struct peer_ber peer_filter(const struct peer *p)
{
	struct peer_ber search = peer_operation(p, LDAP_REQ_SEARCH);

	peer_octets(&search);		       /* base */
	peer_inside(&search, LBER_ENUMERATED); /* scope */
	peer_inside(&search, LBER_ENUMERATED); /* deref */
	peer_inside(&search, LBER_INTEGER);    /* size limit */
	peer_inside(&search, LBER_INTEGER);    /* time limit */
	peer_inside(&search, LBER_BOOLEAN);    /* types only */
	fuzz_holds(search.good, "a search is one");
	return search;
}

static int begin(Sockbuf_IO_Desc *d, void *arg)
{
	d->sbiod_pvt = arg;
	return 0;
}

static int none(Sockbuf_IO_Desc *d)
{
	(void)d;
	return 0;
}

/* Something, or the end, can always be read. */
static int control(Sockbuf_IO_Desc *d, int opt, void *arg)
{
	(void)d;
	(void)arg;
	return opt == LBER_SB_OPT_DATA_READY;
}

void peer_send(struct peer *p, BerElement *ber)
{
	size_t rest = p->out.bv_len - p->sent;
	struct berval more;
	char *all;

	if (ber_flatten2(ber, &more, 0) < 0)
		abort();
	all = ber_memalloc(rest + more.bv_len + 1);
	if (!all)
		abort();
	if (rest)
		memcpy(all, p->out.bv_val + p->sent, rest);
	if (more.bv_len)
		memcpy(all + rest, more.bv_val, more.bv_len);
	ber_memfree(p->out.bv_val);
	ber_free(ber, 1);
	p->out = (struct berval) { rest + more.bv_len, all };
	p->sent = 0;
}

static ber_slen_t take(Sockbuf_IO_Desc *d, void *buf, ber_len_t n)
{
	struct peer *p = d->sbiod_pvt;

	if (n > p->out.bv_len - p->sent)
		n = p->out.bv_len - p->sent;
	if (n)
		memcpy(buf, p->out.bv_val + p->sent, n);
	p->sent += n;
	return (ber_slen_t)n;
}

static ber_slen_t give(Sockbuf_IO_Desc *d, void *buf, ber_len_t n)
{
	struct peer *p = d->sbiod_pvt;
	struct peer_ber all, message;
	ber_int_t id = 0;
	ber_tag_t op;

	if (p->whole)
		p->in_n = 0;
	p->whole = false;
	if (n > REQUEST_MAX - p->in_n)
		abort();
	p->in = realloc(p->in, p->in_n + n);
	if (!p->in)
		abort();
	memcpy(p->in + p->in_n, buf, n);
	p->in_n += n;
	all = (struct peer_ber) { p->in, p->in_n, true };
	p->whole = element(&all, &message) != 0;
	if (p->whole && p->asked) {
		op = operation(p, &id, &message);
		p->asked(p, id, op);
	}
	return (ber_slen_t)n;
}

static Sockbuf_IO memory = {
	.sbi_setup = begin,
	.sbi_remove = none,
	.sbi_ctrl = control,
	.sbi_read = take,
	.sbi_write = give,
	.sbi_close = none,
};

/* Looked at with poll(2), and always silent. */
static int silence(void)
{
	static int fds[2] = { -1, -1 };

	if (fds[0] < 0 &&
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		abort();
	return fds[0];
}

void peer_open(struct peer *p)
{
	struct lw_endpoint at;
	ber_len_t max = 0;
	Sockbuf *sb = NULL;

	if (lw_endpoint_parse(host, &at) != LW_OK)
		abort();
	lw_servers_replace(&servers, &at, 1);
	lw_servers_ready(&servers);
	p->conn = (struct lw_conn) { .setup = &setup,
				     .at = at,
				     .name = "dc1.lightwave.test",
				     .sid = PEER_SID,
				     .used_ms = lw_mono_ms() };
	if (ldap_init_fd(silence(), LDAP_PROTO_EXT, NULL, &p->conn.ld) ||
	    ldap_get_option(p->conn.ld, LDAP_OPT_SOCKBUF, &sb) ||
	    ber_sockbuf_add_io(sb, &memory, LBER_SBIOD_LEVEL_PROVIDER, p))
		abort();
	fuzz_holds(lw_conn_set_options(&p->conn, p->conn.ld),
		   "libldap takes our options");
	ber_sockbuf_ctrl(sb, LBER_SB_OPT_GET_MAX_INCOMING, &max);
	fuzz_holds(max > 0 && max <= 64 * 1024 * 1024,
		   "no server makes us take all memory");
}

void peer_close(struct peer *p)
{
	p->asked = NULL; /* libldap says good-bye */
	lw_conn_close(&p->conn);
	ber_memfree(p->out.bv_val);
	free(p->in);
	p->in = NULL;
}
