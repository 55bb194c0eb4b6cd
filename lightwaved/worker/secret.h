/*
 * secret.h - the machine's password, for as long as one bind takes.
 */
#ifndef LW_SECRET_H
#define LW_SECRET_H

#include "err.h"

#include <stddef.h>

#define LW_SECRET_MAX 1024

struct lw_secret {
	char p[LW_SECRET_MAX];
	size_t n;
};

/* Wipes it. */
void lw_secret_done(struct lw_secret *s);

/*
 * Read the file at path; one newline at its end is not part of the secret.
 * LW_OFFLINE: it cannot be read, and that is logged. LW_INVALID: empty, too
 * long or with a NUL in it; logged.
 */
enum lw_err lw_secret_read(const char *path, struct lw_secret *ret);

/*
 * Whether a file with a secret is there, readable by us, and neither readable
 * by everybody nor writable by anybody but its owner. LW_INVALID: ret_why
 * says what is wrong in a few words.
 */
enum lw_err lw_secret_check(const char *path, const char **ret_why);

#endif
