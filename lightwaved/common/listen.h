/*
 * listen.h - a socket the front asks on, and who may. The worker's master,
 * and lightwaved-creds.
 */
#ifndef LW_LISTEN_H
#define LW_LISTEN_H

#include "err.h"

#include <stdbool.h>

/*
 * A non-blocking socket that listens at path, mode 0660, in place of one that
 * nobody listens at any more. LW_OFFLINE: not possible; logged. Another
 * instance being there is one of the reasons.
 */
enum lw_err lw_listen(const char *path, int *ret_fd);

/* Whether the peer of fd is the front (user lightwave), root or our user. */
bool lw_listen_may_speak(int fd);

#endif
