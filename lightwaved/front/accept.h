/*
 * accept.h - names that the administrator has given to another SID. The front.
 *
 * A name that was seen with one SID stays with it, and a user who was deleted
 * and made anew has another one. accept_sid in the configuration says that it
 * is he.
 */
#ifndef LW_ACCEPT_H
#define LW_ACCEPT_H

#include "front.h"

/* What the configuration says, in place of what it said before. */
void lw_accept(struct lw_front *f);

#endif
