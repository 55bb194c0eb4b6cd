/*
 * holding.h - processes that hold groups, as sessions do. Needs uid 0. Part of
 * the tests of lightwavectl.
 */
#ifndef LW_TEST_HOLDING_H
#define LW_TEST_HOLDING_H

#include <sys/types.h>

/*
 * A process of that user with these groups, the first of which is its primary
 * one; up to 0. It waits until it is ended, or the test dies.
 */
pid_t holding_start(const char *comm, uid_t uid, const gid_t *groups);
/* One whose effective gid alone is another, as sg(1) and newgrp(1) leave it. */
pid_t holding_as(uid_t uid, gid_t gid, gid_t effective);
/* One in a user namespace where that uid and gid are root's. */
pid_t holding_contained(uid_t uid, gid_t gid);

/* It dies, and its parent has not asked how. */
void holding_zombie(pid_t pid);
/* All that were started are gone. */
void holding_stop(void);

#endif
