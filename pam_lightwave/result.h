/*
 * result.h - our results in the words of PAM, and in words for the user.
 *
 * Both switches name every result: a new one does not compile until somebody
 * has decided here what it means for a login.
 */
#ifndef LW_PAM_RESULT_H
#define LW_PAM_RESULT_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

enum lw_phase {
	LW_PHASE_AUTH,
	LW_PHASE_ACCOUNT,
	LW_PHASE_OLD, /* pam_chauthtok(3), first pass: the current password */
	LW_PHASE_NEW, /* pam_chauthtok(3), second pass: the new one */
};

/* What the phase returns to libpam for e: PAM_SUCCESS for LW_OK alone. */
int lw_to_pam(enum lw_phase phase, enum lw_err e);

/*
 * One line that tells the user why he was refused; static. NULL where he
 * learns nothing: at a login a wrong password and an unknown name look the
 * same. NULL for LW_SKEW, too: see lw_pam_skew().
 */
const char *lw_pam_text(enum lw_phase phase, enum lw_err e);

/*
 * "The clock of this host is 7 minutes behind the domain's", for skew seconds
 * that the domain's is ahead; 0: by how much is not known.
 */
void lw_pam_skew(int32_t skew, char *ret, size_t size);

#endif
