/*
 * store_sandbox.h - what the store process cannot do any more once it reads a
 * file that somebody may have made for it. The store process.
 *
 * It has the front's user, and so could do to files and sockets whatever the
 * front can. seccomp(2) leaves it no socket, no other process and no other name
 * for a file, landlock(7) no file but those of the store's folder, and its
 * limits no file that is larger than a store may be.
 */
#ifndef LW_STORE_SANDBOX_H
#define LW_STORE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* What of it this kernel does not have. */
enum lw_store_lacks {
	LW_STORE_LACKS_LANDLOCK = 1,
	LW_STORE_LACKS_SECCOMP = 2,
};

/*
 * For good, for this process and its children. dir_fd is the store's folder,
 * and what is open stays open; max: bytes of a file. false: what every kernel
 * has cannot be had, and errno says why.
 */
bool lw_store_sandbox(int dir_fd, size_t max, unsigned int *ret_lacks);

#endif
