/*
 * cred.c - pam_setcred(3): a credential cache for who logged in. Runs in
 * whatever process logs somebody in, often twice and not where he
 * authenticated. A user of ours without a ticket is a success.
 */
#include "cred.h"

#include "ccache.h"
#include "cleanup.h"
#include "front.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#define DATA_USER   "pam_lightwave user"
#define DATA_CCACHE "pam_lightwave ccache"
#define VARIABLE    "KRB5CCNAME"

static void release(pam_handle_t *pamh, void *p, int status)
{
	(void)pamh;
	(void)status;
	free(p);
}

void lw_cred_remember(const struct lw_request *r)
{
	char *user = strdup(r->user);

	if (user &&
	    pam_set_data(r->pamh, DATA_USER, user, release) != PAM_SUCCESS)
		free(user);
}

static const void *recall(pam_handle_t *pamh, const char *name)
{
	const void *p = NULL;

	return pam_get_data(pamh, name, &p) == PAM_SUCCESS ? p : NULL;
}

/*
 * These authenticate in the process that sets credentials, mostly somebody
 * else, or nobody at all: what is not remembered there was not typed there,
 * and a ticket that lies ready belongs to another session.
 */
static bool for_another(pam_handle_t *pamh)
{
	static const char *const services[] = {
		"sudo",	     "sudo-i", "su",	"su-l", "runuser",
		"runuser-l", "cron",   "crond", "atd",	"systemd-user",
	};
	const void *service = NULL;

	if (pam_get_item(pamh, PAM_SERVICE, &service) != PAM_SUCCESS ||
	    !service)
		return false;
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++) {
		if (!strcmp(service, services[i]))
			return true;
	}
	return false;
}

/* What to return; act: PAM_USER is the one whose ticket may be here. */
static int whose(struct lw_request *r, bool *act)
{
	const char *authenticated = recall(r->pamh, DATA_USER);
	const void *user = NULL;
	int code;

	*act = false;
	if (pam_get_item(r->pamh, PAM_USER, &user) != PAM_SUCCESS || !user)
		return PAM_USER_UNKNOWN;
	/* sudo sets PAM_USER to its target: nothing of alice's becomes his. */
	if (authenticated && strcmp(authenticated, user) != 0)
		return PAM_SUCCESS;
	code = lw_request_ours(r, user);
	if (code == PAM_AUTHINFO_UNAVAIL)
		return PAM_SUCCESS;
	*act = code == PAM_SUCCESS && (authenticated || !for_another(r->pamh));
	return code;
}

/* Hand c over to libpam, environment and data both or neither. */
static bool publish(pam_handle_t *pamh, const struct lw_ccache *c)
{
	char variable[sizeof(VARIABLE "=FILE:") + sizeof(c->path)];
	struct lw_ccache *copy = malloc(sizeof(*copy));

	if (!copy)
		return false;
	*copy = *c;
	if (pam_set_data(pamh, DATA_CCACHE, copy, release) != PAM_SUCCESS) {
		free(copy);
		return false;
	}
	snprintf(variable, sizeof(variable), VARIABLE "=FILE:%s", c->path);
	return pam_putenv(pamh, variable) == PAM_SUCCESS;
}

static void establish(const struct lw_request *r)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	struct lw_ticket ticket;
	struct lw_ccache ccache;
	enum lw_err e;

	if (pam_getenv(r->pamh, VARIABLE))
		return;
	e = lw_front_ticket(r->user, &reply, &ticket);
	if (e == LW_NOTFOUND && !r->debug)
		return;
	if (e != LW_OK) {
		pam_syslog(r->pamh, e == LW_NOTFOUND ? LOG_DEBUG : LOG_NOTICE,
			   "no ticket: %s", lw_strerror(e));
		return;
	}
	if (lw_ccache_write(r->pamh, &ticket, &ccache) &&
	    !publish(r->pamh, &ccache))
		lw_ccache_remove(r->pamh, &ccache);
}

/* Only what this handle made, and only while it still stands for it. */
static void discard(pam_handle_t *pamh)
{
	const struct lw_ccache *c = recall(pamh, DATA_CCACHE);
	const char *name = pam_getenv(pamh, VARIABLE);

	if (!c || !name || strncmp(name, "FILE:", 5) != 0 ||
	    strcmp(name + 5, c->path) != 0)
		return;
	lw_ccache_remove(pamh, c);
	pam_putenv(pamh, VARIABLE);
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct lw_request r;
	bool act;
	int code;

	lw_request_init(&r, pamh, flags, argc, argv);
	code = whose(&r, &act);
	if ((unsigned int)flags & PAM_DELETE_CRED)
		discard(pamh);
	else if (act)
		establish(&r);
	return code;
}
