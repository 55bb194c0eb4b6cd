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

/*
 * Bytes of a name or of words for people. Of those what goes beyond is cut
 * off, at a character; a name that is longer is none.
 */
#define LW_ENTRY_TEXT_MAX 1024

/* Begins what stands for the SID of a group that has none: nobody's. */
#define LW_ENTRY_NO_SID "S-1-0-"

/* An entry; its strings are views into this and into the message. */
struct lw_entry_view {
	struct lw_entry e;
	uint64_t usn; /* 0: not asked for, or malformed */
	char *dn;     /* in the spelling of dn.h */
	char sid[LW_SID_MAX];
};
void lw_entry_view_done(struct lw_entry_view *v);

/*
 * Read a user or group. LW_NOTOURS: it is neither, or the KDC's own.
 * LW_INVALID: it cannot be served (no DN, SID or sAMAccountName, two of one,
 * one too long), which is logged once for each DN. LW_OFFLINE: the message
 * cannot be read, and says nothing of the entry. LW_NOMEM.
 */
enum lw_err lw_entry_read(LDAP *ld, LDAPMessage *m, struct lw_entry_view *ret);

/*
 * The same, but an entry with a DN and a SID is one in any case, and a group
 * with a DN alone: where its other parts are malformed they are empty, and its
 * SID is nobody's, the same each time. Who follows the directory has to hear
 * that a name has gone, and through which groups one is in others. LW_RANGE:
 * a group whose members may not all be here, which is logged.
 */
enum lw_err lw_entry_read_bare(LDAP *ld, LDAPMessage *m,
			       struct lw_entry_view *ret);

/* Kind, DN, SID and number alone: what lw_entry_sid_attrs asks for. As
 * lw_entry_read_bare(), but never LW_RANGE. */
enum lw_err lw_entry_read_sid(LDAP *ld, LDAPMessage *m,
			      struct lw_entry_view *ret);

/* The DN alone, on the heap, in the spelling of dn.h. LW_INVALID: it is none.
 * LW_OFFLINE, LW_NOMEM. */
enum lw_err lw_entry_read_dn(LDAP *ld, LDAPMessage *m, char **ret);

#endif
