/*
 * entry.h - from an LDAP entry to what job.h says about it.
 */
#ifndef LW_ENTRY_H
#define LW_ENTRY_H

#include "job.h"

#include "sid.h"

#include <ldap.h>

/*
 * What to ask for; with member for a walk through groups; with uSNChanged as
 * well to follow the directory; just who is there.
 */
extern char *lw_entry_user_attrs[];
extern char *lw_entry_group_attrs[];
extern char *lw_entry_member_attrs[];
extern char *lw_entry_sync_attrs[];
extern char *lw_entry_sid_attrs[];

/* An entry and what its strings are views into. */
struct lw_entry_view {
	struct lw_entry e;
	uint64_t usn; /* 0: not asked for, or malformed */
	char *dn;
	char sid[LW_SID_MAX];
	struct berval **sam, **upn, **given, **sn;
};
void lw_entry_view_done(struct lw_entry_view *v);

/*
 * Read a user or group. LW_NOTOURS: it is neither, or the KDC's own.
 * LW_INVALID: it cannot be served (no DN, SID or sAMAccountName, two of one),
 * which is logged once for each DN. LW_NOMEM.
 */
enum lw_err lw_entry_read(LDAP *ld, LDAPMessage *m, struct lw_entry_view *ret);

/*
 * The same, but an entry with a DN and a SID is one in any case: where its
 * other parts are malformed they are empty. Who follows the directory has to
 * hear that a name has gone.
 */
enum lw_err lw_entry_read_bare(LDAP *ld, LDAPMessage *m,
			       struct lw_entry_view *ret);

/* Kind, DN, SID and number alone: what lw_entry_sid_attrs asks for. */
enum lw_err lw_entry_read_sid(LDAP *ld, LDAPMessage *m,
			      struct lw_entry_view *ret);

#endif
