/*
 * machine.h - this machine before the KDC: its principal and its key.
 */
#ifndef LW_MACHINE_H
#define LW_MACHINE_H

#include "config.h"

#include <krb5.h>

/*
 * What this machine is called: the name that [machine] dn begins with, in our
 * realm. The caller's to free; NULL: dn is no DN, or out of memory.
 */
char *lw_machine_name(const struct lw_config *c);

/*
 * Open the configuration's keytab and find this machine in it, in any case of
 * its name. Another machine's key
 * would vouch for a KDC as well, but whoever has that machine could do so too.
 * KRB5_KT_NOTFOUND: it has no key of ours. Both are the caller's, also after
 * an error; they are NULL where they were not reached.
 */
krb5_error_code lw_machine_open(krb5_context ctx, const struct lw_config *c,
				krb5_keytab *ret_keytab,
				krb5_principal *ret_machine);

#endif
