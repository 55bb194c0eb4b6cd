/* conn.c - a connection to one of the domain's servers. A worker process. */
#include "conn.h"

#include "cleanup.h"
#include "clock.h"
#include "conn_dial.h"
#include "guard.h"
#include "log.h"
#include "tls.h"

#include <errno.h>
#include <openldap.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Firewalls forget idle connections without telling; after this we ask. */
#define IDLE_MS	     15000
#define ANSWERS_MS   1000
#define DOUBT_MIN_MS 300
#define READ_MS	     200
/*
 * libldap makes room for what a server announces, before it is there: 2 GB
 * for six bytes. A group's 100,000 members, all in one entry, take less.
 */
#define MESSAGE_MAX (64 * 1024 * 1024)

void lw_conn_init(struct lw_conn *c, const struct lw_setup *s)
{
	*c = (struct lw_conn) { .setup = s };
}

void lw_conn_close(struct lw_conn *c)
{
	if (c->ld)
		ldap_unbind_ext(c->ld, NULL, NULL);
	c->ld = NULL;
	c->sid[0] = '\0';
	c->broken = c->slow = false;
}

void lw_conn_want(struct lw_conn *c, bool plain)
{
	if (c->plain != plain)
		lw_conn_close(c);
	c->plain = plain;
}

const char *lw_conn_host(const struct lw_conn *c)
{
	return c->name;
}

struct timeval lw_conn_limit(const struct lw_conn *c)
{
	int ms = lw_setup_op_ms(c->setup);

	return (struct timeval) { ms / 1000, ms % 1000 * 1000 };
}

static bool set_int(LDAP *ld, int option, int value)
{
	return ldap_set_option(ld, option, &value) == LDAP_OPT_SUCCESS;
}

static bool limit_message(LDAP *ld)
{
	ber_len_t max = MESSAGE_MAX;
	Sockbuf *sb = NULL;

	return !ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sb) && sb &&
	       ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_MAX_INCOMING, &max) == 1;
}

bool lw_conn_set_options(const struct lw_conn *c, LDAP *ld)
{
	struct timeval limit = lw_conn_limit(c);

	return limit_message(ld) &&
	       set_int(ld, LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3) &&
	       set_int(ld, LDAP_OPT_DEREF, LDAP_DEREF_NEVER) &&
	       !ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) &&
	       !ldap_set_option(ld, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON) &&
	       !ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &limit) &&
	       !ldap_set_option(ld, LDAP_OPT_TIMEOUT, &limit);
}

static void unbind(LDAP **ld)
{
	if (*ld)
		ldap_unbind_ext(*ld, NULL, NULL);
}

static void call(struct lw_conn *c, const struct lw_endpoint *at)
{
	c->at = *at;
	if (at->port && at->port != LW_PORT_LDAPS)
		lw_endpoint_format(at, LW_PORT_LDAPS, c->name);
	else
		snprintf(c->name, sizeof(c->name), "%s", at->host);
}

/* fd is ld's; the name in the certificate must be the one in its URL. */
static enum lw_err handshake(struct lw_conn *c, LDAP *ld, int fd,
			     int64_t until_ms)
{
	char *text = NULL;
	int rc;

	if (lw_guard_begin(ld, fd, until_ms - lw_mono_ms()) != LW_OK)
		return LW_NOMEM;
	rc = ldap_install_tls(ld);
	lw_guard_end();
	if (rc == LDAP_SUCCESS)
		return LW_OK;
	/* Nothing was sent yet: the text is our own library's. */
	ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
	snprintf(c->why, sizeof(c->why),
		 "no TLS (no answer, or a certificate that is not for that "
		 "name, or that nobody in ca_file or ca_dir vouches for): %s",
		 text && *text ? text : ldap_err2string(rc));
	ldap_memfree(text);
	return LW_OFFLINE;
}

/*
 * Where half a message has come libldap reads on whatever its time limit is:
 * with this it looks at it every so often.
 */
