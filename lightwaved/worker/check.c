/* check.c - the files of the configuration. The worker's master. */
#include "check.h"

#include "kerberos.h"
#include "sasl.h"
#include "secret.h"
#include "tls.h"

#include <stdio.h>

static enum lw_err complain(char *error, size_t size, const char *path,
			    const char *why)
{
	snprintf(error, size, "%s: %s", path, why);
	return LW_INVALID;
}

enum lw_err lw_check_files(const struct lw_config *c, char *error,
			   size_t error_size)
{
	const char *path, *why;

	if (lw_tls_check(c, &path, &why) != LW_OK)
		return complain(error, error_size, path, why);
	/* With a ticket there is no password. */
	if (lw_sasl_over_tls(c) &&
	    lw_secret_check(c->password_file, &why) != LW_OK)
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
