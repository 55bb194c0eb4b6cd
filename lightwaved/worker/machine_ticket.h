/*
 * machine_ticket.h - the machine's own Kerberos ticket, for GSSAPI.
 *
 * It is got with the keytab, kept in the memory of this worker alone, and got
 * anew by another such request some time before it ends. Renewal is never
 * asked for: a vmdir dies of some renewals.
 */
#ifndef LW_MACHINE_TICKET_H
#define LW_MACHINE_TICKET_H

#include "setup.h"

/*
 * Make this process's default credential cache hold a ticket that is good for
 * a while. LW_OFFLINE: there is none to be had; why holds one sentence.
 * LW_NOMEM.
 */
enum lw_err lw_machine_ticket_get(const struct lw_setup *s, char *why,
				  size_t why_size);

/* The seconds until another one is due; 0: it is. */
int64_t lw_machine_ticket_left(void);

/* Forget it, and the service tickets that came of it. */
void lw_machine_ticket_drop(void);

#endif
