/* krb.c - a user before the KDC. A worker process. */
#include "krb.h"

#include "cleanup.h"
#include "kerberos.h"
#include "log.h"
#include "skew.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

void lw_krb_done(struct lw_krb *k)
{
	if (!k->ctx)
		return;
	if (k->has_creds)
		krb5_free_cred_contents(k->ctx, &k->creds);
	krb5_free_principal(k->ctx, k->user);
	krb5_free_context(k->ctx);
	*k = (struct lw_krb) { 0 };
}

void lw_krb_password_done(struct lw_krb_password *p)
{
	explicit_bzero(p, sizeof(*p));
}

enum lw_err lw_krb_password_set(struct lw_krb_password *p, struct lw_password s)
{
	if (s.n >= sizeof(p->p))
		return LW_INVALID;
	memcpy(p->p, s.p, s.n);
	p->p[s.n] = '\0';
	return LW_OK;
}

krb5_error_code lw_krb_open(struct lw_krb *k, const struct lw_setup *s)
{
	k->setup = s;
	if (s)
		lw_kerberos_prefer(s);
	return krb5_init_context(&k->ctx);
}

krb5_error_code lw_krb_user(struct lw_krb *k, struct lw_str upn)
{
	const char *realm = k->setup->config->realm;
	const char *at = memchr(upn.s, '@', upn.n);
	size_t n = at ? (size_t)(at - upn.s) : 0;
	lw_cleanup(lw_free) char *name = NULL;

	if (n == 0 || memchr(upn.s, '\\', upn.n) ||
	    upn.n != n + 1 + strlen(realm) ||
	    strncasecmp(at + 1, realm, strlen(realm)) != 0)
		return KRB5_PARSE_MALFORMED;
	/* The realm in our spelling: in Kerberos case matters. */
	if (asprintf(&name, "%.*s@%s", (int)n, upn.s, realm) < 0) {
		name = NULL;
		return ENOMEM;
	}
	return krb5_parse_name(k->ctx, name, &k->user);
}

/* After success by the ticket's own time, else by the KDC's last error. */
static void learn_skew(struct lw_krb *k, krb5_init_creds_context icc,
		       krb5_error_code rc)
{
	krb5_timestamp now = (krb5_timestamp)time(NULL);
	krb5_ticket_times times;
	krb5_error *error = NULL;

	if (!rc) {
		k->knows_time = !krb5_init_creds_get_times(k->ctx, icc, &times);
		if (k->knows_time)
			k->skew = lw_skew_of(times.authtime, now);
		return;
	}
	k->knows_time =
		!krb5_init_creds_get_error(k->ctx, icc, &error) && error;
	if (k->knows_time)
		k->skew = lw_skew_of(error->stime, now);
	krb5_free_error(k->ctx, error);
}

/* What is shown to the KDC: one of them, or nothing. */
struct proof {
	const char *password;
	krb5_keytab keytab;
};

static krb5_error_code show(struct lw_krb *k, krb5_init_creds_context icc,
			    const struct proof *p)
{
	if (p->keytab)
		return krb5_init_creds_set_keytab(k->ctx, icc, p->keytab);
	return p->password
		       ? krb5_init_creds_set_password(k->ctx, icc, p->password)
		       : 0;
}

/*
 * Not krb5_get_init_creds_password() and its like: they ask again elsewhere
 * after a refusal, and change expired passwords by themselves.
 */
static krb5_error_code ask(struct lw_krb *k, krb5_get_init_creds_opt *opt,
			   const struct proof *proof, const char *service)
{
	krb5_init_creds_context icc;
	krb5_error_code rc =
		krb5_init_creds_init(k->ctx, k->user, NULL, NULL, 0, opt, &icc);

	if (rc)
		return rc;
	rc = show(k, icc, proof);
	if (!rc && service)
		rc = krb5_init_creds_set_service(k->ctx, icc, service);
	if (!rc) {
		rc = krb5_init_creds_get(k->ctx, icc);
		learn_skew(k, icc, rc);
	}
	if (!rc)
		rc = krb5_init_creds_get_creds(k->ctx, icc, &k->creds);
	k->has_creds = rc == 0;
	krb5_init_creds_free(k->ctx, icc);
	return rc;
}

static krb5_error_code get(struct lw_krb *k, const struct proof *proof,
			   const char *service, bool forwardable)
{
	krb5_get_init_creds_opt *opt;
	krb5_error_code rc = krb5_get_init_creds_opt_alloc(k->ctx, &opt);

	if (rc)
		return rc;
	krb5_get_init_creds_opt_set_forwardable(opt, forwardable);
	krb5_get_init_creds_opt_set_canonicalize(opt, 0);
	/* vmdir dies of some renewals; whoever wants one has to ask for it. */
	krb5_get_init_creds_opt_set_renew_life(opt, 0);
	rc = ask(k, opt, proof, service);
	krb5_get_init_creds_opt_free(k->ctx, opt);
	return rc;
}

krb5_error_code lw_krb_get(struct lw_krb *k, const char *password,
			   const char *service)
{
	return get(k, &(struct proof) { .password = password }, service,
		   !service);
}

krb5_error_code lw_krb_get_keytab(struct lw_krb *k, krb5_keytab keytab)
{
	return get(k, &(struct proof) { .keytab = keytab }, NULL, false);
}

bool lw_krb_ask_time(struct lw_krb *k)
{
	get(k, &(struct proof) { 0 }, NULL, false);
	return k->knows_time;
}

const char *lw_krb_kdc(const struct lw_krb *k)
{
	const struct lw_list *servers = &k->setup->config->servers;

	/* libkrb5 does not say which of them it was. */
	return servers->n == 1 ? servers->v[0] : "the KDC";
}

void lw_krb_log(const struct lw_krb *k, int prio, const char *text,
		const char *what, krb5_error_code rc)
{
	const char *why = krb5_get_error_message(k->ctx, rc);

	lw_log(prio, "%s: %s (%s)", text, why, what);
	krb5_free_error_message(k->ctx, why);
}
