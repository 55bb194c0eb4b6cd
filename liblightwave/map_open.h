/*
 * map_open.h - the map's file, if it is to be trusted. Any process; libc only.
 *
 * Whoever owns the map or its folder says who is who in this process, and can
 * have it killed by shortening the file. So the file must be the folder's
 * owner's or root's, no others may write it or put another in its place, and
 * the folder must be
 *
 *   root's,
 *   or in a folder of root's that nobody else may write: root gave it to the
 *   front's user, whoever that is, and nobody else could have made it there,
 *   or, for one without a privilege to lose, its own user's: it is
 *   that in its real, effective and saved uid.
 *
 * A process that was put under a root where /run is another's, or one that
 * only steps down to a user for a moment, thereby maps nothing of theirs. No
 * last component may be a symbolic link.
 */
#ifndef LW_MAP_OPEN_H
#define LW_MAP_OPEN_H

#include <sys/stat.h>

/* A descriptor, the caller's, and what fstat(2) says of it; or -1. */
int lw_map_open(const char *path, struct stat *ret);

#endif
