/* result.c - our results in the words of PAM. Whatever process logs in. */
#include "result.h"

#include <security/pam_modules.h>
#include <stdbool.h>
#include <stdio.h>

#define WRONG "Your current password is wrong, or your account is locked."

/* A row for each result, a column for each phase. */
struct codes {
	int auth, account, old_pw, new_pw;
};

/*
 * EXPIRED in account is not PAM_NEW_AUTHTOK_REQD: the directory lets nobody in
 * to change an expired password himself, so that would be a prompt without a
 * way out. Where there is a way, the front says CHANGE.
 */
static struct codes codes(enum lw_err e)
{
	switch (e) {
	case LW_OK:
		return (struct codes) { PAM_SUCCESS, PAM_SUCCESS, PAM_SUCCESS,
					PAM_SUCCESS };
	case LW_NOTOURS:
		return (struct codes) { PAM_USER_UNKNOWN, PAM_USER_UNKNOWN,
					PAM_USER_UNKNOWN, PAM_USER_UNKNOWN };
	/*
	 * vmdir says "locked" to the right password alone: who is told goes on
	 * guessing through the lock. And no password opens what has none.
	 */
	case LW_LOCKED:
	case LW_NOPASSWORD:
	case LW_NOTFOUND:
	case LW_DENIED:
	case LW_INVALID:
		return (struct codes) { PAM_AUTH_ERR, PAM_PERM_DENIED,
					PAM_AUTH_ERR, PAM_AUTH_ERR };
	case LW_DISABLED:
		return (struct codes) { PAM_PERM_DENIED, PAM_ACCT_EXPIRED,
					PAM_PERM_DENIED, PAM_PERM_DENIED };
	case LW_EXPIRED:
		return (struct codes) { PAM_CRED_EXPIRED, PAM_ACCT_EXPIRED,
					PAM_PERM_DENIED, PAM_PERM_DENIED };
	case LW_FORBIDDEN:
	case LW_NOTALLOWED:
		return (struct codes) { PAM_PERM_DENIED, PAM_PERM_DENIED,
					PAM_PERM_DENIED, PAM_PERM_DENIED };
	case LW_CHANGE:
		return (struct codes) { PAM_AUTHINFO_UNAVAIL,
					PAM_NEW_AUTHTOK_REQD, PAM_TRY_AGAIN,
					PAM_AUTHTOK_ERR };
	case LW_TOOSHORT:
	case LW_WEAK:
	case LW_HISTORY:
	case LW_TOOSOON:
	case LW_SKEW:
	case LW_NOTICKET:
	case LW_OFFLINE:
	case LW_NOWORKER:
	case LW_NOFRONT:
	case LW_OUTDATED:
	case LW_CLAIMED:
	case LW_RANGE:
	case LW_PROTO:
	case LW_NOMEM:
	case LW_PENDING:
	case LW_ERR_COUNT:
		break;
	}
	return (struct codes) { PAM_AUTHINFO_UNAVAIL, PAM_AUTHINFO_UNAVAIL,
				PAM_TRY_AGAIN, PAM_AUTHTOK_ERR };
}

int lw_to_pam(enum lw_phase phase, enum lw_err e)
{
	struct codes c = codes(e);

	switch (phase) {
	case LW_PHASE_AUTH:
		return c.auth;
	case LW_PHASE_ACCOUNT:
		return c.account;
	case LW_PHASE_OLD:
		return c.old_pw;
	case LW_PHASE_NEW:
		break;
	}
	return c.new_pw;
}

/* A change that was sent may have been made, whatever came back. */
static const char *nobody_answered(enum lw_phase phase)
{
	switch (phase) {
	case LW_PHASE_AUTH:
		return "The directory cannot be reached; your password could "
		       "not be checked.";
	case LW_PHASE_ACCOUNT:
		return "The directory cannot be reached; your account could "
		       "not be checked.";
	case LW_PHASE_OLD:
		return "The directory cannot be reached; passwords cannot be "
		       "changed now.";
	case LW_PHASE_NEW:
		break;
	}
	return "The directory did not answer; it is not known whether your "
	       "password was changed.";
}

static const char *of_new_password(enum lw_err e)
{
	if (e == LW_TOOSHORT)
		return "The new password is too short.";
	if (e == LW_HISTORY)
		return "The new password was used before.";
	if (e == LW_TOOSOON)
		return "Your password was changed too recently to be changed "
		       "again.";
	return "The new password is too weak for the domain's rules.";
}

const char *lw_pam_text(enum lw_phase phase, enum lw_err e)
{
	bool changing = phase == LW_PHASE_OLD || phase == LW_PHASE_NEW;

	switch (e) {
	case LW_EXPIRED:
		return "Your password has expired. Ask an administrator of "
		       "the directory to set a new one.";
	case LW_DISABLED:
		return "Your account is disabled.";
	case LW_FORBIDDEN:
		return "You may not log in to this host.";
	case LW_NOTICKET:
		return "This host lets nobody in without a Kerberos ticket, "
		       "and there was none to be had.";
	case LW_NOTALLOWED:
		return "You may not change your password.";
	case LW_CHANGE:
		return phase == LW_PHASE_ACCOUNT
			       ? "Your password must be changed now."
			       : nobody_answered(phase);
	case LW_TOOSHORT:
	case LW_WEAK:
	case LW_HISTORY:
	case LW_TOOSOON:
		return changing ? of_new_password(e) : nobody_answered(phase);
	case LW_OUTDATED:
		return "The directory has not been reached for too long: until "
		       "it answers, nobody may log in.";
	case LW_OFFLINE:
	case LW_NOWORKER:
	case LW_NOFRONT:
	case LW_RANGE:
	case LW_PROTO:
	case LW_NOMEM:
	case LW_CLAIMED:
		return nobody_answered(phase);
	case LW_LOCKED:
		if (phase == LW_PHASE_ACCOUNT)
			return "Your account is locked. Try again later or ask "
			       "an administrator.";
		return changing ? WRONG : NULL;
	case LW_DENIED:
	case LW_NOTFOUND:
	case LW_INVALID:
	case LW_NOPASSWORD:
		return changing ? WRONG : NULL;
	case LW_OK:
	case LW_NOTOURS:
	case LW_SKEW:
	case LW_PENDING:
	case LW_ERR_COUNT:
		break;
	}
	return NULL;
}

void lw_pam_skew(int32_t skew, char *ret, size_t size)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = { { "day", 86400 },
		      { "hour", 3600 },
		      { "minute", 60 },
		      { "second", 1 } };
	int64_t seconds = skew < 0 ? -(int64_t)skew : skew;
	size_t i = 0;

	if (skew == 0) {
		snprintf(ret, size,
			 "The clocks of this host and of the domain differ too "
			 "much");
		return;
	}
	while (i < 3 && seconds < 2 * units[i].seconds)
		i++;
	seconds = (seconds + units[i].seconds / 2) / units[i].seconds;
	snprintf(ret, size,
		 "The clock of this host is %lld %s%s %s the domain's",
		 (long long)seconds, units[i].name, seconds == 1 ? "" : "s",
		 skew > 0 ? "behind" : "ahead of");
}
