/*
 * visudo.h - what visudo(8) says of a file. lightwave-sudo.
 *
 * LW_OK: it is right. LW_INVALID: it is not, and ret_words is why, in visudo's
 * words, on the heap; NULL: it said nothing. LW_OFFLINE: it could not be asked,
 * which is said on stderr.
 */
#ifndef LW_VISUDO_H
#define LW_VISUDO_H

#include "err.h"

/* That file alone. */
enum lw_err lw_visudo_file(const char *path, char **ret_words);

/* The policy, with that file read behind it: so before it is in its place. */
enum lw_err lw_visudo_policy(const char *sudoers, const char *path,
			     char **ret_words);

#endif
