/*
 * ccache.h - a credential cache of its user's own, made in a root process.
 *
 * All is done with the user's rights alone: nobody else's file can be meant,
 * whatever stands where. What fails is logged.
 */
#ifndef LW_PAM_CCACHE_H
#define LW_PAM_CCACHE_H

#include "proto.h"

#include <security/pam_modules.h>
#include <sys/types.h>

#ifndef LW_CCACHE_DIR
#define LW_CCACHE_DIR "/tmp"
#endif

struct lw_ccache {
	uid_t uid;
	gid_t gid;
	char path[sizeof(LW_CCACHE_DIR) + sizeof("/krb5cc_4294967295_XXXXXX")];
};

/* Write the ticket into a new file, mode 0600. */
bool lw_ccache_write(pam_handle_t *pamh, const struct lw_ticket *t,
		     struct lw_ccache *ret);

/*
 * Put the ticket in the place of what the file at path holds, at once: who
 * reads it meanwhile has the old one whole or the new one. Refused where there
 * is something else than a credential cache of that user, or nothing to tell.
 */
bool lw_ccache_replace(pam_handle_t *pamh, const struct lw_ticket *t,
		       const char *path);

void lw_ccache_remove(pam_handle_t *pamh, const struct lw_ccache *c);

#endif
