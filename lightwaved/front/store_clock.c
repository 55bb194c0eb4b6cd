/* store_clock.c - a wall clock that is not set back. The front; pure. */
#include "store_clock.h"

/* Two clocks that are not read at once have made no step. */
#define STEP_MS 100
/*
 * A host whose clock is before that, in 2004, has lost it: such a clock tells
 * nothing. So there is room before any moment for whatever was older.
 */
#define FIRST_MS (INT64_C(1) << 40)
#define LAST_MS	 (INT64_C(1) << 60)

static int64_t ahead(uint64_t wall, int64_t now_ms)
{
	if (wall < (uint64_t)FIRST_MS)
		wall = (uint64_t)FIRST_MS;
	if (wall > (uint64_t)LAST_MS)
		wall = (uint64_t)LAST_MS;
	return (int64_t)wall - now_ms;
}

void lw_store_clock_init(struct lw_store_clock *c, uint64_t mark, uint64_t wall,
			 int64_t now_ms)
{
	int64_t seen = ahead(mark, now_ms), is = ahead(wall, now_ms);

	c->behind =
		seen - is > STEP_MS || (mark > 0 && wall < (uint64_t)FIRST_MS);
	c->ahead_ms = seen > is ? seen : is;
}

bool lw_store_clock_set_back(const struct lw_store_clock *c, uint64_t wall,
			     int64_t now_ms)
{
	return c->ahead_ms - ahead(wall, now_ms) > STEP_MS;
}

bool lw_store_clock_follow(struct lw_store_clock *c, uint64_t wall,
			   int64_t now_ms, bool heard)
{
	int64_t is = ahead(wall, now_ms);

	if (heard)
		c->behind = false;
	if (is > c->ahead_ms)
		c->ahead_ms = is;
	if (c->behind || !lw_store_clock_set_back(c, wall, now_ms))
		return false;
	c->ahead_ms = is;
	return true;
}

uint64_t lw_store_clock_wall(const struct lw_store_clock *c, int64_t at_ms)
{
	int64_t wall = c->ahead_ms + at_ms;

	return wall > 0 ? (uint64_t)wall : 1;
}

uint64_t lw_store_clock_latest(const struct lw_store_clock *c, int64_t now_ms)
{
	return lw_store_clock_wall(c, now_ms) + STEP_MS;
}
