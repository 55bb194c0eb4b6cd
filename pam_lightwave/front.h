/*
 * front.h - what pam_lightwave asks the front, on the socket for root.
 *
 * Each is one question on one connection and is never repeated: a password is
 * presented once. Results are the statuses of err.h; LW_NOFRONT: no answer
 * came; LW_PROTO: what came is none; LW_NOMEM: no memory or descriptor here.
 */
#ifndef LW_PAM_FRONT_H
#define LW_PAM_FRONT_H

#include "client.h"

/* LW_OK: a name of our domain, whoever has it. Answered from memory. */
enum lw_err lw_front_ours(const char *user);

/*
 * Judge a password at a login. ret is written after LW_SKEW, too: there only
 * its skew means something.
 */
enum lw_err lw_front_auth(const struct lw_login *l, struct lw_auth_answer *ret);

/* Judge a password that is about to be changed. */
enum lw_err lw_front_verify(const struct lw_login *l);

/* Whether l->user may log in here; l->password is not looked at. */
enum lw_err lw_front_account(const struct lw_login *l);

/* What the domain wants of a new password. */
enum lw_err lw_front_policy(struct lw_password_policy *ret);

/* l->password is the old one. After LW_OK the new one is in force. */
enum lw_err lw_front_change(const struct lw_login *l, const char *new_password);

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
