/*
 * store_file.h - the file of the store: an LMDB with checksums of our own. The
 * store process.
 *
 * Every record carries a checksum of its key and value, and one record the
 * number of all others and what their checksums come to: what is damaged, or
 * put together from two states, is found before any of it is used. LMDB itself
 * checks neither, and may read anywhere in a file that is damaged: the process
 * that reads it may die of it, which is why it is one of its own.
 */
#ifndef LW_STORE_FILE_H
#define LW_STORE_FILE_H

#include "wire.h"

struct lw_store_file;

/*
 * path is borrowed; it takes no more than max bytes. Where write is not set
 * nothing is ever changed. LW_NOTFOUND: there is none; LW_INVALID: it is no
 * store, LW_OFFLINE: it cannot be opened: lw_store_file_why().
 */
enum lw_err lw_store_file_open(const char *path, size_t max, bool write,
			       struct lw_store_file **ret);
/* What was not committed is not there. */
void lw_store_file_close(struct lw_store_file *f);

/* The last failure, in a few words. */
const char *lw_store_file_why(void);

/* Look at every byte that is in use. LW_INVALID: it is damaged. */
enum lw_err lw_store_file_check(struct lw_store_file *f);

/*
 * Every record, by key; stops where fn does not return LW_OK, and returns
 * that. LW_INVALID.
 */
typedef enum lw_err lw_store_each_fn(void *arg, struct lw_str key,
				     struct lw_str value);
enum lw_err lw_store_file_each(struct lw_store_file *f, lw_store_each_fn *fn,
			       void *arg);

/* From here to the commit all of it is one change. LW_OFFLINE, LW_INVALID. */
enum lw_err lw_store_file_begin(struct lw_store_file *f);
enum lw_err lw_store_file_put(struct lw_store_file *f, struct lw_str key,
			      struct lw_str value);
enum lw_err lw_store_file_drop(struct lw_store_file *f, struct lw_str key);
/* All whose key begins with that letter. */
enum lw_err lw_store_file_wipe(struct lw_store_file *f, char first);
/* LW_OK: it is on the disk. */
enum lw_err lw_store_file_commit(struct lw_store_file *f);

#endif
