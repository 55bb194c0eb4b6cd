/* change.c - a user's new password, by LDAP. A worker process. */
#include "change.h"

#include "bind.h"
#include "cleanup.h"
#include "log.h"
#include "outcome.h"
#include "refusal.h"

/* libldap's types have no const; it only reads. */
static struct berval view(struct lw_password s)
{
	return (struct berval) { s.n, (char *)(uintptr_t)s.p };
}

static void free_control(LDAPControl **ctrl)
{
	ldap_control_free(*ctrl);
}

/*
 * Both halves in one modify: vmdir takes neither alone, and a server that
 * keeps to the standard finds out by the first whether the old one is right.
 */
static struct lw_outcome send_modify(struct lw_conn *c, const char *dn,
				     const struct lw_change *ch,
				     LDAPControl *ctrl)
{
	char attr[] = "userPassword";
	struct berval old_password = view(ch->old_password);
	struct berval new_password = view(ch->new_password);
	struct berval *olds[] = { &old_password, NULL };
	struct berval *news[] = { &new_password, NULL };
	LDAPMod del = { .mod_op = LDAP_MOD_DELETE | LDAP_MOD_BVALUES,
			.mod_type = attr,
			.mod_bvalues = olds };
	LDAPMod add = { .mod_op = LDAP_MOD_ADD | LDAP_MOD_BVALUES,
			.mod_type = attr,
			.mod_bvalues = news };
	LDAPMod *mods[] = { &del, &add, NULL };
	LDAPControl *ctrls[] = { ctrl, NULL };
	int id, rc;

	rc = ldap_modify_ext(c->ld, dn, mods, ctrls, NULL, &id);
	if (lw_conn_note(c, rc) != LDAP_SUCCESS)
		return LW_OUTCOME_NONE;
	return lw_outcome_wait(c, id, LDAP_RES_MODIFY);
}

static enum lw_err modify(struct lw_conn *c, const struct lw_change *ch)
{
	lw_cleanup(lw_free) char *dn = lw_str_dup(ch->dn);
	lw_cleanup(free_control) LDAPControl *ctrl = NULL;
	struct lw_outcome o;
	enum lw_err e;

	if (!dn ||
	    ldap_create_passwordpolicy_control(c->ld, &ctrl) != LDAP_SUCCESS)
		return LW_NOMEM;
	o = send_modify(c, dn, ch, ctrl);
	if (o.result < 0) {
		lw_log(LOG_WARNING,
		       "%s: no answer to a change of password: whether it "
		       "was changed is not known",
		       lw_conn_host(c));
		return LW_OFFLINE;
	}
	e = lw_refusal_of_modify(o.result, o.policy.pp);
	if (e != LW_OK)
		lw_log(LOG_INFO, "%s: a change of password was refused: %s",
		       lw_conn_host(c), ldap_err2string(o.result));
	return e;
}

enum lw_err lw_change_password(struct lw_conn *c, const struct lw_change *ch)
{
	struct lw_verdict v = { .dn = ch->dn,
				.upn = ch->upn,
				.password = ch->old_password };
	uint32_t expires_in;
	enum lw_err e = lw_bind_user(c, &v, &expires_in);

	if (e == LW_OK || e == LW_CHANGE)
		e = modify(c, ch);
	if (c->slow)
		lw_conn_doubt(c);
	else
		lw_conn_close(c);
	return e;
}
