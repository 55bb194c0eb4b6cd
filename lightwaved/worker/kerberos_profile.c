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

/* Names and addresses alone: nothing in them means anything to a profile. */
static void write_servers(FILE *f, const struct lw_config *config)
{
	struct lw_endpoint server;

	for (size_t i = 0; i < config->servers.n; i++) {
		bool v6;

		/* Their ports are LDAP's, and were judged when they were read.
		 */
		if (lw_endpoint_parse(config->servers.v[i], &server) != LW_OK)
			continue;
		v6 = strchr(server.host, ':') != NULL;
		fprintf(f, "    kdc = %s%s%s\n", v6 ? "[" : "", server.host,
			v6 ? "]" : "");
		fprintf(f, "    kpasswd_server = %s%s%s\n", v6 ? "[" : "",
			server.host, v6 ? "]" : "");
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

static void write_profile(FILE *f, const struct lw_config *config)
{
	/* Without a list they are found where the LDAP servers are: by SRV. */
	fprintf(f, head, config->realm, config->servers.n ? "false" : "true");
	fprintf(f, "[realms]\n  %s = {\n", config->realm);
	write_servers(f, config);
	fputs("  }\n[domain_realm]\n", f);
	write_realm_of(f, config);
}

static enum lw_err complain(const char *path)
{
	lw_log(LOG_ERR, "%s: %s", path, strerror(errno));
	return LW_OFFLINE;
}

enum lw_err lw_kerberos_configure(const struct lw_config *config,
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
	write_profile(f, config);
	bad = ferror(f);
	if (fclose(f) != 0 || bad || rename(part, path) < 0 ||
	    setenv("KRB5_CONFIG", path, 1) < 0)
		return complain(part);
	return LW_OK;
}
