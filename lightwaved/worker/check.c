/* check.c - the files of the configuration. The worker's master. */
#include "check.h"

#include "cleanup.h"
#include "conn.h"
#include "kerberos.h"
#include "secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum lw_err complain(char *error, size_t size, const char *path,
			    const char *why)
{
	snprintf(error, size, "%s: %s", path, why);
	return LW_INVALID;
}

/* GnuTLS takes a file without any certificate; nobody could log in then. */
static bool holds_certificate(const char *path)
{
	lw_cleanup(lw_fclose) FILE *f = fopen(path, "re");
	lw_cleanup(lw_free) char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) >= 0) {
		if (!strncmp(line, "-----BEGIN ", 11) &&
		    strstr(line, "CERTIFICATE-----"))
			return true;
	}
	return false;
}

enum lw_err lw_check_files(const struct lw_config *c, char *error,
			   size_t error_size)
{
	const char *why;

	if (access(c->ca_file, R_OK) < 0)
		return complain(error, error_size, c->ca_file, strerror(errno));
	if (!holds_certificate(c->ca_file) || lw_conn_check_ca(c) != LW_OK)
		return complain(error, error_size, c->ca_file,
				"holds no certificates the TLS library takes");
	if (lw_secret_check(c->password_file, &why) != LW_OK)
		return complain(error, error_size, c->password_file, why);
	if (!c->keytab)
		return LW_OK;
	if (lw_secret_check(c->keytab, &why) != LW_OK)
		return complain(error, error_size, c->keytab, why);
	if (lw_kerberos_check_keytab(c) != LW_OK)
		return complain(
			error, error_size, c->keytab,
			"holds no key of this machine that libkrb5 can read");
	return LW_OK;
}
