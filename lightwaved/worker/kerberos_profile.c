/* kerberos_profile.c - the configuration of libkrb5. The master. */
#include "kerberos.h"

#include "cleanup.h"
#include "endpoint.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ENCTYPES                                                               \
	"aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 "                     \
	"aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128"

/*
 * vmdir has AES-256 and RC4 keys; RC4 is never used. No renewal is asked for,
 * in no way (0: not even RENEWABLE-OK, libkrb5's default). The KDC's word is
 * not taken for the time: nobody has vouched for it yet, and a host whose clock
 * is wrong is told so. The one authenticator that is verified here was made
 * here a moment before, so a replay cache would only cost an fsync.
 */
static const char head[] = "[libdefaults]\n"
			   "  default_realm = %s\n"
			   "  dns_lookup_kdc = %s\n"
			   "  dns_lookup_realm = false\n"
			   "  dns_uri_lookup = false\n"
			   "  dns_canonicalize_hostname = false\n"
			   "  rdns = false\n"
			   "  allow_weak_crypto = false\n"
			   "  kdc_default_options = 0\n"
			   "  kdc_timesync = 0\n"
			   "  permitted_enctypes = " ENCTYPES "\n"
			   "  default_tkt_enctypes = " ENCTYPES "\n"
			   "  default_tgs_enctypes = " ENCTYPES "\n"
			   "  default_ccache_name = MEMORY:\n"
			   "  default_rcache_name = none:\n"
			   "  request_timeout = 3s\n";

/* A name or an address: nothing in either means anything to a profile. */
static void write_server(FILE *f, const char *host)
{
	bool v6 = strchr(host, ':') != NULL;

	fprintf(f, "    kdc = %s%s%s\n", v6 ? "[" : "", host, v6 ? "]" : "");
	fprintf(f, "    kpasswd_server = %s%s%s\n", v6 ? "[" : "", host,
		v6 ? "]" : "");
}

/* Their ports are LDAP's, and were judged when they were read. */
static void write_listed(FILE *f, const struct lw_config *config)
{
	struct lw_endpoint server;

	for (size_t i = 0; i < config->servers.n; i++) {
		if (lw_endpoint_parse(config->servers.v[i], &server) == LW_OK)
			write_server(f, server.host);
	}
}

/* Bit i: the i-th server may be used. */
static uint32_t usable(const struct lw_servers *s)
{
	struct lw_server_state state;
	struct lw_endpoint at;
	uint32_t mask = 0;

	for (uint32_t i = 0; lw_servers_get(s, i, &at, &state); i++) {
		if (lw_server_usable(state))
			mask |= 1u << i;
	}
	return mask;
}

/*
 * A server may be well and its KDC not. libkrb5 tries them in this order, for
 * a second each and from the beginning for each message, which no login waits
 * for: so each time that one waited in vain another one comes first.
 */
static void write_usable(FILE *f, const struct lw_servers *s, uint32_t mask,
			 uint32_t missed)
{
	uint32_t n = 0, order[LW_SERVERS_MAX];
	struct lw_server_state state;
	struct lw_endpoint at;

	for (uint32_t i = 0; i < LW_SERVERS_MAX; i++) {
		if (mask >> i & 1)
			order[n++] = i;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (lw_servers_get(s, order[(i + missed) % n], &at, &state))
			write_server(f, at.host);
	}
}

/*
 * Whose realm a server is of, so that no KDC is asked to guess: those of our
 * DNS domain, and each that the configuration names.
 */
static void write_realm_of(FILE *f, const struct lw_config *config)
{
	struct lw_endpoint server;

	fprintf(f, "  .%s = %s\n  %s = %s\n", config->domain, config->realm,
		config->domain, config->realm);
	for (size_t i = 0; i < config->servers.n; i++) {
		if (lw_endpoint_parse(config->servers.v[i], &server) == LW_OK)
			fprintf(f, "  %s = %s\n", server.host, config->realm);
	}
}

/* mask 0: those that the configuration lists. */
static void write_profile(FILE *f, const struct lw_config *config,
			  const struct lw_servers *servers, uint32_t mask)
{
	bool by_dns = mask == 0 && config->servers.n == 0;

	/* Without a list they are found where the LDAP servers are: by SRV. */
	fprintf(f, head, config->realm, by_dns ? "true" : "false");
	fprintf(f, "[realms]\n  %s = {\n", config->realm);
	if (mask)
		write_usable(f, servers, mask,
			     atomic_load(&servers->kdcs_missed));
	else
		write_listed(f, config);
	fputs("  }\n[domain_realm]\n", f);
	write_realm_of(f, config);
}

static enum lw_err complain(const char *path)
{
	lw_log(LOG_ERR, "%s: %s", path, strerror(errno));
	return LW_OFFLINE;
}

static enum lw_err configure(const struct lw_config *config,
			     const struct lw_servers *servers, uint32_t mask,
			     const char *path)
{
	lw_cleanup(lw_free) char *part = NULL;
	lw_cleanup(lw_close) int fd = -1;
	FILE *f;
	bool bad;

	if (asprintf(&part, "%s.new", path) < 0) {
		part = NULL;
		return LW_NOMEM;
	}
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		return complain(part);
	lw_take_fd(&fd); /* f's now */
	write_profile(f, config, servers, mask);
	bad = ferror(f);
	if (fclose(f) != 0 || bad || rename(part, path) < 0 ||
	    setenv("KRB5_CONFIG", path, 1) < 0)
		return complain(part);
	return LW_OK;
}

enum lw_err lw_kerberos_configure(const struct lw_config *config,
				  const char *path)
{
	return configure(config, NULL, 0, path);
}

void lw_kerberos_prefer(const struct lw_setup *s)
{
	static uint32_t written, turn, missed;
	lw_cleanup(lw_free) char *path = NULL;
	uint32_t mask = usable(s->servers);
	uint32_t now = atomic_load(&s->servers->turn);
	uint32_t vain = atomic_load(&s->servers->kdcs_missed);

	if (mask == written && now == turn && vain == missed)
		return;
	if (asprintf(&path, "%s/krb5.%u.conf", s->ticket_dir,
		     (unsigned int)s->cell) < 0) {
		path = NULL;
		return;
	}
	/* Where it cannot be written what there was stays. */
	if (configure(s->config, s->servers, mask, path) == LW_OK) {
		written = mask;
		turn = now;
		missed = vain;
	}
}