static void read_in_turns(int fd)
{
	const struct timeval tv = { .tv_usec = READ_MS * 1000 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

/* LW_OFFLINE: it is the server's fault. LW_INVALID: our own; logged. */
static enum lw_err connect_here(struct lw_conn *c, int64_t until, bool again)
{
	lw_cleanup(unbind) LDAP *ld = NULL;
	lw_cleanup(lw_close) int fd = -1;
	char where[LW_ENDPOINT_MAX], uri[LW_ENDPOINT_MAX + 16];
	struct lw_endpoint at = lw_conn_whom(c);
	enum lw_err e;
	int plain_fd;

	if (!c->plain && lw_tls_prepare(c->setup->config) != LW_OK)
		return LW_INVALID;
	e = again ? lw_conn_redial(c, until, &fd) : lw_conn_dial(c, until, &fd);
	if (e != LW_OK)
		return e;
	lw_endpoint_format(&at, 0, where);
	snprintf(uri, sizeof(uri), "ldap%s://%s", c->plain ? "" : "s", where);
	if (ldap_init_fd(fd, LDAP_PROTO_TCP, uri, &ld) != LDAP_SUCCESS)
		return LW_NOMEM;
	plain_fd = lw_take_fd(&fd); /* libldap closes it from now on */
	if (!lw_conn_set_options(c, ld))
		return LW_NOMEM;
	if (!c->plain)
		e = handshake(c, ld, plain_fd, until);
	if (e != LW_OK)
		return e;
	read_in_turns(plain_fd);
	c->ld = ld;
	ld = NULL;
	c->used_ms = lw_mono_ms();
	return LW_OK;
}

/* c has begun to wait for its server. */
static void begin(struct lw_conn *c)
{
	c->began_ms = lw_mono_ms();
	lw_servers_use(c->setup->servers, c->setup->cell, &c->at);
}

enum lw_err lw_conn_open_at(struct lw_conn *c, const struct lw_endpoint *at,
			    int64_t until_ms)
{
	enum lw_err e;

	call(c, at);
	begin(c);
	c->why[0] = '\0';
	e = connect_here(c, until_ms, false);
	if (e == LW_INVALID)
		snprintf(c->why, sizeof(c->why),
			 "the certificates of ca_file or ca_dir are of no use");
	return e == LW_INVALID ? LW_OFFLINE : e;
}

enum lw_err lw_conn_open(struct lw_conn *c)
{
	struct lw_servers *s = c->setup->servers;
	struct lw_endpoint at;
	enum lw_err e;

	if (c->ld) {
		begin(c);
		return LW_OK;
	}
	lw_servers_wait(s, lw_mono_ms() + lw_setup_op_ms(c->setup));
	/* Each one that fails is down for the next turn. */
	for (int i = 0; i <= LW_SERVERS_MAX && lw_servers_best(s, &at); i++) {
		call(c, &at);
		begin(c);
		e = connect_here(c, c->began_ms + lw_setup_op_ms(c->setup),
				 false);
		if (e == LW_OK)
			lw_servers_reached(s, &at);
		if (e == LW_INVALID)
			return LW_OFFLINE;
		if (e != LW_OFFLINE)
			return e;
		lw_conn_failed(c);
	}
	return LW_OFFLINE;
}

void lw_conn_failed(struct lw_conn *c)
{
	const char *why =
		c->ld ? c->slow ? "no answer" : "connection lost" : c->why;

	if (lw_servers_failed(c->setup->servers, &c->at, c->began_ms))
		lw_log(LOG_WARNING, "%s is down: %s", c->name, why);
	lw_conn_close(c);
}

/*
 * A question, this and the question once more, elsewhere: all of it is to fit
 * into the time for one job, which is two and a half operations.
 */
static int64_t doubt_ms(const struct lw_conn *c)
{
	int64_t ms = (int64_t)lw_setup_op_ms(c->setup) * 3 / 8;

	return ms < DOUBT_MIN_MS ? DOUBT_MIN_MS : ms;
}

enum lw_err lw_conn_doubt(struct lw_conn *c)
{
	const struct lw_endpoint at = c->at;
	enum lw_err e;
	int64_t until;

	lw_conn_close(c);
	call(c, &at);
	begin(c);
	until = c->began_ms + doubt_ms(c);
	e = connect_here(c, until, true);
	if (e == LW_OK) {
		c->slow = !lw_conn_answers(c, until - lw_mono_ms());
		if (!c->slow) {
			lw_conn_heard(c);
			return LW_OK;
		}
		e = LW_OFFLINE;
	}
	if (e == LW_OFFLINE)
		lw_conn_failed(c);
	else
		lw_conn_close(c);
	return e == LW_NOMEM ? e : LW_OFFLINE;
}

/*
 * Nothing is outstanding between jobs, so whatever can be read now is the end
 * of the connection, or the server's notice of it.
 */
static bool closed_by_peer(LDAP *ld)
{
	struct pollfd p = { .fd = -1, .events = POLLIN | POLLRDHUP };
	int n;

	if (ldap_get_option(ld, LDAP_OPT_DESC, &p.fd) || p.fd < 0)
		return true;
	do {
		n = poll(&p, 1, 0);
	} while (n < 0 && errno == EINTR);
	return n != 0;
}

bool lw_conn_answers(struct lw_conn *c, int64_t ms)
{
	struct timeval limit = { ms > 0 ? ms / 1000 : 0,
				 ms > 0 ? ms % 1000 * 1000 : 0 };
	char *attrs[] = { LDAP_NO_ATTRS, NULL };
	LDAPMessage *m = NULL;
	bool answered;
	int id, rc;

	if (ldap_search_ext(c->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)",
			    attrs, 0, NULL, NULL, NULL, LDAP_NO_LIMIT,
			    &id) != LDAP_SUCCESS)
		return false;
	/* One by one, and no more than there can be: libldap would keep all
	 * that comes meanwhile. */
	rc = ldap_result(c->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &limit, &m);
	if (rc == LDAP_RES_SEARCH_ENTRY) {
		ldap_msgfree(m);
		m = NULL;
		rc = ldap_result(c->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &limit, &m);
	}
	c->slow = rc == 0;
	answered = rc == LDAP_RES_SEARCH_RESULT && ldap_msgid(m) == id;
	ldap_msgfree(m);
	return answered;
}

void lw_conn_refresh(struct lw_conn *c)
{
	bool idle = !c->hardy && lw_mono_ms() - c->used_ms > IDLE_MS;

	if (!c->ld)
		return;
	begin(c);
	if (closed_by_peer(c->ld) ||
	    lw_servers_leave(c->setup->servers, &c->at))
		lw_conn_close(c);
	/* That may be the link's fault: a new one will show. */
	else if (idle && !lw_conn_answers(c, ANSWERS_MS))
		lw_conn_close(c);
	else
		c->used_ms = lw_mono_ms();
}

int lw_conn_note(struct lw_conn *c, int rc)
{
	/* Negative codes are the library's, the others a server's answer. */
	if (rc < 0 && rc != LDAP_FILTER_ERROR && rc != LDAP_NO_MEMORY)
		c->broken = true;
	if (rc == LDAP_TIMEOUT)
		c->slow = true;
	if (rc >= 0)
		lw_conn_heard(c);
	return rc;
}

void lw_conn_heard(struct lw_conn *c)
{
	c->began_ms = lw_mono_ms();
	lw_servers_heard(c->setup->servers, c->setup->cell);
}
