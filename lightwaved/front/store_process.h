/*
 * store_process.h - the store process: it alone reads and writes the store.
 *
 * A process and not a thread of the front: it may wait for a slow disk, and it
 * may die of a file that is damaged, and nobody's lookup notices. It has one
 * socket, of the front, and ends with it.
 */
#ifndef LW_STORE_PROCESS_H
#define LW_STORE_PROCESS_H

#include <stddef.h>

#define LW_STORE_FD	3 /* where it finds its socket */
#define LW_STORE_NAME	"store"
#define LW_STORE_CANNOT 71 /* its exit code: it could not begin */

/* All of the process: its exit code. max: bytes of the file. */
int lw_store_process(const char *dir, size_t max);

#endif
