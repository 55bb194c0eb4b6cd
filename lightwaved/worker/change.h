/*
 * change.h - a user's new password, by LDAP.
 */
#ifndef LW_WORKER_CHANGE_H
#define LW_WORKER_CHANGE_H

#include "conn.h"
#include "job.h"

/*
 * Bind as the user with the old password, which is presented once, and change
 * it by one modify. c is closed afterwards, so that nothing else is done as
 * that user. What lw_bind_user() says against the old password, except that
 * LW_CHANGE is no obstacle here; then what lw_refusal_of_modify() says. Once
 * the modify was sent nothing is tried again: LW_OFFLINE may mean that the
 * password was changed, and the log says so.
 */
enum lw_err lw_change_password(struct lw_conn *c, const struct lw_change *ch);

#endif
