/* request.c - one call of libpam. Runs in whatever process logs somebody in. */
#include "request.h"

#include "front.h"
#include "localdb.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#define FAIL_DELAY_USEC 2000000

void lw_request_init(struct lw_request *r, pam_handle_t *pamh, int flags,
		     int argc, const char **argv)
{
	*r = (struct lw_request) { .pamh = pamh };
	r->quiet = (unsigned int)flags & PAM_SILENT;
	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "debug"))
			r->debug = true;
		else if (!strcmp(argv[i], "quiet"))
			r->quiet = true;
		else if (strcmp(argv[i], "try_first_pass") != 0 &&
			 strcmp(argv[i], "use_first_pass") != 0 &&
			 !r->unknown_option)
			r->unknown_option = argv[i];
	}
	/* The last two are read by pam_get_authtok(3) itself. */
	if (r->unknown_option)
		pam_syslog(pamh, LOG_ERR, "unknown option: %s",
			   r->unknown_option);
}

/*
 * Anybody may type a name at a login prompt: what is not plain ASCII goes to
 * the log as \xNN. out has room for four bytes for each of user's.
 */
static const char *printable(const char *user, char out[4 * LW_NAME_MAX])
{
	size_t n = 0;

	for (; *user; user++) {
		unsigned char c = (unsigned char)*user;

		if (c < 0x20 || c > 0x7E)
			n += (size_t)snprintf(out + n, 5, "\\x%02X", c);
		else
			out[n++] = (char)c;
	}
	out[n] = '\0';
	return out;
}

/* PAM_SUCCESS: nothing on this machine speaks against the name being ours. */
static int locally(const struct lw_request *r)
{
	/* Before any file is read: nothing may lock root out. */
	if (!strcmp(r->user, "root"))
		return PAM_USER_UNKNOWN;

	switch (lw_local_id(LW_ETC_PASSWD, r->user, NULL)) {
	case LW_OK:
		return PAM_USER_UNKNOWN;
	case LW_NOTFOUND:
		return r->unknown_option ? PAM_SERVICE_ERR : PAM_SUCCESS;
	case LW_NOTOURS:
	case LW_DENIED:
	case LW_LOCKED:
	case LW_DISABLED:
	case LW_EXPIRED:
	case LW_FORBIDDEN:
	case LW_OFFLINE:
	case LW_RANGE:
	case LW_INVALID:
	case LW_PROTO:
	case LW_NOMEM:
	case LW_PENDING:
	case LW_ERR_COUNT:
		break;
	}
	pam_syslog(r->pamh, LOG_ERR, "cannot read " LW_ETC_PASSWD);
	return PAM_SERVICE_ERR;
}

/*
 * A malformed name with a domain is treated like an unknown one of ours, with
 * prompt and delay; without a domain pam_unix may judge it.
 */
static int by_front(const struct lw_request *r)
{
	bool bare = !strpbrk(r->user, "@\\");

	switch (lw_front_ours(r->user)) {
	case LW_OK:
		return PAM_SUCCESS;
	case LW_INVALID:
		return bare ? PAM_USER_UNKNOWN : PAM_SUCCESS;
	case LW_NOTOURS:
		return PAM_USER_UNKNOWN;
	case LW_NOTFOUND:
	case LW_DENIED:
	case LW_LOCKED:
	case LW_DISABLED:
	case LW_EXPIRED:
	case LW_FORBIDDEN:
	case LW_OFFLINE:
	case LW_RANGE:
	case LW_PROTO:
	case LW_NOMEM:
	case LW_PENDING:
	case LW_ERR_COUNT:
		break;
	}
	return bare ? PAM_USER_UNKNOWN : PAM_AUTHINFO_UNAVAIL;
}

int lw_request_ours(struct lw_request *r, const char *user)
{
	size_t n = user ? strnlen(user, sizeof(r->user)) : 0;
	char shown[4 * LW_NAME_MAX];
	int code;

	if (n == 0 || n == sizeof(r->user))
		return PAM_USER_UNKNOWN;
	memcpy(r->user, user, n + 1);

	code = locally(r);
	if (code == PAM_SUCCESS)
		code = by_front(r);
	if (r->debug)
		pam_syslog(r->pamh, LOG_DEBUG, "%s: %s",
			   printable(r->user, shown),
			   code == PAM_SUCCESS	      ? "ours"
			   : code == PAM_USER_UNKNOWN ? "not ours"
						      : "cannot tell");
	return code;
}

int lw_request_user(struct lw_request *r)
{
	const char *user = NULL;
	int code = pam_get_user(r->pamh, &user, NULL);

	if (code == PAM_CONV_AGAIN)
		return PAM_INCOMPLETE;
	return code == PAM_SUCCESS ? lw_request_ours(r, user) : code;
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
		.password = lw_str(password),
		.service = item(r, PAM_SERVICE),
		.rhost = item(r, PAM_RHOST),
	};
}

static void log_end(const struct lw_request *r, enum lw_err e)
{
	struct lw_str service = item(r, PAM_SERVICE);
	char shown[4 * LW_NAME_MAX];

	pam_syslog(r->pamh, e == LW_OK ? LOG_INFO : LOG_NOTICE,
		   "%s %s for service %.*s: %s",
		   e == LW_OK ? "accepted" : "refused",
		   printable(r->user, shown), (int)service.n,
		   service.n ? service.s : "", lw_strerror(e));
}

int lw_request_end(const struct lw_request *r, enum lw_phase phase,
		   enum lw_err e)
{
	const char *text = lw_pam_text(phase, e);

	log_end(r, e);
	if (text && !r->quiet)
		pam_error(r->pamh, "%s", text);
	if (phase == LW_PHASE_AUTH && e != LW_OK)
		pam_fail_delay(r->pamh, FAIL_DELAY_USEC);
	return lw_to_pam(phase, e);
}
