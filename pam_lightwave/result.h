/*
 * result.h - our results in the words of PAM, and in words for the user.
 *
 * Both switches name every result: a new one does not compile until somebody
 * has decided here what it means for a login.
 */
#ifndef LW_PAM_RESULT_H
#define LW_PAM_RESULT_H

#include "err.h"

enum lw_phase {
	LW_PHASE_AUTH,
	LW_PHASE_ACCOUNT,
};

/* What the phase returns to libpam for e: PAM_SUCCESS for LW_OK alone. */
int lw_to_pam(enum lw_phase phase, enum lw_err e);

/*
 * One line that tells the user why he was refused; static. NULL where he
 * learns nothing: a wrong password and an unknown name look the same.
 */
const char *lw_pam_text(enum lw_phase phase, enum lw_err e);

#endif
