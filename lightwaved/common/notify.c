/* notify.c - tell the service manager how far we are. Both daemons. */
#include "notify.h"

#ifdef HAVE_SYSTEMD

#include <inttypes.h>
#include <systemd/sd-daemon.h>
#include <time.h>

void lw_notify_ready(void)
{
	sd_notify(0, "READY=1");
}

void lw_notify_reloading(void)
{
	struct timespec ts;
	int64_t us;

	/* Type=notify-reload wants to know that this is a new reload. */
	clock_gettime(CLOCK_MONOTONIC, &ts);
	us = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, us);
}

void lw_notify_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

#else

void lw_notify_ready(void)
{
}

void lw_notify_reloading(void)
{
}

void lw_notify_stopping(void)
{
}

#endif
