/*
 * home.h - the home of who logs in is his own.
 *
 * A home is named after its owner, and in the directory users rename
 * themselves: what somebody prepared under another's name must not run as him.
 */
#ifndef LW_PAM_HOME_H
#define LW_PAM_HOME_H

#include "request.h"

/*
 * LW_FORBIDDEN: it is somebody else's, or cannot be looked at, and the log says
 * so. LW_OK: his, or not made yet; waits up to a second for one that is root's,
 * as a home is while it is made. Else why the front did not say where it is.
 */
enum lw_err lw_home_check(const struct lw_request *r);

#endif
