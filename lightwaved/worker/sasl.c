/* sasl.c - a bind by a SASL mechanism. A worker process. */
#include "sasl.h"

#include "cleanup.h"
#include "clock.h"
#include "machine.h"
#include "machine_ticket.h"
#include "secret.h"

#include <sasl/sasl.h>
#include <string.h>

/* What a mechanism may ask for. */
struct answers {
	struct lw_secret password;
	char *authid; /* lower case: SRP's names are */
};

static void answers_done(struct answers *a)
{
	lw_secret_done(&a->password);
	free(a->authid);
}

static void free_message(LDAPMessage **m)
{
	ldap_msgfree(*m);
}

bool lw_sasl_over_tls(const struct lw_config *c)
{
	return !c->sasl_mech || strcmp(c->sasl_mech, "GSSAPI") != 0;
}

int64_t lw_sasl_good_for(const struct lw_config *c)
{
	return lw_sasl_over_tls(c) ? INT64_MAX : lw_machine_ticket_left();
}

/* libsasl2 copies what it is given. */
static int interact(LDAP *ld, unsigned flags, void *arg, void *prompts)
{
	const struct answers *a = arg;

	(void)ld;
	(void)flags;
	for (sasl_interact_t *p = prompts; p->id != SASL_CB_LIST_END; p++) {
		const char *s = "";

		if (p->id == SASL_CB_AUTHNAME && a->authid)
			s = a->authid;
		else if (p->id == SASL_CB_PASS)
			s = a->password.p;
		else if (p->id == SASL_CB_GETREALM && p->defresult)
			s = p->defresult;
		p->result = s;
		p->len = (unsigned)strlen(s);
	}
	return LDAP_SUCCESS;
}

/*
 * Most negative codes are failures of the mechanism here and not of the
 * connection: a server that cannot prove who it is, a mechanism we lack.
 */
static bool is_transport(int rc)
{
	return rc == LDAP_SERVER_DOWN || rc == LDAP_TIMEOUT ||
	       rc == LDAP_CONNECT_ERROR || rc == LDAP_DECODING_ERROR;
}

/* Step by step, each with our own limit: the _s form may wait for ever. */
static int exchange(struct lw_conn *c, struct answers *a)
{
	struct timeval limit = lw_conn_limit(c);
	lw_cleanup(free_message) LDAPMessage *m = NULL;
	const char *mech = NULL;
	int rc, id;

	for (;;) {
		/* It only sends, but may wait for a KDC's service ticket. */
		lw_servers_use(c->setup->servers, c->setup->cell, NULL);
		rc = ldap_sasl_interactive_bind(
			c->ld, NULL, c->setup->config->sasl_mech, NULL, NULL,
			LDAP_SASL_QUIET, interact, a, m, &mech, &id);
		lw_servers_use(c->setup->servers, c->setup->cell, &c->at);
		if (rc != LDAP_SASL_BIND_IN_PROGRESS)
			return rc;
		ldap_msgfree(m);
		m = NULL;
		/* All else is no answer, and libldap would keep it. */
		rc = ldap_result(c->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &limit, &m);
		c->used_ms = lw_mono_ms();
		if (rc == 0)
			return LDAP_TIMEOUT;
		if (rc < 0 || ldap_msgid(m) != id)
			return LDAP_SERVER_DOWN;
		lw_conn_note(c, LDAP_SUCCESS); /* it answers */
	}
}

/* Said by the mechanism about what libldap was told to demand; not believed. */
static bool strong_enough(struct lw_conn *c)
{
	ber_len_t ssf = 0;

	if (ldap_tls_inplace(c->ld))
		return true;
	return !ldap_get_option(c->ld, LDAP_OPT_X_SASL_SSF, &ssf) &&
	       ssf >= LW_SASL_MIN_SSF;
}

static void explain(struct lw_conn *c, int rc, char *why, size_t why_size)
{
	const struct lw_config *config = c->setup->config;
	char *text = NULL;

	/* A server's own text is not shown: vmdir sends raw bytes in some. */
	if (rc < 0)
		ldap_get_option(c->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
	if (rc == LDAP_AUTH_METHOD_NOT_SUPPORTED)
		snprintf(why, why_size,
			 "the server does not offer %s: choose another "
			 "'sasl_mech' in [machine]",
			 config->sasl_mech);
	else if (rc == LDAP_AUTH_UNKNOWN)
		snprintf(why, why_size,
			 "%s has no plug-in of Cyrus SASL here, or the server "
			 "does not sign and seal by it at a strength of %d: "
			 "install the one or mend the other",
			 config->sasl_mech, LW_SASL_MIN_SSF);
	else if (rc < 0)
		snprintf(why, why_size,
			 "the bind by %s failed here (%s%s%s): check that "
			 "'server' in [domain] has the name that the KDC knows "
			 "it by, and 'keytab' our present key",
			 config->sasl_mech, ldap_err2string(rc),
			 text ? ": " : "", text ? text : "");
	else
		snprintf(why, why_size,
			 "the bind by %s was refused (LDAP %d): check 'dn' and "
			 "'%s' in [machine]",
			 config->sasl_mech, rc,
			 lw_sasl_over_tls(config) ? "password_file" : "keytab");
	ldap_memfree(text);
}

static enum lw_err prepare(struct lw_conn *c, struct answers *a, char *why,
			   size_t why_size)
{
	static char properties[] = "noanonymous,minssf=56";
	const struct lw_config *config = c->setup->config;
	enum lw_err e;

	if (ldap_set_option(c->ld, LDAP_OPT_X_SASL_SECPROPS, properties))
		return LW_NOMEM;
	if (!lw_sasl_over_tls(config)) {
		/* The LDAP server is not to blame for what a KDC does. */
		lw_servers_use(c->setup->servers, c->setup->cell, NULL);
		e = lw_machine_ticket_get(c->setup, why, why_size);
		lw_servers_use(c->setup->servers, c->setup->cell, &c->at);
		return e;
	}
	e = lw_secret_read(config->password_file, &a->password, why, why_size);
	if (e != LW_OK)
		return e == LW_NOMEM ? e : LW_OFFLINE;
	a->authid = lw_machine_name(config);
	if (!a->authid)
		return LW_NOMEM;
	for (char *p = a->authid; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	return LW_OK;
}

enum lw_err lw_sasl_bind(struct lw_conn *c, char *why, size_t why_size)
{
	lw_cleanup(answers_done) struct answers a = { 0 };
	enum lw_err e = prepare(c, &a, why, why_size);
	int rc;

	if (e != LW_OK)
		return e;
	rc = exchange(c, &a);
	if (rc == LDAP_SUCCESS && strong_enough(c))
		return LW_OK;
	if (rc == LDAP_NO_MEMORY)
		return LW_NOMEM;
	if (is_transport(rc)) {
		lw_conn_note(c, rc);
		return LW_OFFLINE;
	}
	/* Of no use, or of a key that the server no longer has. */
	lw_machine_ticket_drop();
	if (rc == LDAP_SUCCESS)
		snprintf(why, why_size,
			 "%s signs and seals too weakly: the server must offer "
			 "a strength of %d or more",
			 c->setup->config->sasl_mech, LW_SASL_MIN_SSF);
	else
		explain(c, rc, why, why_size);
	return LW_OFFLINE;
}
