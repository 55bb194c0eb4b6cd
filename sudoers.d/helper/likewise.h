/*
 * likewise.h - names as likewise spelled them, in sudoers. lightwave-sudo;
 * pure.
 *
 * DOMAIN\\name, "DOMAIN\name", %DOMAIN\\name, with ^ for a blank; and what
 * people wrote who did not know that sudo eats a single backslash.
 */
#ifndef LW_LIKEWISE_H
#define LW_LIKEWISE_H

#include "name.h"

struct lw_likewise {
	bool group;
	char name[LW_NAME_MAX];	 /* without the domain, ^ read as a blank */
	char plain[LW_NAME_MAX]; /* the same with each ^ as it stands */
};

/*
 * Whether a word of a user list is of that kind, for one of the domains (NULL
 * or "" are none), in any case.
 */
bool lw_likewise_word(struct lw_str word, const char *const *domains, size_t n,
		      struct lw_likewise *ret);

#endif
