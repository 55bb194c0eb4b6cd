/* machine_bind.c - the bind as the machine. A worker process. */
#include "machine_bind.h"

#include "cleanup.h"
#include "clock.h"
#include "log.h"
#include "objsid.h"
#include "outcome.h"
#include "sasl.h"
#include "search.h"
#include "secret.h"

#include <stdio.h>

/* What became of the last one; for the self-test. */
static struct {
	enum lw_machine_step step;
	char why[600];
} last;

static enum lw_err simple(struct lw_conn *c)
{
	const struct lw_config *config = c->setup->config;
	lw_cleanup(lw_secret_done) struct lw_secret s = { 0 };
	struct berval password;
	struct lw_outcome o = LW_OUTCOME_NONE;
	enum lw_err e = lw_secret_read(config->password_file, &s, last.why,
				       sizeof(last.why));
	int id;

	if (e != LW_OK)
		return LW_OFFLINE;
	/* In clear nobody gets to see it. */
	if (!ldap_tls_inplace(c->ld))
		return LW_OFFLINE;
	password.bv_val = s.p;
	password.bv_len = s.n;
	if (lw_conn_note(c, ldap_sasl_bind(c->ld, config->machine_dn,
					   LDAP_SASL_SIMPLE, &password, NULL,
					   NULL, &id)) == LDAP_SUCCESS)
		o = lw_outcome_wait(c, id, LDAP_RES_BIND);
	if (o.result == LDAP_SUCCESS)
		return LW_OK;
	if (!c->broken)
		snprintf(last.why, sizeof(last.why),
			 "the bind as '%s' was refused (LDAP %d): check 'dn' "
			 "and 'password_file' in [machine]",
			 config->machine_dn, o.result);
	return LW_OFFLINE;
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
	const struct lw_config *config = c->setup->config;
	char *attrs[] = { "objectSid", NULL };
	struct lw_query q = { .base = config->base_dn,
			      .scope = LDAP_SCOPE_BASE,
			      .filter = "(objectClass=*)",
			      .attrs = attrs };
	enum lw_err e = lw_search(c, &q, take_sid, c);

	if ((e == LW_OK && c->sid[0]) || c->broken || e == LW_NOMEM)
		return e;
	c->sid[0] = '\0';
	snprintf(last.why, sizeof(last.why),
		 "bind works but '%s' does not see the objectSid of '%s': make "
		 "it a computer account of this domain and check 'name' in "
		 "[domain]",
		 config->machine_dn, config->base_dn);
	return LW_OFFLINE;
}

static enum lw_err run(struct lw_conn *c)
{
	enum lw_err e;

	last.step = LW_MACHINE_UNBOUND;
	last.why[0] = '\0';
	e = c->setup->config->sasl_mech
		    ? lw_sasl_bind(c, last.why, sizeof(last.why))
		    : simple(c);
	if (e != LW_OK)
		return e;
	last.step = LW_MACHINE_NO_DOMAIN;
	e = read_domain(c);
	if (e == LW_OK)
		last.step = LW_MACHINE_BOUND;
	return e;
}

enum lw_err lw_machine_bind(struct lw_conn *c)
{
	static int64_t logged;
	enum lw_err e = run(c);

	if (e != LW_OK && !c->broken && last.why[0] && lw_rarely(&logged))
		lw_log(LOG_ERR, "%s: %s", lw_conn_host(c), last.why);
	return e;
}

bool lw_machine_bind_stale(const struct lw_conn *c)
{
	return c->sid[0] && lw_sasl_good_for(c->setup->config) == 0;
}

void lw_machine_bind_reset(void)
{
	last.step = LW_MACHINE_UNTRIED;
	last.why[0] = '\0';
}

enum lw_machine_step lw_machine_bind_last(const char **ret_why)
{
	*ret_why = last.why;
	return last.step;
}
