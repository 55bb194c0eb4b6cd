/*
 * claim.h - who else says he has the name.
 *
 * sAMAccountName is not unique, and users write their own. The front decides
 * who owns a name, and needs all who claim it.
 */
#ifndef LW_CLAIM_H
#define LW_CLAIM_H

#include "answer.h"
#include "conn.h"

/*
 * Add to a all other entries that claim the sAMAccountName of one in it. What
 * cannot be contested is not asked about: a user's name if his
 * userPrincipalName is that very name; and known (may be NULL), names whose
 * claimants are all in a already. LW_OFFLINE, LW_NOMEM, LW_RANGE.
 */
enum lw_err lw_claim_others(struct lw_conn *c, struct lw_answer *a,
			    const struct lw_strset *known);

/* A search callback that adds what it reads to the struct lw_answer arg. */
enum lw_err lw_claim_take(void *arg, LDAP *ld, LDAPMessage *m);

/* (userPrincipalName=account@REALM)(sAMAccountName=account) */
void lw_claim_by_user(struct lw_wr *filter, const char *account,
		      const struct lw_config *config);
/* (sAMAccountName=account) */
void lw_claim_by_group(struct lw_wr *filter, const char *account,
		       const struct lw_config *config);

#endif
