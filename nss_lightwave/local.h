/*
 * local.h - whether /etc/passwd or /etc/group has such a name or id. Runs in
 * any process; libc only.
 *
 * The front keeps what is local out of the map, and within a second of a
 * change. Where no front can be asked nobody does: then the file is read here,
 * as glibc's own files(5) module does for each lookup.
 */
#ifndef LW_NSS_LOCAL_H
#define LW_NSS_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#ifndef LW_ETC
#define LW_ETC "/etc"
#endif
#define LW_LOCAL_PASSWD LW_ETC "/passwd"
#define LW_LOCAL_GROUP	LW_ETC "/group"

/*
 * By name, or by id where that is NULL, as it stands in the first or in the
 * third field of a line. What cannot be read has nobody. No allocation; no
 * thread is cancelled in here; errno is kept.
 */
bool lw_local_has(const char *path, const char *name, uint32_t id);

#endif
