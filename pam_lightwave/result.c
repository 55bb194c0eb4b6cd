/* result.c - our results in the words of PAM. Whatever process logs in. */
#include "result.h"

#include <security/pam_modules.h>
#include <stddef.h>

static int auth_code(enum lw_err e)
{
	switch (e) {
	case LW_OK:
		return PAM_SUCCESS;
	case LW_NOTOURS:
		return PAM_USER_UNKNOWN;
	case LW_NOTFOUND:
	case LW_DENIED:
	case LW_INVALID:
		return PAM_AUTH_ERR;
	case LW_LOCKED:
		return PAM_MAXTRIES;
	case LW_EXPIRED:
		return PAM_CRED_EXPIRED;
	case LW_DISABLED:
	case LW_FORBIDDEN:
		return PAM_PERM_DENIED;
	case LW_OFFLINE:
	case LW_RANGE:
	case LW_PROTO:
	case LW_NOMEM:
	case LW_PENDING:
	case LW_ERR_COUNT:
		break;
	}
	return PAM_AUTHINFO_UNAVAIL;
}

/*
 * EXPIRED is not PAM_NEW_AUTHTOK_REQD: the directory lets nobody in to change
 * an expired password himself, so that would be a prompt without a way out.
 */
static int account_code(enum lw_err e)
{
	switch (e) {
	case LW_OK:
		return PAM_SUCCESS;
	case LW_NOTOURS:
		return PAM_USER_UNKNOWN;
	case LW_DISABLED:
	case LW_EXPIRED:
		return PAM_ACCT_EXPIRED;
	case LW_NOTFOUND:
	case LW_DENIED:
	case LW_LOCKED:
	case LW_FORBIDDEN:
	case LW_INVALID:
		return PAM_PERM_DENIED;
	case LW_OFFLINE:
	case LW_RANGE:
	case LW_PROTO:
	case LW_NOMEM:
	case LW_PENDING:
	case LW_ERR_COUNT:
		break;
	}
	return PAM_AUTHINFO_UNAVAIL;
}

int lw_to_pam(enum lw_phase phase, enum lw_err e)
{
	return phase == LW_PHASE_AUTH ? auth_code(e) : account_code(e);
}

const char *lw_pam_text(enum lw_phase phase, enum lw_err e)
{
	switch (e) {
	case LW_EXPIRED:
		return "Your password has expired. Ask an administrator of "
		       "the directory to set a new one.";
	case LW_LOCKED:
		return "Your account is locked. Try again later or ask an "
		       "administrator.";
	case LW_DISABLED:
		return "Your account is disabled.";
	case LW_FORBIDDEN:
		return "You may not log in to this host.";
	case LW_OFFLINE:
	case LW_RANGE:
	case LW_PROTO:
	case LW_NOMEM:
		if (phase == LW_PHASE_AUTH)
			return "The directory cannot be reached; your "
			       "password could not be checked.";
		return "The directory cannot be reached; your account could "
		       "not be checked.";
	case LW_OK:
	case LW_NOTFOUND:
	case LW_NOTOURS:
	case LW_DENIED:
	case LW_INVALID:
	case LW_PENDING:
	case LW_ERR_COUNT:
		break;
	}
	return NULL;
}
