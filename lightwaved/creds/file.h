/*
 * file.h - small secret files: whole or not at all, and gone when they are
 * gone. lightwaved-creds.
 *
 * Names are in the directory of the descriptor dir. What is replaced or
 * removed is overwritten and written through before its name goes; what a file
 * system or a disk does with old blocks underneath is beyond us.
 */
#ifndef LW_CREDS_FILE_H
#define LW_CREDS_FILE_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

/* Of a file on its way: left over by who was killed, and worth nothing. */
#define LW_FILE_NEW ".new"

/*
 * All of it into buf, size bytes at most. LW_NOTFOUND; LW_INVALID: too long,
 * not a file, or not ours alone; LW_OFFLINE: it cannot be read, logged.
 */
enum lw_err lw_file_read(int dir, const char *name, void *buf, size_t size,
			 size_t *ret_n);

/*
 * Has name hold these n bytes. They are on the disk when this returns LW_OK.
 * LW_OFFLINE: it holds what it held, or, where the machine stopped, either;
 * logged.
 */
enum lw_err lw_file_replace(int dir, const char *name, const void *p, size_t n);

/* LW_OK: no such file any more. LW_OFFLINE: logged. */
enum lw_err lw_file_wipe(int dir, const char *name);

#endif
