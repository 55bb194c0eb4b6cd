/*
 * sudoers_open.h - the files behind sudoers_flatten.h: open one, list some.
 * lightwave-sudo.
 */
#ifndef LW_SUDOERS_OPEN_H
#define LW_SUDOERS_OPEN_H

#include "sudoers_flatten.h"

/* Room for one more than n elements at *pp, which moves; NULL: no memory. */
void *lw_flat_grow(void **pp, size_t n, size_t *room, size_t size);

/*
 * A regular file of at most max bytes, whole; path and text are the caller's.
 * LW_OFFLINE: it cannot be read, and errno says why. LW_RANGE. LW_NOMEM.
 */
enum lw_err lw_flat_open(const char *path, size_t max,
			 struct lw_flat_file *ret);

struct lw_flat_name {
	char *name;
	bool ignored; /* by sudo, for what it is called */
};
struct lw_flat_names {
	struct lw_flat_name *v;
	size_t n, room;
};

/*
 * The files of a directory in the order in which sudo reads them. LW_NOTFOUND:
 * there is none. LW_DENIED: sudo ignores it, since others may write there.
 * LW_OFFLINE. LW_NOMEM. ret is to be released in any case.
 */
enum lw_err lw_flat_list(const char *path, uid_t owner,
			 struct lw_flat_names *ret);
void lw_flat_names_done(struct lw_flat_names *n);

#endif
