/*
 * kpasswd.h - a user's new password, by Kerberos (RFC 3244).
 *
 * For a domain whose KDC takes changes and hands them on to the directory;
 * vmdir's does not. Also an expired password can be changed by it.
 */
#ifndef LW_KPASSWD_H
#define LW_KPASSWD_H

#include "job.h"
#include "setup.h"

/*
 * The old password is presented once. See refusal.h for what it can be.
 * LW_OFFLINE may mean that the password was changed, and the log says so.
 */
enum lw_err lw_kpasswd_change(const struct lw_setup *s,
			      const struct lw_change *ch);

#endif
