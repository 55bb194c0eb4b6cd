/* outcome.c - what a bind or a modify was answered. A worker process. */
#include "outcome.h"

#include "clock.h"

static void read_outcome(struct lw_conn *c, LDAPMessage *m,
			 struct lw_outcome *o)
{
	LDAPControl **ctrls = NULL;
	int result, rc;

	rc = ldap_parse_result(c->ld, m, &result, NULL, NULL, NULL, &ctrls, 0);
	if (rc == LDAP_SUCCESS) {
		o->result = result;
		o->policy = lw_ppolicy_read(c->ld, ctrls);
	} else {
		lw_conn_note(c, LDAP_DECODING_ERROR);
	}
	ldap_controls_free(ctrls);
}

struct lw_outcome lw_outcome_wait(struct lw_conn *c, int id, int type)
{
	struct lw_outcome o = LW_OUTCOME_NONE;
	struct timeval limit = lw_conn_limit(c);
	LDAPMessage *m = NULL;
	/* Not of this id alone: libldap would keep whatever else comes, without
	 * end. Nothing else is on its way here, so all else is no answer. */
	int rc = ldap_result(c->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &limit, &m);

	if (rc == type && ldap_msgid(m) == id)
		read_outcome(c, m, &o);
	else
		lw_conn_note(c, rc == 0 ? LDAP_TIMEOUT : LDAP_SERVER_DOWN);
	ldap_msgfree(m);
	c->used_ms = lw_mono_ms();
	return o;
}
