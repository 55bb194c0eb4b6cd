/*
 * crowd.h - a directory of many, for a scripted worker that tells it whole.
 *
 * User n is "u0000n" with the id ID(CROWD_FIRST + n). Group n is "g0000n" with
 * ID(CROWD_FIRST_GID + n); it has six users of its own for members, and group
 * n + 1, up to the last.
 */
#ifndef LW_TEST_CROWD_H
#define LW_TEST_CROWD_H

#include "worker.h"

#define CROWD_FIRST	10000
#define CROWD_FIRST_GID 500000

struct crowd {
	struct worker_synced *v; /* the last ones first, users before groups */
	uint32_t n;
	struct lw_entry *entries;
	char (*text)[128];
};

void crowd_init(struct crowd *c, uint32_t users, uint32_t groups);
void crowd_done(struct crowd *c);

#endif
