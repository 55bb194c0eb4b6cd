/*
 * clock.h - what time it is, and what CPU time all in this container have used.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

int64_t lw_clock_now_ns(void);

/*
 * The daemons' share included. What runs is charged when it leaves the
 * processor, so this sleeps a moment first. -1: no cgroup tells.
 */
int64_t lw_clock_container_ns(void);

#endif
