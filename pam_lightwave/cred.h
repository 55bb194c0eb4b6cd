/*
 * cred.h - what authentication leaves for pam_setcred(3).
 */
#ifndef LW_PAM_CRED_H
#define LW_PAM_CRED_H

#include "request.h"

/*
 * r->user has authenticated on this handle. Only a hint: sshd authenticates
 * in one process and sets credentials in another, where it is not known.
 */
void lw_cred_remember(const struct lw_request *r);

#endif
