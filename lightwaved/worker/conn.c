/* conn.c - a connection to one of the domain's servers. A worker process. */
#include "conn.h"

#include "cleanup.h"
#include "clock.h"
#include "guard.h"
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define USER_TIMEOUT_MS 4000 /* for what was sent and not acknowledged */
/* Firewalls forget idle connections without telling; after this we ask. */
#define IDLE_MS 15000
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

const char *lw_conn_host(const struct lw_conn *c)
{
	return c->setup->config->servers.v[c->server];
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

/* For all connections that this process makes from now on. */
static bool set_tls(const struct lw_config *config)
{
	char *package = NULL;
	bool gnutls;

	if (ldap_get_option(NULL, LDAP_OPT_X_TLS_PACKAGE, &package) || !package)
		return false;
	gnutls = !strcasecmp(package, "GnuTLS");
	ldap_memfree(package);

	if (!set_int(NULL, LDAP_OPT_X_TLS_REQUIRE_CERT,
		     LDAP_OPT_X_TLS_DEMAND) ||
	    !set_int(NULL, LDAP_OPT_X_TLS_PROTOCOL_MIN,
		     LDAP_OPT_X_TLS_PROTOCOL_TLS1_2) ||
	    ldap_set_option(NULL, LDAP_OPT_X_TLS_CACERTFILE, config->ca_file))
		return false;
	/* GnuTLS takes no notice of PROTOCOL_MIN. */
	if (gnutls && ldap_set_option(NULL, LDAP_OPT_X_TLS_CIPHER_SUITE,
				      "SECURE128:-VERS-ALL:+VERS-TLS1.3:"
				      "+VERS-TLS1.2"))
		return false;
	/* Last: this is what makes the options above count. */
	return set_int(NULL, LDAP_OPT_X_TLS_NEWCTX, 0);
}

/*
 * One TLS context for all connections, made anew when the file is another:
 * libldap over GnuTLS loses some kilobytes with each context.
 */
static bool refresh_tls(const struct lw_config *config)
{
	static struct stat seen;
	struct stat st;

	if (stat(config->ca_file, &st) < 0)
		return false;
	if (seen.st_ino == st.st_ino && seen.st_size == st.st_size &&
	    seen.st_mtim.tv_sec == st.st_mtim.tv_sec &&
	    seen.st_mtim.tv_nsec == st.st_mtim.tv_nsec)
		return true;
	if (!set_tls(config))
		return false;
	seen = st;
	return true;
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

	/* Only a gain where they work: not looked at. */
	set_int(ld, LDAP_OPT_X_KEEPALIVE_IDLE, 30);
	set_int(ld, LDAP_OPT_X_KEEPALIVE_PROBES, 3);
	set_int(ld, LDAP_OPT_X_KEEPALIVE_INTERVAL, 5);
#ifdef LDAP_OPT_TCP_USER_TIMEOUT
	set_int(ld, LDAP_OPT_TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
#endif
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

static enum lw_err connect_to(struct lw_conn *c)
{
	static int64_t logged;
	lw_cleanup(unbind) LDAP *ld = NULL;
	char uri[300];
	int rc;

	snprintf(uri, sizeof(uri), "ldaps://%s:636", lw_conn_host(c));
	if (!refresh_tls(c->setup->config)) {
		if (lw_rarely(&logged))
			lw_log(LOG_ERR, "%s: not usable for TLS",
			       c->setup->config->ca_file);
		return LW_OFFLINE;
	}
	if (ldap_initialize(&ld, uri) != LDAP_SUCCESS ||
	    !lw_conn_set_options(c, ld))
		return LW_NOMEM;
	if (lw_guard_begin(ld, lw_setup_op_ms(c->setup)) != LW_OK)
		return LW_NOMEM;
	rc = ldap_connect(ld);
	lw_guard_end();
	if (rc != LDAP_SUCCESS) {
		char *text = NULL;

		/* Before any bind the text is our own library's. */
		ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
		if (lw_rarely(&logged))
			lw_log(LOG_WARNING,
			       "%s: no connection (name unknown, port closed, "
			       "or a certificate that is not for that name or "
			       "not signed by %s): %s%s%s",
			       uri, c->setup->config->ca_file,
			       ldap_err2string(rc), text ? ": " : "",
			       text ? text : "");
		ldap_memfree(text);
		return LW_OFFLINE;
	}
	c->ld = ld;
	ld = NULL;
	c->used_ms = lw_mono_ms();
	return LW_OK;
}

enum lw_err lw_conn_open(struct lw_conn *c)
{
	uint32_t n = (uint32_t)c->setup->config->servers.n;
	uint32_t first = atomic_load(&c->setup->hint->server) % n;
	enum lw_err e = LW_OK;

	if (c->ld)
		return LW_OK;
	for (uint32_t i = 0; i < n; i++) {
		c->server = (first + i) % n;
		e = connect_to(c);
		if (e != LW_OFFLINE)
			break;
	}
	if (e == LW_OK)
		atomic_store(&c->setup->hint->server, c->server);
	return e;
}

void lw_conn_leave(struct lw_conn *c)
{
	atomic_store(&c->setup->hint->server, c->server + 1);
	lw_conn_close(c);
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

/* The cheapest question there is, which everybody may ask. */
static bool answers(struct lw_conn *c)
{
	struct timeval limit = { 1, 0 };
	char *attrs[] = { LDAP_NO_ATTRS, NULL };
	LDAPMessage *m = NULL;
	int id, rc;

	if (ldap_search_ext(c->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)",
			    attrs, 0, NULL, NULL, NULL, LDAP_NO_LIMIT,
			    &id) != LDAP_SUCCESS)
		return false;
	rc = ldap_result(c->ld, id, LDAP_MSG_ALL, &limit, &m);
	ldap_msgfree(m);
	return rc == LDAP_RES_SEARCH_RESULT;
}

void lw_conn_refresh(struct lw_conn *c)
{
	if (!c->ld)
		return;
	if (closed_by_peer(c->ld))
		lw_conn_close(c);
	else if (lw_mono_ms() - c->used_ms > IDLE_MS && !answers(c))
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
	return rc;
}

enum lw_err lw_conn_check_ca(const struct lw_config *config)
{
	return set_tls(config) ? LW_OK : LW_INVALID;
}
