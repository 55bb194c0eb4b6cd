/*
 * store_crash.h - a front that dies of its store does so twice at most.
 *
 * A fatal signal within ten seconds of a start is counted in a file of the
 * store's folder. Who is killed from outside has not crashed.
 */
#ifndef LW_STORE_CRASH_H
#define LW_STORE_CRASH_H

#include <stdbool.h>

#define LW_STORE_CRASHES "store.crashes"
#define LW_STORE_CALM_S	 10

/*
 * Crashes are counted from now on. true: the last two starts ended so, and
 * counting begins anew.
 */
bool lw_store_crash_watch(const char *dir);
/* It went well: crashes are no longer the store's, and none is remembered. */
void lw_store_crash_calm(void);

#endif
