/*
 * note.h - what one call of libpam leaves for the next on the same handle.
 *
 * Each is a user's name, so that nothing said of one is taken for another
 * after an application changed PAM_USER. Only a hint: sshd(8) authenticates in
 * one process and sets credentials in another, where no note is.
 */
#ifndef LW_PAM_NOTE_H
#define LW_PAM_NOTE_H

#include <security/pam_modules.h>
#include <stdbool.h>

#define LW_NOTE_OURS   "pam_lightwave ours"   /* a name of our domain */
#define LW_NOTE_USER   "pam_lightwave user"   /* authenticated */
#define LW_NOTE_ASKED  "pam_lightwave asked"  /* ... and had his ticket */
#define LW_NOTE_CHANGE "pam_lightwave change" /* must change his password */
#define LW_NOTE_OPTION "pam_lightwave option" /* no user: that was logged */

/* NULL takes it back. false: no memory, so there is no note. */
bool lw_note(pam_handle_t *pamh, const char *what, const char *name);

/* NULL: none; libpam's until the next lw_note() of that kind. */
const char *lw_noted(pam_handle_t *pamh, const char *what);

/* Whether it was said of that name. */
bool lw_noted_of(pam_handle_t *pamh, const char *what, const char *name);

/*
 * Whether another than name authenticated on this handle: sudo(8) sets
 * PAM_USER to its target, and nothing of alice's is to become his.
 */
bool lw_noted_another(pam_handle_t *pamh, const char *name);

#endif
