/*
 * offline.h - logins by the last known password while the directory is away
 * (offline_credentials = yes). The front judges, lightwaved-creds compares.
 */
#ifndef LW_OFFLINE_H
#define LW_OFFLINE_H

#include "lookup.h"

/*
 * What the directory said about l's password, e, is taken over by what is
 * kept: a good one of somebody who may log in is stored, one that is refused
 * is no longer good, and who is disabled, expired or must change his has
 * none. user: who was judged, or NULL. Each time l is judged again.
 * LW_PENDING: whether he may log in is being asked, or lightwaved-creds has not
 * done it yet and is not slow. Else LW_OK.
 */
enum lw_err lw_offline_learn(struct lw_request *r, const struct lw_login *l,
			     const struct lw_object *user, enum lw_err e);

/*
 * e, the directory's absence, or what is kept says instead: LW_OK, with who he
 * is; LW_DENIED, also where nothing is kept, and for names that nobody has;
 * LW_PENDING. Facts that are known must let him in as they would online.
 * ret_why: a few words for the log; static.
 */
enum lw_err lw_offline_auth(struct lw_request *r, const struct lw_login *l,
			    enum lw_err e, const struct lw_object **ret,
			    const char **ret_why);

#endif
