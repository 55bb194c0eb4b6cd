/*
 * place.h - where the front's sockets are, and whether another front is there.
 * The front.
 */
#ifndef LW_PLACE_H
#define LW_PLACE_H

#include "err.h"

#include <sys/un.h>

/*
 * Before anything is touched that another front in dir may hold: whether there
 * is none. LW_OFFLINE: there is one; LW_RANGE: dir is too long. Said in the
 * log.
 */
enum lw_err lw_place_alone(const char *dir);

/*
 * The address of the socket with that name. LW_OFFLINE: somebody listens
 * there; LW_RANGE; errno says which.
 */
enum lw_err lw_place_find(const char *dir, const char *name,
			  struct sockaddr_un *ret);

/* By errno: in dir it cannot be listened. */
void lw_place_complain(const char *dir);

#endif
