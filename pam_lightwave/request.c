/* request.c - one call of libpam. Runs in whatever process logs somebody in. */
#include "request.h"

#include "note.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#define FAIL_DELAY_USEC 2000000

static void read_option(struct lw_request *r, const char *option)
{
	if (!strcmp(option, "debug"))
		r->debug = true;
	else if (!strcmp(option, "quiet"))
		r->quiet = r->terse = true;
	else if (!strcmp(option, "keep_ccache"))
		r->keep_ccache = true;
	else if (strcmp(option, "try_first_pass") != 0 &&
		 strcmp(option, "use_first_pass") != 0 &&
		 strcmp(option, "use_authtok") != 0 && !r->unknown_option)
		r->unknown_option = option;
	/* The last three are read by pam_get_authtok(3) itself. */
}

void lw_request_init(struct lw_request *r, pam_handle_t *pamh, int flags,
		     int argc, const char **argv)
{
	*r = (struct lw_request) { .pamh = pamh };
	r->quiet = (unsigned int)flags & PAM_SILENT;
	for (int i = 0; i < argc; i++)
		read_option(r, argv[i]);
	if (!r->unknown_option ||
	    lw_noted_of(pamh, LW_NOTE_OPTION, r->unknown_option))
		return;
	pam_syslog(pamh, LOG_ERR, "unknown option: %s", r->unknown_option);
	lw_note(pamh, LW_NOTE_OPTION, r->unknown_option);
}

int lw_request_user(struct lw_request *r)
{
	const char *user = NULL;
	int code = pam_get_user(r->pamh, &user, NULL);

	if (code == PAM_CONV_AGAIN)
		return PAM_INCOMPLETE;
	return code == PAM_SUCCESS ? lw_request_ours(r, user) : code;
}

bool lw_request_same_user(const struct lw_request *r)
{
	const void *user = NULL;

	/* An impossible name is no whole copy, and refused whoever it is. */
	if (r->impossible)
		return true;
	if (pam_get_item(r->pamh, PAM_USER, &user) == PAM_SUCCESS && user &&
	    !strcmp(user, r->user))
		return true;
	pam_syslog(r->pamh, LOG_ERR, "PAM_USER changed meanwhile");
	return false;
}

enum lw_err lw_request_presentable(const struct lw_request *r,
				   const char *password)
{
	size_t n = strnlen(password, LW_PASSWORD_MAX + 1);

	if (r->impossible)
		return LW_INVALID;
	/* LDAP takes a bind without a password as anonymous, and says yes. */
	return n == 0 || n > LW_PASSWORD_MAX ? LW_DENIED : LW_OK;
}

static struct lw_str item(const struct lw_request *r, int type)
{
	const void *p = NULL;

	return lw_str(pam_get_item(r->pamh, type, &p) == PAM_SUCCESS ? p
								     : NULL);
}

struct lw_login lw_request_login(const struct lw_request *r,
				 const char *password)
{
	return (struct lw_login) {
		.user = lw_str(r->user),
		.password = lw_password(password),
		.service = item(r, PAM_SERVICE),
		.rhost = item(r, PAM_RHOST),
	};
}

/* Anybody may type a name at a login prompt: only plain ASCII is shown. */
const char *lw_request_printable(const struct lw_request *r,
				 char out[LW_PRINTABLE_MAX])
{
	size_t n = 0;

	for (const char *p = r->user; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c < 0x20 || c > 0x7E)
			n += (size_t)snprintf(out + n, 5, "\\x%02X", c);
		else
			out[n++] = (char)c;
	}
	out[n] = '\0';
	return out;
}

static void log_end(const struct lw_request *r, enum lw_phase phase,
		    enum lw_err e)
{
	struct lw_str service = item(r, PAM_SERVICE);
	bool password = phase == LW_PHASE_OLD || phase == LW_PHASE_NEW;
	const char *what = e == LW_OK ? "accepted" : "refused";
	char shown[LW_PRINTABLE_MAX], skew[32] = "";

	if (password)
		what = e == LW_OK ? "changed the password of"
				  : "did not change the password of";
	if (e == LW_SKEW)
		snprintf(skew, sizeof(skew), " (%d s)", r->skew);
	pam_syslog(r->pamh, e == LW_OK ? LOG_INFO : LOG_NOTICE,
		   "%s %s for service %.*s: %s%s", what,
		   lw_request_printable(r, shown), (int)service.n,
		   service.n ? service.s : "", lw_strerror(e), skew);
}

static void tell(const struct lw_request *r, enum lw_phase phase, enum lw_err e)
{
	const char *text = lw_pam_text(phase, e);
	char skew[128];

	if (e == LW_SKEW) {
		lw_pam_skew(r->skew, skew, sizeof(skew));
		pam_error(r->pamh, "%s; nobody can log in until it is set.",
			  skew);
	} else if (text) {
		pam_error(r->pamh, "%s", text);
	}
}

int lw_request_end(const struct lw_request *r, enum lw_phase phase,
		   enum lw_err e)
{
	if (e != LW_OK || !r->terse)
		log_end(r, phase, e);
	if (!r->quiet)
		tell(r, phase, e);
	if (e != LW_OK && (phase == LW_PHASE_AUTH || phase == LW_PHASE_OLD))
		pam_fail_delay(r->pamh, FAIL_DELAY_USEC);
	return lw_to_pam(phase, e);
}
