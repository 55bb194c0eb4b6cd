/* resolve.c - a name's addresses, in a bounded time. A worker process. */
#include "resolve.h"

#include "clock.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>

#define STACK_BYTES (256 * 1024) /* all our memory is locked */

/* The resolver's waiting has no end that one could set: a thread waits. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;

static struct {
	bool busy;
	struct lw_addrs *addrs;
	struct lw_addrs_of of;
	enum lw_err result;
} job;

/* Only who is not busy writes to job.of. */
static void *look_up(void *arg)
{
	struct lw_addrs_of *of = &job.of;
	size_t n = 0;
	enum lw_err e = lw_dial_resolve(&of->at, of->at.port, of->v, &n);

	(void)arg;
	of->n = (uint32_t)n;
	of->known_ms = lw_mono_ms();
	if (e == LW_OK)
		lw_addrs_put(job.addrs, of);
	pthread_mutex_lock(&lock);
	job.result = e;
	job.busy = false;
	pthread_cond_broadcast(&ended);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* It takes none of our signals. */
static bool start_thread(void)
{
	sigset_t all, old;
	pthread_attr_t attr;
	pthread_t id;
	int failed;

	/* A heap of its own would be far more than it needs, and locked. */
	mallopt(M_ARENA_MAX, 1);
	if (pthread_attr_init(&attr))
		return false;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	failed = pthread_create(&id, &attr, look_up, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return !failed;
}

/* lock is held. false: whoever is being looked up is not done by then. */
static bool wait_until(int64_t until_ms)
{
	const struct timespec until = { .tv_sec = until_ms / 1000,
					.tv_nsec = until_ms % 1000 * 1000000 };

	while (job.busy) {
		if (pthread_cond_clockwait(&ended, &lock, CLOCK_MONOTONIC,
					   &until))
			return !job.busy;
	}
	return true;
}

static enum lw_err run(struct lw_addrs *a, const struct lw_endpoint *at,
		       int64_t until_ms, struct lw_addrs_of *ret)
{
	/* Another name's, which nobody waits for any more. */
	if (!wait_until(until_ms))
		return LW_OFFLINE;
	job.of = (struct lw_addrs_of) { .at = *at, .asked_ms = lw_mono_ms() };
	job.addrs = a;
	job.busy = true;
	if (!start_thread()) {
		job.busy = false;
		return LW_NOMEM;
	}
	if (!wait_until(until_ms))
		return LW_OFFLINE;
	if (job.result == LW_OK)
		*ret = job.of;
	return job.result;
}

enum lw_err lw_resolve(struct lw_addrs *a, const struct lw_endpoint *at,
		       int64_t until_ms, struct lw_addrs_of *ret)
{
	enum lw_err e;

	pthread_mutex_lock(&lock);
	e = run(a, at, until_ms, ret);
	pthread_mutex_unlock(&lock);
	return e;
}
