/* ours.c - whose name is it. Runs in whatever process logs somebody in. */
#include "front.h"
#include "localdb.h"
#include "note.h"
#include "request.h"

#include <security/pam_ext.h>
#include <string.h>
#include <syslog.h>

/* PAM_SUCCESS: nothing on this machine speaks against the name being ours. */
static int locally(const struct lw_request *r, const char *user)
{
	enum lw_err e;

	/* Before any file is read: nothing may lock root out. */
	if (!strcmp(user, "root"))
		return PAM_USER_UNKNOWN;

	e = lw_local_id(LW_ETC_PASSWD, user, NULL);
	if (e == LW_OK)
		return PAM_USER_UNKNOWN;
	if (e == LW_NOTFOUND)
		return r->unknown_option ? PAM_SERVICE_ERR : PAM_SUCCESS;
	pam_syslog(r->pamh, LOG_ERR, "cannot read " LW_ETC_PASSWD);
	return PAM_SERVICE_ERR;
}

/*
 * What is no account's name on any system. It is refused here, with the prompt
 * and the delay of a wrong password, so that who tries such names sees the
 * same whatever he typed and whoever answers.
 */
static bool impossible(const char *user)
{
	size_t n = strnlen(user, LW_NAME_MAX);

	if (n == 0 || n == LW_NAME_MAX || strpbrk(user, ":/*()"))
		return true;
	if (strchr("@\\", user[0]) || strchr("@\\", user[n - 1]))
		return true;
	for (; *user; user++) {
		unsigned char c = (unsigned char)*user;

		if (c < 0x20 || c == 0x7F)
			return true;
	}
	return false;
}

/*
 * A malformed name with a domain is treated like an unknown one of ours, with
 * prompt and delay; without a domain another module may know it.
 */
static int by_front(struct lw_request *r)
{
	bool bare = !strpbrk(r->user, "@\\");
	enum lw_err e = lw_front_ours(r->user);

	if (e == LW_OK) {
		lw_note(r->pamh, LW_NOTE_OURS, r->user);
		return PAM_SUCCESS;
	}
	if (e == LW_INVALID && !bare) {
		r->impossible = true;
		return PAM_SUCCESS;
	}
	if (bare || e == LW_NOTOURS)
		return PAM_USER_UNKNOWN;
	r->trouble = e;
	return PAM_AUTHINFO_UNAVAIL;
}

static int decide(struct lw_request *r, const char *user)
{
	int code = locally(r, user);

	if (code != PAM_SUCCESS || lw_noted_of(r->pamh, LW_NOTE_OURS, user))
		return code;
	r->impossible = impossible(user);
	return r->impossible ? PAM_SUCCESS : by_front(r);
}

static const char *in_words(const struct lw_request *r, int code)
{
	if (code == PAM_SUCCESS)
		return r->impossible ? "nobody's name" : "ours";
	return code == PAM_USER_UNKNOWN ? "not ours" : "cannot tell";
}

int lw_request_ours(struct lw_request *r, const char *user)
{
	char shown[LW_PRINTABLE_MAX];
	size_t n;
	int code;

	if (!user)
		return PAM_USER_UNKNOWN;
	n = strnlen(user, sizeof(r->user) - 1);
	memcpy(r->user, user, n);
	r->user[n] = '\0';

	code = decide(r, user);
	if (r->debug)
		pam_syslog(r->pamh, LOG_DEBUG, "%s: %s",
			   lw_request_printable(r, shown), in_words(r, code));
	return code;
}
