/*
 * secret.h - the machine's password, for as long as one bind takes, and who
 * else could read it.
 */
#ifndef LW_SECRET_H
#define LW_SECRET_H

#include "err.h"

#include <stddef.h>

#define LW_SECRET_MAX 1024

struct lw_secret {
	char p[LW_SECRET_MAX]; /* ends with a NUL */
	size_t n;
};

/* Wipes it. */
void lw_secret_done(struct lw_secret *s);

/*
 * Read the file at path; one newline at its end is not part of the secret.
 * LW_OFFLINE: it cannot be read. LW_INVALID: empty, too long, with a NUL in
 * it, or refused as below. Both: why holds one sentence.
 */
enum lw_err lw_secret_read(const char *path, struct lw_secret *ret, char *why,
			   size_t why_size);

/*
 * Whether the file at path is one that only root and the worker can read, and
 * that nobody else could have put there: a regular file of root's or ours, no
 * right for others, none for a group but root's and the worker's own, no
 * access list that says otherwise, and no directory on the way that somebody
 * else can change. LW_INVALID: ret_why says what is wrong, and what to do, in
 * a few words.
 */
enum lw_err lw_secret_check(const char *path, const char **ret_why);

#endif
