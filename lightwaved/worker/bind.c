/* bind.c - who somebody is, by password. A worker process. */
#include "bind.h"

#include "cleanup.h"
#include "clock.h"
#include "log.h"
#include "outcome.h"
#include "verdict.h"

#include <string.h>

/*
 * From the moment of ldap_sasl_bind() the server may have the password, so
 * nothing here tries again.
 */
static struct lw_outcome simple_bind(struct lw_conn *c, const char *dn,
				     struct berval *password, LDAPControl *ctrl)
{
	LDAPControl *ctrls[] = { ctrl, NULL };
	int id, rc;

	rc = ldap_sasl_bind(c->ld, dn, LDAP_SASL_SIMPLE, password,
			    ctrl ? ctrls : NULL, NULL, &id);
	if (lw_conn_note(c, rc) != LDAP_SUCCESS)
		return LW_OUTCOME_NONE;
	return lw_outcome_wait(c, id, LDAP_RES_BIND);
}

/* A bind with an empty name is anonymous and succeeds with any password. */
static bool names_an_entry(const char *dn)
{
	LDAPDN parsed = NULL;
	bool ok;

	ok = ldap_str2dn(dn, &parsed, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS &&
	     parsed && parsed[0];
	ldap_dnfree(parsed);
	return ok;
}

static enum lw_err ask(struct lw_conn *c, const char *dn,
		       const struct lw_verdict *v, uint32_t *ret_expires_in)
{
	static int64_t logged;
	struct berval password = { v->password.n,
				   (char *)(uintptr_t)v->password.p };
	LDAPControl *ctrl = NULL;
	struct lw_outcome o;
	enum lw_err e;

	if (ldap_create_passwordpolicy_control(c->ld, &ctrl) != LDAP_SUCCESS)
		return LW_NOMEM;
	o = simple_bind(c, dn, &password, ctrl);
	ldap_control_free(ctrl);

	e = lw_verdict_of(o.result, o.policy.pp);
	if ((e == LW_OFFLINE || e == LW_NOMEM) && lw_rarely(&logged))
		lw_log(LOG_WARNING, "%s: no verdict on a password: %s",
		       lw_conn_host(c),
		       c->broken ? "the connection failed"
				 : ldap_err2string(o.result));
	if (e == LW_OK)
		*ret_expires_in = o.policy.expires_in;
	return e;
}

enum lw_err lw_bind_user(struct lw_conn *c, const struct lw_verdict *v,
			 uint32_t *ret_expires_in)
{
	lw_cleanup(lw_free) char *dn = lw_str_dup(v->dn);
	enum lw_err e;

	if (!dn)
		return LW_NOMEM;
	if (v->password.n == 0 || !names_an_entry(dn))
		return LW_INVALID;
	/* Whatever the machine binds with: this is a password. */
	lw_conn_want(c, false);
	lw_conn_refresh(c);
	e = lw_conn_open(c);
	if (e != LW_OK)
		return e;
	e = ask(c, dn, v, ret_expires_in);
	if (c->slow)
		lw_conn_doubt(c);
	else if (c->broken)
		lw_conn_close(c);
	return e;
}
