/*
 * ccache.h - a credential cache of its user's own, made in a root process.
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

/*
 * Write the ticket into a new file of its user, mode 0600, with his rights
 * alone. false: there is none, and the log says why.
 */
bool lw_ccache_write(pam_handle_t *pamh, const struct lw_ticket *t,
		     struct lw_ccache *ret);

/* Remove it, with his rights alone: nobody else's file can be meant. */
void lw_ccache_remove(pam_handle_t *pamh, const struct lw_ccache *c);

#endif
