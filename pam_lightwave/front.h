/*
 * front.h - what pam_lightwave asks the front, on the socket for root.
 *
 * Each is one question on one connection and is never repeated: a password is
 * presented once. Results are those of lw_call() (client.h) and, from the
 * directory or the front's memory, the statuses of err.h.
 */
#ifndef LW_PAM_FRONT_H
#define LW_PAM_FRONT_H

#include "client.h"

/* LW_OK: a name of our domain, whoever has it. Answered from memory. */
enum lw_err lw_front_ours(const char *user);

/* Judge a password; seconds until it expires, UINT32_MAX where not known. */
enum lw_err lw_front_auth(const struct lw_login *l, uint32_t *ret_expires);

/* Whether l->user may log in here; l->password is not looked at. */
enum lw_err lw_front_account(const struct lw_login *l);

/*
 * The account's entry, as getpwnam(3) has it, but over the socket that only
 * root has. ret is a view into reply, which is to be released after errors too.
 */
enum lw_err lw_front_passwd(const char *user, struct lw_reply *reply,
			    struct lw_passwd *ret);

/*
 * Fetch the ticket of a login that was a moment ago; the front gives it out
 * once. LW_NOTFOUND: there is none. ret_ticket is a view into reply, which is
 * to be released after errors too.
 */
enum lw_err lw_front_ticket(const char *user, struct lw_reply *reply,
			    struct lw_ticket *ret_ticket);

#endif
