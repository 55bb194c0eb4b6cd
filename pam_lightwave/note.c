/* note.c - from one call of libpam to the next. Whatever process logs in. */
#include "note.h"

#include <stdlib.h>
#include <string.h>

static void release(pam_handle_t *pamh, void *p, int status)
{
	(void)pamh;
	(void)status;
	free(p);
}

bool lw_note(pam_handle_t *pamh, const char *what, const char *name)
{
	char *copy = name ? strdup(name) : NULL;

	if (name && !copy)
		return false;
	if (pam_set_data(pamh, what, copy, release) == PAM_SUCCESS)
		return true;
	free(copy);
	return false;
}

const char *lw_noted(pam_handle_t *pamh, const char *what)
{
	const void *p = NULL;

	return pam_get_data(pamh, what, &p) == PAM_SUCCESS ? p : NULL;
}

bool lw_noted_of(pam_handle_t *pamh, const char *what, const char *name)
{
	const char *noted = lw_noted(pamh, what);

	return noted && !strcmp(noted, name);
}

bool lw_noted_another(pam_handle_t *pamh, const char *name)
{
	return lw_noted(pamh, LW_NOTE_USER) &&
	       !lw_noted_of(pamh, LW_NOTE_USER, name);
}
