/*
 * password.c - pam_chauthtok(3). Runs in whatever process changes a password:
 * passwd(1), or the one that logs somebody in who must change his.
 *
 * The current password is asked of root, too: the directory lets users change
 * their own, and this host's account nobody's.
 */
#include "front.h"
#include "note.h"
#include "policy.h"
#include "request.h"

#include <security/pam_ext.h>
#include <string.h>
#include <syslog.h>

#define TRIES 3 /* as pam_unix has it */

/*
 * With PAM_CHANGE_EXPIRED_AUTHTOK: whether the account phase wants a change.
 * Mostly it has said so on this handle; else it is asked (passwd -k).
 */
static enum lw_err must_change(const struct lw_request *r)
{
	struct lw_login login = lw_request_login(r, NULL);
	enum lw_err e;

	if (r->impossible || lw_noted_of(r->pamh, LW_NOTE_CHANGE, r->user))
		return LW_CHANGE;
	e = lw_front_account(&login);
	if (e == LW_CHANGE)
		lw_note(r->pamh, LW_NOTE_CHANGE, r->user);
	/* The second pass goes by the note: without it, it would say yes. */
	if (e == LW_CHANGE && !lw_noted_of(r->pamh, LW_NOTE_CHANGE, r->user))
		return LW_NOMEM;
	return e;
}

/* Before the new password is asked for, by whom ever. */
static void tell_policy(const struct lw_request *r)
{
	struct lw_password_policy policy;
	char text[LW_POLICY_TEXT_MAX];
	enum lw_err e;

	if (r->quiet)
		return;
	e = lw_front_policy(&policy);
	if (e != LW_OK && r->debug)
		pam_syslog(r->pamh, LOG_DEBUG, "rules for passwords: %s",
			   lw_strerror(e));
	if (e == LW_OK && lw_policy_text(&policy, text))
		pam_info(r->pamh, "%s", text);
}

static enum lw_err judge_old(const struct lw_request *r, const char *password)
{
	struct lw_login login = lw_request_login(r, password);
	enum lw_err e = lw_request_presentable(r, password);

	if (e == LW_OK)
		e = lw_front_verify(&login);
	if (e == LW_OK && !lw_request_same_user(r))
		e = LW_DENIED;
	return e;
}

static int first_pass(const struct lw_request *r, bool expired_only)
{
	enum lw_err e = expired_only ? must_change(r) : LW_CHANGE;
	const char *old = NULL;

	if (e == LW_OK) {
		if (!r->quiet)
			pam_info(r->pamh, "Your password has not expired.");
		return PAM_SUCCESS;
	}
	if (e != LW_CHANGE)
		return lw_request_end(r, LW_PHASE_OLD, e);
	if (pam_get_authtok(r->pamh, PAM_OLDAUTHTOK, &old, NULL) != PAM_SUCCESS)
		return PAM_AUTHTOK_RECOVERY_ERR;
	e = judge_old(r, old);
	if (e != LW_OK)
		return lw_request_end(r, LW_PHASE_OLD, e);
	tell_policy(r);
	return PAM_SUCCESS;
}

/* Why the new password cannot be meant, or NULL. */
static const char *objection(const char *old, const char *new)
{
	if (*new == '\0')
		return "The new password is empty.";
	if (strnlen(new, LW_PASSWORD_MAX + 1) > LW_PASSWORD_MAX)
		return "The new password is too long.";
	if (!strcmp(old, new))
		return "The new password is the current one.";
	return NULL;
}

/* One new password, from the prompt to the directory; retry: ask for another */
static int change(const struct lw_request *r, const char *old, bool *retry)
{
	struct lw_login login = lw_request_login(r, old);
	const char *new = NULL, *why;
	enum lw_err e;

	*retry = false;
	if (pam_get_authtok(r->pamh, PAM_AUTHTOK, &new, NULL) != PAM_SUCCESS)
		return PAM_AUTHTOK_ERR;
	if (!lw_request_same_user(r))
		return PAM_AUTHTOK_ERR;
	why = objection(old, new);
	if (why) {
		if (!r->quiet)
			pam_error(r->pamh, "%s", why);
		*retry = true;
		return PAM_AUTHTOK_ERR;
	}
	e = lw_front_change(&login, new);
	if (e == LW_OK)
		lw_note(r->pamh, LW_NOTE_CHANGE, NULL);
	*retry = e == LW_TOOSHORT || e == LW_WEAK || e == LW_HISTORY;
	return lw_request_end(r, LW_PHASE_NEW, e);
}

static int second_pass(const struct lw_request *r, bool expired_only)
{
	const void *old = NULL, *judged = NULL;
	int code = PAM_AUTHTOK_ERR, tries = TRIES;
	bool retry = true;

	if (expired_only && !lw_noted_of(r->pamh, LW_NOTE_CHANGE, r->user))
		return PAM_SUCCESS;
	if (pam_get_item(r->pamh, PAM_OLDAUTHTOK, &old) != PAM_SUCCESS || !old)
		return PAM_AUTHTOK_RECOVERY_ERR;
	/* The next one would not be judged by the module before us. */
	if (pam_get_item(r->pamh, PAM_AUTHTOK, &judged) == PAM_SUCCESS &&
	    judged)
		tries = 1;
	for (int i = 0; retry && i < tries; i++) {
		code = change(r, old, &retry);
		/* What is no good is not for the modules after us, either. */
		if (retry)
			pam_set_item(r->pamh, PAM_AUTHTOK, NULL);
	}
	return code;
}

int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	bool expired_only = (unsigned int)flags & PAM_CHANGE_EXPIRED_AUTHTOK;
	struct lw_request r;
	int code;

	lw_request_init(&r, pamh, flags, argc, argv);
	code = lw_request_user(&r);
	if (code == PAM_AUTHINFO_UNAVAIL)
		return lw_request_end(&r, LW_PHASE_OLD, r.trouble);
	if (code != PAM_SUCCESS)
		return code;

	if ((unsigned int)flags & PAM_PRELIM_CHECK)
		return first_pass(&r, expired_only);
	if ((unsigned int)flags & PAM_UPDATE_AUTHTOK)
		return second_pass(&r, expired_only);
	return PAM_SYSTEM_ERR;
}
