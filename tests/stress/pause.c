/*
 * pause.c - stop the calling thread for a moment, anywhere in its code, again
 * and again. What is not finished then is what the others see: without this
 * they would have to meet it within nanoseconds, on a machine with processors
 * to spare.
 */
#include "stress.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SIGNAL SIGRTMIN

static _Thread_local timer_t timer;
static _Thread_local uint32_t state;

static void arm(void)
{
	const struct itimerspec next = {
		.it_value = { 0, 100000 + stress_random(&state) % 900000 }
	};

	timer_settime(timer, 0, &next, NULL);
}

static void on_signal(int sig)
{
	/* Long enough for another to be given the processor. */
	const struct timespec moment = { 0, 1000 + stress_random(&state) %
							    3000000 };
	int saved = errno;

	(void)sig;
	nanosleep(&moment, NULL);
	arm();
	errno = saved;
}

void stress_pause(uint32_t seed)
{
	struct sigaction sa = { .sa_handler = on_signal,
				.sa_flags = SA_RESTART };
	struct sigevent ev = { .sigev_notify = SIGEV_THREAD_ID,
			       .sigev_signo = SIGNAL };

	/* glibc has no name for the member before 2.38. */
	ev._sigev_un._tid = (pid_t)syscall(SYS_gettid);
	state = seed | 1;
	if (sigaction(SIGNAL, &sa, NULL) < 0 ||
	    timer_create(CLOCK_MONOTONIC, &ev, &timer) < 0)
		abort();
	arm();
}

void stress_pause_no_more(void)
{
	timer_delete(timer);
}
