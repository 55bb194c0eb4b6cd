/* auth.c - pam_authenticate(3). Runs in whatever process logs somebody in. */
#include "cred.h"
#include "front.h"
#include "request.h"

#include <security/pam_ext.h>
#include <stdlib.h>
#include <syslog.h>

#define DAY	86400u
#define SKEW_OK 300 /* seconds that Kerberos puts up with */

static enum lw_err judge(struct lw_request *r, const char *password,
			 struct lw_auth_answer *ret)
{
	struct lw_login login = lw_request_login(r, password);
	enum lw_err e = lw_request_presentable(r, password);

	if (e == LW_OK)
		e = lw_front_auth(&login, ret);
	if (e == LW_SKEW)
		r->skew = ret->skew;
	if (e == LW_OK && !lw_request_same_user(r))
		return LW_DENIED;
	return e;
}

/* He should know what that password is worth, and why Kerberos is not there. */
static void tell_offline(const struct lw_request *r, uint32_t age)
{
	const char *unit = age >= 2 * DAY ? "days"
			   : age >= 7200u ? "hours"
			   : age >= 120u  ? "minutes"
					  : "seconds";
	uint32_t one = age >= 2 * DAY ? DAY
		       : age >= 7200u ? 3600u
		       : age >= 120u  ? 60u
				      : 1u;

	pam_info(r->pamh,
		 "The directory cannot be reached: you are logged in offline, "
		 "with the password that was yours there %u %s ago. There is "
		 "no Kerberos ticket until you are asked for your password "
		 "again.",
		 age / one, unit);
}

/* The verdict stands, whatever became of the ticket. */
static void tell(const struct lw_request *r, const struct lw_auth_answer *a)
{
	uint32_t days = a->expires_in ? (a->expires_in - 1) / DAY + 1 : 1;
	bool skewed = a->skew <= -SKEW_OK || a->skew >= SKEW_OK;
	char shown[LW_PRINTABLE_MAX], clock[128];

	if (a->ticket != LW_TICKET_OK &&
	    (a->ticket != LW_TICKET_NOT_ASKED || r->debug))
		pam_syslog(r->pamh, LOG_NOTICE, "%s: %s",
			   lw_request_printable(r, shown),
			   lw_ticket_str(a->ticket));
	lw_pam_skew(a->skew, clock, sizeof(clock));
	if (skewed)
		pam_syslog(r->pamh, LOG_WARNING, "%s (%d s)", clock, a->skew);
	if (skewed && !r->quiet)
		pam_info(r->pamh, "%s; Kerberos does not work until it is set.",
			 clock);
	if (a->ticket == LW_TICKET_OFFLINE && !r->quiet)
		tell_offline(r, a->age);
	if (a->expires_in != LW_NEVER && !r->quiet)
		pam_info(r->pamh, "Your password expires in %u day%s.", days,
			 days == 1 ? "" : "s");
}

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc,
			const char **argv)
{
	const char *password = NULL; /* stays PAM's: it frees and wipes */
	struct lw_auth_answer answer = { 0 };
	struct lw_request r;
	enum lw_err e;
	int code;

	lw_request_init(&r, pamh, flags, argc, argv);
	code = lw_request_user(&r);
	if (code == PAM_AUTHINFO_UNAVAIL)
		return lw_request_end(&r, LW_PHASE_AUTH, r.trouble);
	if (code == PAM_SUCCESS)
		code = pam_get_authtok(pamh, PAM_AUTHTOK, &password, NULL);
	if (code != PAM_SUCCESS)
		return code == PAM_CONV_AGAIN ? PAM_INCOMPLETE : code;

	e = judge(&r, password, &answer);
	if (e == LW_OK) {
		lw_cred_remember(&r);
		tell(&r, &answer);
	}
	return lw_request_end(&r, LW_PHASE_AUTH, e);
}
