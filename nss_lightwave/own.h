/*
 * own.h - whether this process is one of our daemons. Runs in any process.
 *
 * A daemon whose libraries look up a name would wait for itself, or for one
 * that waits for it: its processes get no answers of ours. They are known by
 * their user, which is no root's: who owns one of the folders that systemd
 * makes for the daemons. So it takes no environment, no lookup of a name, and
 * holds where no front has ever run.
 */
#ifndef LW_NSS_OWN_H
#define LW_NSS_OWN_H

#include <stdatomic.h>
#include <stdbool.h>

/* Looked up now: who has become that user meanwhile is one of ours too. */
bool lw_own_now(void);

/* Inside: 0: nobody has looked; 1: it is none; 2: it is one. */
extern _Atomic int lw_own_looked;
bool lw_own_look(void);

/* As it was at the first call in this process; no system call later. */
static inline bool lw_own(void)
{
	return atomic_load_explicit(&lw_own_looked, memory_order_relaxed) !=
		       1 &&
	       lw_own_look();
}

#endif
