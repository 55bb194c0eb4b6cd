/* kpasswd.c - a user's new password, by Kerberos. A worker process. */
#include "kpasswd.h"

#include "cleanup.h"
#include "krb.h"
#include "log.h"
#include "refusal.h"
#include "skew.h"

#define SERVICE "kadmin/changepw"

/* The server's words are not read: nobody knows what is in them. */
static enum lw_err set_password(struct lw_krb *k, const char *password)
{
	krb5_data code_text = { 0 }, text = { 0 };
	int code = -1;
	krb5_error_code rc;
	enum lw_err e;

	rc = krb5_change_password(k->ctx, &k->creds, password, &code,
				  &code_text, &text);
	krb5_free_data_contents(k->ctx, &code_text);
	krb5_free_data_contents(k->ctx, &text);
	if (rc) {
		lw_krb_log(k, LOG_WARNING,
			   "whether a password was changed is not known",
			   "kpasswd", rc);
		return LW_OFFLINE;
	}
	e = lw_refusal_of_kpasswd(code);
	if (e != LW_OK)
		lw_log(LOG_INFO,
		       "%s: a change of password was refused: kpasswd %d",
		       lw_krb_kdc(k), code);
	return e;
}

static enum lw_err run(struct lw_krb *k, const struct lw_change *ch,
		       const char *old_password, const char *new_password)
{
	krb5_error_code rc = lw_krb_user(k, ch->upn);
	enum lw_err e;

	if (!rc)
		rc = lw_krb_get(k, old_password, SERVICE);
	if (!rc)
		return set_password(k, new_password);
	/* A clock that is off says nothing about the password. */
	e = lw_skew_is_why(rc, k->skew) ? LW_OFFLINE : lw_refusal_of_kdc(rc);
	if (e != LW_DENIED)
		lw_krb_log(k, LOG_INFO, "no change of password", SERVICE, rc);
	lw_skew_log(k->skew, lw_krb_kdc(k));
	return e;
}

enum lw_err lw_kpasswd_change(const struct lw_setup *s,
			      const struct lw_change *ch)
{
	lw_cleanup(lw_krb_password_done) struct lw_krb_password old_password;
	lw_cleanup(lw_krb_password_done) struct lw_krb_password new_password;
	lw_cleanup(lw_krb_done) struct lw_krb k = { 0 };

	if (lw_krb_password_set(&old_password, ch->old_password) != LW_OK ||
	    lw_krb_password_set(&new_password, ch->new_password) != LW_OK)
		return LW_INVALID;
	if (lw_krb_open(&k, s))
		return LW_NOMEM;
	return run(&k, ch, old_password.p, new_password.p);
}
