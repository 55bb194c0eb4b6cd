/* kerberos_profile.c - the configuration of libkrb5. The master. */
#include "kerberos.h"

#include "cleanup.h"
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
			   "  dns_lookup_kdc = false\n"
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
			   "  request_timeout = 3s\n"
			   "[realms]\n"
			   "  %s = {\n";

static void write_profile(FILE *f, const struct lw_config *config)
{
	/* Domain and servers are host names: letters, digits, '-' and '.'. */
	fprintf(f, head, config->realm, config->realm);
	for (size_t i = 0; i < config->servers.n; i++)
		fprintf(f, "    kdc = %s\n    kpasswd_server = %s\n",
			config->servers.v[i], config->servers.v[i]);
	fputs("  }\n", f);
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
