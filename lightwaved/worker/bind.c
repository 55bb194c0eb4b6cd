/* bind.c - who somebody is, by password. A worker process. */
#include "bind.h"

#include "cleanup.h"
#include "clock.h"
#include "log.h"
#include "objsid.h"
#include "outcome.h"
#include "search.h"
#include "secret.h"
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

static enum lw_err take_sid(void *arg, LDAP *ld, LDAPMessage *m)
{
	struct lw_conn *c = arg;
	struct berval **v = ldap_get_values_len(ld, m, "objectSid");
	enum lw_err e = LW_NOTFOUND;

	if (v && v[0])
		e = lw_objsid_decode(
			(struct lw_str) { v[0]->bv_val, v[0]->bv_len }, c->sid);
	ldap_value_free_len(v);
	return e;
}

static enum lw_err read_domain(struct lw_conn *c)
{
	static int64_t logged;
	const struct lw_config *config = c->setup->config;
	char *attrs[] = { "objectSid", NULL };
	struct lw_query q = { .base = config->base_dn,
			      .scope = LDAP_SCOPE_BASE,
			      .filter = "(objectClass=*)",
			      .attrs = attrs };
	enum lw_err e = lw_search(c, &q, take_sid, c);

	if ((e == LW_OK && c->sid[0]) || c->broken)
		return e;
	if (lw_rarely(&logged))
		lw_log(LOG_ERR,
		       "%s: '%s' may bind but does not see the objectSid of "
		       "'%s': make it a computer account of this domain and "
		       "check the name of the domain",
		       lw_conn_host(c), config->machine_dn, config->base_dn);
	return LW_OFFLINE;
}

static enum lw_err machine_once(struct lw_conn *c)
{
	static int64_t logged;
	const struct lw_config *config = c->setup->config;
	lw_cleanup(lw_secret_done) struct lw_secret s = { 0 };
	struct berval password;
	struct lw_outcome o;
	enum lw_err e = lw_secret_read(config->password_file, &s);

	if (e != LW_OK)
		return e == LW_NOMEM ? e : LW_OFFLINE;
	password.bv_val = s.p;
	password.bv_len = s.n;
	o = simple_bind(c, config->machine_dn, &password, NULL);
	if (o.result == LDAP_SUCCESS)
		return read_domain(c);
	if (!c->broken && lw_rarely(&logged))
		lw_log(LOG_ERR,
		       "%s: the bind as '%s' was refused (LDAP %d): check "
		       "'dn' and 'password_file' in [machine]",
		       lw_conn_host(c), config->machine_dn, o.result);
	return LW_OFFLINE;
}

enum lw_err lw_bind_machine(struct lw_conn *c)
{
	size_t n = c->setup->config->servers.n;
	enum lw_err e = LW_OFFLINE;

	lw_conn_refresh(c);
	for (size_t i = 0; i < n && !c->sid[0]; i++) {
		e = lw_conn_open(c);
		if (e != LW_OK)
			return e;
		e = machine_once(c);
		if (e == LW_OK)
			break;
		if (!c->broken) {
			lw_conn_close(c);
			return e;
		}
		lw_conn_leave(c);
	}
	return c->sid[0] ? LW_OK : e;
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

	e = o.result < 0 ? LW_OFFLINE : lw_verdict_of(o.result, o.policy.pp);
	if (e == LW_OFFLINE && lw_rarely(&logged))
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
	lw_conn_refresh(c);
	e = lw_conn_open(c);
	if (e != LW_OK)
		return e;
	e = ask(c, dn, v, ret_expires_in);
	if (c->slow)
		lw_conn_leave(c);
	else if (c->broken)
		lw_conn_close(c);
	return e;
}
