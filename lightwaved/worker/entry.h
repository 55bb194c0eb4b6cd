/*
 * entry.h - from an LDAP entry to what job.h says about it.
 */
#ifndef LW_ENTRY_H
#define LW_ENTRY_H

#include "job.h"

#include "sid.h"

#include <ldap.h>

/* What to ask for; with member for a walk through groups. */
extern char *lw_entry_user_attrs[];
extern char *lw_entry_group_attrs[];
extern char *lw_entry_member_attrs[];

/* An entry and what its strings are views into. */
struct lw_entry_view {
	struct lw_entry e;
	char *dn;
	char sid[LW_SID_MAX];
	struct berval **sam, **upn, **given, **sn;
};
void lw_entry_view_done(struct lw_entry_view *v);

/*
 * Read a user or group. LW_NOTOURS: it is neither. LW_INVALID: it cannot be
 * served (no DN, SID or sAMAccountName, two of one), which is logged at most
 * once a minute. LW_NOMEM.
 */
enum lw_err lw_entry_read(LDAP *ld, LDAPMessage *m, struct lw_entry_view *ret);

#endif
