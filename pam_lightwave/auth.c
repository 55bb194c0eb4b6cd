/* auth.c - pam_authenticate(3). Runs in whatever process logs somebody in. */
#include "cred.h"
#include "front.h"
#include "request.h"

#include <security/pam_ext.h>
#include <string.h>
#include <syslog.h>

#define DAY	   86400u
#define WARN_BELOW (15 * DAY)

static enum lw_err judge(const struct lw_request *r, const char *password,
			 uint32_t *ret_expires)
{
	struct lw_login login = lw_request_login(r, password);

	/* LDAP takes a bind without a password as anonymous, and says yes. */
	if (login.password.n == 0 || login.password.n > LW_PASSWORD_MAX)
		return LW_DENIED;
	return lw_front_auth(&login, ret_expires);
}

static void warn(const struct lw_request *r, uint32_t expires)
{
	uint32_t days = expires < DAY ? 1 : (expires + DAY - 1) / DAY;

	if (expires < WARN_BELOW && !r->quiet)
		pam_info(r->pamh, "Your password expires in %u day%s.", days,
			 days == 1 ? "" : "s");
}

/* The verdict is about r->user: whoever asks must still mean him. */
static bool same_user(const struct lw_request *r)
{
	const void *user = NULL;

	return pam_get_item(r->pamh, PAM_USER, &user) == PAM_SUCCESS && user &&
	       !strcmp(user, r->user);
}

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc,
			const char **argv)
{
	const char *password = NULL; /* stays PAM's: it frees and wipes */
	uint32_t expires = UINT32_MAX;
	struct lw_request r;
	enum lw_err e;
	int code;

	lw_request_init(&r, pamh, flags, argc, argv);
	code = lw_request_user(&r);
	if (code == PAM_AUTHINFO_UNAVAIL)
		return lw_request_end(&r, LW_PHASE_AUTH, LW_OFFLINE);
	if (code == PAM_SUCCESS)
		code = pam_get_authtok(pamh, PAM_AUTHTOK, &password, NULL);
	if (code != PAM_SUCCESS)
		return code == PAM_CONV_AGAIN ? PAM_INCOMPLETE : code;

	e = judge(&r, password, &expires);
	if (e == LW_OK && !same_user(&r)) {
		pam_syslog(pamh, LOG_ERR, "PAM_USER changed meanwhile");
		e = LW_DENIED;
	}
	if (e == LW_OK) {
		lw_cred_remember(&r);
		warn(&r, expires);
	}
	return lw_request_end(&r, LW_PHASE_AUTH, e);
}
