/*
 * store_clock.h - the wall clock as the store has it. The front; pure.
 *
 * How old something is, the front knows by CLOCK_BOOTTIME, which nobody sets.
 * On the disk it has a moment of the wall clock, which may be set: back, and
 * all that is there would be younger by as much. So this clock goes on from the
 * latest moment that this host has seen, never back, and never slower than
 * CLOCK_BOOTTIME. Where the wall clock was set back it follows once, and then
 * whoever uses it writes everything anew, by age, in one change: what was
 * written by one clock is never read by another.
 */
#ifndef LW_STORE_CLOCK_H
#define LW_STORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct lw_store_clock {
	int64_t ahead_ms; /* of lw_now_ms() */
	/*
	 * It began behind the mark: nobody knows how old anything was then, and
	 * the directory was not heard since.
	 */
	bool behind;
};

/*
 * A start: the wall clock is at wall, and the latest moment that was written
 * is mark, 0 where none was. now_ms here and below is that of lw_now_ms().
 */
void lw_store_clock_init(struct lw_store_clock *c, uint64_t mark, uint64_t wall,
			 int64_t now_ms);

/* Whether the wall clock was set back since, and is not followed yet. */
bool lw_store_clock_set_back(const struct lw_store_clock *c, uint64_t wall,
			     int64_t now_ms);

/* A change is about to be written. true: everything has to be written anew. */
bool lw_store_clock_follow(struct lw_store_clock *c, uint64_t wall,
			   int64_t now_ms, bool heard);

/* What that moment of lw_now_ms() is by this clock; never 0. */
uint64_t lw_store_clock_wall(const struct lw_store_clock *c, int64_t at_ms);

/*
 * What it may be now by this clock, at the latest: the age of what was written
 * is counted to here, for what was too small to be a step was none either.
 */
uint64_t lw_store_clock_latest(const struct lw_store_clock *c, int64_t now_ms);

#endif
