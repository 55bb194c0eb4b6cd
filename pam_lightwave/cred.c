/*
 * cred.c - pam_setcred(3): a credential cache for who logged in. Runs in
 * whatever process logs somebody in, often twice and not where he
 * authenticated. A user of ours without a ticket is a success.
 */
#include "cred.h"

#include "ccache.h"
#include "cleanup.h"
#include "front.h"
#include "note.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#define DATA_CCACHE "pam_lightwave ccache"
#define VARIABLE    "KRB5CCNAME"

/* What this handle made, and for whom. */
struct made {
	char user[LW_NAME_MAX];
	struct lw_ccache ccache;
};

static void release(pam_handle_t *pamh, void *p, int status)
{
	(void)pamh;
	(void)status;
	free(p);
}

static const struct made *recall(pam_handle_t *pamh)
{
	const void *p = NULL;

	return pam_get_data(pamh, DATA_CCACHE, &p) == PAM_SUCCESS ? p : NULL;
}

void lw_cred_remember(const struct lw_request *r)
{
	lw_note(r->pamh, LW_NOTE_USER, r->user);
	lw_note(r->pamh, LW_NOTE_ASKED, NULL);
}

/* The file that KRB5CCNAME is about, or NULL; absolute unless it is ours. */
static const char *file(const char *name, const struct made *made)
{
	if (name && !strncmp(name, "FILE:", 5))
		name += 5;
	if (!name || (made && !strcmp(name, made->ccache.path)))
		return name;
	return *name == '/' ? name : NULL;
}

void lw_cred_end(const struct lw_request *r, const char *user)
{
	const struct made *made = recall(r->pamh);
	const char *name;

	if (!made || strcmp(made->user, user) != 0 || r->keep_ccache)
		return;
	lw_ccache_remove(r->pamh, &made->ccache);
	name = file(pam_getenv(r->pamh, VARIABLE), made);
	if (name && !strcmp(name, made->ccache.path))
		pam_putenv(r->pamh, VARIABLE);
	pam_set_data(r->pamh, DATA_CCACHE, NULL, NULL);
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
static int whose(struct lw_request *r, const char *user, bool *act)
{
	int code;

	if (lw_noted_another(r->pamh, user))
		return PAM_SUCCESS;
	code = lw_request_ours(r, user);
	if (code == PAM_AUTHINFO_UNAVAIL)
		return PAM_SUCCESS;
	if (r->impossible)
		return PAM_USER_UNKNOWN;
	*act = code == PAM_SUCCESS &&
	       (lw_noted(r->pamh, LW_NOTE_USER) || !for_another(r->pamh));
	return code;
}

/*
 * The front is asked once after each authentication: what it has later is
 * another login's, which would be left without.
 */
static bool fetch(const struct lw_request *r, struct lw_reply *reply,
		  struct lw_ticket *ret)
{
	enum lw_err e;

	if (lw_noted_of(r->pamh, LW_NOTE_ASKED, r->user))
		return false;
	e = lw_front_ticket(r->user, reply, ret);
	if (e == LW_OK || e == LW_NOTFOUND)
		lw_note(r->pamh, LW_NOTE_ASKED, r->user);
	if (e == LW_NOTFOUND && r->debug)
		pam_syslog(r->pamh, LOG_DEBUG, "no ticket is ready");
	if (e != LW_OK && e != LW_NOTFOUND)
		pam_syslog(r->pamh, LOG_NOTICE, "no ticket: %s",
			   lw_strerror(e));
	return e == LW_OK;
}

/* Hand c over to libpam, environment and data both or neither. */
static bool publish(const struct lw_request *r, const struct lw_ccache *c)
{
	char variable[sizeof(VARIABLE "=FILE:") + sizeof(c->path)];
	struct made *made = malloc(sizeof(*made));

	if (!made)
		return false;
	memcpy(made->user, r->user, sizeof(made->user));
	made->ccache = *c;
	if (pam_set_data(r->pamh, DATA_CCACHE, made, release) != PAM_SUCCESS) {
		free(made);
		return false;
	}
	snprintf(variable, sizeof(variable), VARIABLE "=FILE:%s", c->path);
	return pam_putenv(r->pamh, variable) == PAM_SUCCESS;
}

static void establish(const struct lw_request *r)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	const struct made *before = recall(r->pamh);
	struct lw_ticket ticket;
	struct lw_ccache ccache;

	if (pam_getenv(r->pamh, VARIABLE) || !fetch(r, &reply, &ticket) ||
	    !lw_ccache_write(r->pamh, &ticket, &ccache))
		return;
	/* Somebody took our variable away: nothing leads there any more. */
	if (before)
		lw_ccache_remove(r->pamh, &before->ccache);
	if (!publish(r, &ccache))
		lw_ccache_remove(r->pamh, &ccache);
}

/* Who authenticated again has a fresh ticket for the cache he is using. */
static void renew(const struct lw_request *r)
{
	lw_cleanup(lw_reply_done) struct lw_reply reply = { 0 };
	const struct made *made = recall(r->pamh);
	const char *path = file(pam_getenv(r->pamh, VARIABLE), made);
	struct lw_ticket ticket;

	if (path && lw_noted_of(r->pamh, LW_NOTE_USER, r->user) &&
	    fetch(r, &reply, &ticket))
		lw_ccache_replace(r->pamh, &ticket, path);
}

static void set(const struct lw_request *r, unsigned int flags)
{
	if (!(flags & (PAM_REINITIALIZE_CRED | PAM_REFRESH_CRED)) ||
	    (flags & PAM_REINITIALIZE_CRED && !pam_getenv(r->pamh, VARIABLE)))
		establish(r);
	else
		renew(r);
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const void *user = NULL;
	struct lw_request r;
	bool act = false;
	int code;

	lw_request_init(&r, pamh, flags, argc, argv);
	if (pam_get_item(pamh, PAM_USER, &user) != PAM_SUCCESS || !user)
		return PAM_USER_UNKNOWN;
	if ((unsigned int)flags & PAM_DELETE_CRED) {
		lw_cred_end(&r, user);
		return lw_noted_another(pamh, user) ||
				       lw_noted_of(pamh, LW_NOTE_OURS, user)
			       ? PAM_SUCCESS
			       : PAM_USER_UNKNOWN;
	}
	code = whose(&r, user, &act);
	if (act)
		set(&r, (unsigned int)flags);
	return code;
}
