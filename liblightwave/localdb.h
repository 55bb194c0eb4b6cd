/*
 * localdb.h - what /etc/passwd and /etc/group say, read without NSS.
 *
 * Local always wins: a name or id found here is never the directory's. Read
 * by hand because NSS would ask us again. A file that cannot be read is an
 * error and not an empty file: "not local" is a statement too.
 */
#ifndef LW_LOCALDB_H
#define LW_LOCALDB_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#ifndef LW_ETC
#define LW_ETC "/etc"
#endif
#define LW_ETC_PASSWD LW_ETC "/passwd"
#define LW_ETC_GROUP  LW_ETC "/group"

/*
 * One pass over a file in the format of passwd(5) or group(5), whose first
 * field is a name and whose third is an id. LW_OK: it has that name, and its
 * id is in ret_id (which may be NULL). LW_NOTFOUND: it does not. LW_OFFLINE:
 * it could not be read.
 */
enum lw_err lw_local_id(const char *path, const char *name, uint32_t *ret_id);

/* A file kept in memory, and read again when it changed. */
struct lw_localdb {
	const char *path; /* borrowed */
	struct stat seen;
	int64_t checked_ms;
	bool settled;	  /* what it has become since then is told by stat(2) */
	uint64_t changes; /* another number is another content */
	struct lw_localent {
		char *name;
		uint32_t id;
	} * ents;
	size_t count;
};

void lw_localdb_init(struct lw_localdb *db, const char *path);
void lw_localdb_done(struct lw_localdb *db);

/*
 * Look at the file again, at most once in 500 ms of now_ms (any monotonic
 * clock). LW_OFFLINE or LW_NOMEM: what was read last still stands.
 */
enum lw_err lw_localdb_refresh(struct lw_localdb *db, int64_t now_ms);

/* NULL if it is not there; borrowed until the next refresh. */
const struct lw_localent *lw_localdb_name(const struct lw_localdb *db,
					  const char *name);

/*
 * The same, in whichever case it is spelled: nobody else may have that name,
 * for sudo takes a rule for Alice, or for %Wheel, for one of alice and %wheel.
 */
const struct lw_localent *lw_localdb_taken(const struct lw_localdb *db,
					   const char *name);
const struct lw_localent *lw_localdb_id(const struct lw_localdb *db,
					uint32_t id);

#endif
