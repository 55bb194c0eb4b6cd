/*
 * store.h - what the front knows outlives it: on the disk, for the next start.
 * The front.
 *
 * At the start everything is read back, through the checks that the
 * directory's answers go through, and is stale until the directory was heard.
 * From then on whatever changes is written, in the background, by a process of
 * its own (store_process.h): all that one answer of the directory has changed,
 * and how far the directory is followed by it, in one change of the file. A
 * store that is damaged or unknown is set aside; one that cannot be written is
 * said once and tried again. Neither is anybody's trouble but the next start's.
 * doc/STORE.md has the layout.
 */
#ifndef LW_STORE_H
#define LW_STORE_H

#include "wire.h"

#define LW_STORE_DIR "/var/cache/lightwave"

struct lw_front;
struct lw_store;

/*
 * Read the store in dir, borrowed, into f, whose configuration and local files
 * are there. Blocks for as long as the disk does, up to three seconds. NULL
 * when out of memory.
 */
struct lw_store *lw_store_new(struct lw_front *f, const char *dir);
/* The loop and follow.h are there: changes are written from now on. LW_NOMEM.
 */
enum lw_err lw_store_start(struct lw_store *s);
/* Write what is left, if the disk takes it within two seconds. */
void lw_store_finish(struct lw_store *s);
void lw_store_free(struct lw_store *s);

/* It cannot be read or written just now, or not before the next start. */
bool lw_store_fails(const struct lw_store *s);

/* The replica is another one, or there is none any more. */
void lw_store_replica(struct lw_store *s);
/* The directory has answered, or failed to. */
void lw_store_followed(struct lw_store *s);
/* For lw_cache and lw_replica: that record is another one. */
void lw_store_touch(void *store, char table, const char *key);
void lw_store_touch_known(void *store, struct lw_str sid);

#endif
