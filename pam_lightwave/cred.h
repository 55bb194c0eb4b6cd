/*
 * cred.h - the credential cache of a login, from its first to its last call.
 */
#ifndef LW_PAM_CRED_H
#define LW_PAM_CRED_H

#include "request.h"

/* r->user has authenticated on this handle: a ticket of his may be ready. */
void lw_cred_remember(const struct lw_request *r);

/*
 * user's session is over: remove the cache that this handle made for him, and
 * nothing else. Not with keep_ccache.
 */
void lw_cred_end(const struct lw_request *r, const char *user);

#endif
