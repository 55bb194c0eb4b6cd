/* now.h - the plug-in's clock; asleep counts. Runs in sudo, as root. */
#ifndef LW_SUDO_NOW_H
#define LW_SUDO_NOW_H

#include <stdint.h>
#include <time.h>

static inline int64_t lw_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

#endif
