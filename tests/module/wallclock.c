/*
 * wallclock.c - another wall clock for a process: the real one, and what the
 * file clock-offset in its directory says. Loaded before it.
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *ts)
{
	long offset = 0;
	int r = (int)syscall(SYS_clock_gettime, id, ts);
	FILE *f = r == 0 && id == CLOCK_REALTIME ? fopen("clock-offset", "re")
						 : NULL;

	if (f) {
		if (fscanf(f, "%ld", &offset) == 1)
			ts->tv_sec += offset;
		fclose(f);
	}
	return r;
}
