/*
 * harden.h - keep the secrets that pass through a daemon inside it.
 *
 * What we own is wiped when it is done with; the buffers of libraries are not
 * ours to wipe. So no memory of these processes ever reaches a disk, and the
 * units have glibc overwrite whatever is freed (GLIBC_TUNABLES there).
 */
#ifndef LW_HARDEN_H
#define LW_HARDEN_H

#include <stdbool.h>

/*
 * No core dumps, no debugger of our own user, no death by SIGPIPE. Inherited
 * by fork(2). false: cannot be had, and errno says why.
 */
bool lw_harden(void);

/*
 * Keep this process's memory out of swap, now and later; pages that are never
 * touched cost nothing. Not inherited by fork(2). Does nothing where the limit
 * of locked memory is not unlimited: there, allocations would begin to fail.
 */
void lw_lock_memory(void);

#endif
