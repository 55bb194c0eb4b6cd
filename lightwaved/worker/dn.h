/*
 * dn.h - one spelling for each DN.
 *
 * A server may write the DN of an entry in one way and the same DN as a
 * member in another: with blanks around its parts, escapes, their parts in
 * another order. Whoever compares DNs compares this spelling, in any ASCII
 * case, and so does the front, which is told no other.
 */
#ifndef LW_DN_H
#define LW_DN_H

#include "wire.h"

#define LW_DN_LONGEST 4096 /* bytes; the front takes no longer one */

struct lw_dn {
	struct lw_str s; /* what was read where it is spelled so, or own */
	char *own;	 /* libldap's; NULL: a view */
};
void lw_dn_done(struct lw_dn *d);

/*
 * The spelling of RFC 4514 that libldap writes, the parts of each RDN in
 * order; raw is borrowed for as long as ret. What cannot be taken apart stays
 * as it is: it is equal to itself. Blanks inside a value, and the case of
 * what is not ASCII, are the server's to compare. LW_INVALID: empty, too
 * long, or with a NUL in it: no DN. LW_NOMEM.
 */
enum lw_err lw_dn_read(struct lw_str raw, struct lw_dn *ret);

/*
 * Whether it is spelled so as far as one sees at a glance: most are, and need
 * not be taken apart.
 */
bool lw_dn_plain(struct lw_str raw);

#endif
