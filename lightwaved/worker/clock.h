/*
 * clock.h - the time that never jumps, and lines that must not flood a log.
 */
#ifndef LW_CLOCK_H
#define LW_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

static inline int64_t lw_mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* True at most once a minute for each last, which starts as 0. */
static inline bool lw_rarely(int64_t *last)
{
	int64_t now = lw_mono_ms();

	if (*last && now - *last < 60000)
		return false;
	*last = now;
	return true;
}

#endif
