/*
 * test_nss_threads.c - libnss_lightwave among threads, signals and children of
 * its process: nothing is left behind by whoever is cancelled or killed.
 */
#include "check.h"
#include "daemon.h"
#include "front.h"
#include "safe_rig.h"
#include "worker.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>

#define CANCELLED 3000

static sem_t called;

/* As in glibc's nss/tst-cancel-getpwuid_r. */
static void *look_for_ever(void *unused)
{
	struct passwd pw, *r;
	char buf[512];

	sem_post(&called);
	for (;;) {
		getpwuid_r(ID(1025), &pw, buf, sizeof(buf), &r);
		pthread_testcancel();
	}
	return unused;
}

static void cancel_one(unsigned int i)
{
	pthread_t t;
	void *r;

	assert_int_equal(pthread_create(&t, NULL, look_for_ever, NULL), 0);
	sem_wait(&called);
	/* Another moment of the call each time. */
	for (volatile unsigned int spin = 0; spin < i % 97 * 200; spin++)
		;
	assert_int_equal(pthread_cancel(t), 0);
	assert_int_equal(pthread_join(t, &r), 0);
	assert_ptr_equal(r, PTHREAD_CANCELED);
}

static void a_cancelled_thread_leaves_nothing_behind(void **state)
{
	size_t fds, maps;

	(void)state;
	assert_int_equal(__nss_configure_lookup("passwd", "lightwave"), 0);
	sem_init(&called, 0, 0);
	cancel_one(1); /* what glibc keeps for each process is there now */
	assert_true(safe_look());
	fds = safe_descriptors();
	maps = safe_mappings();
	for (unsigned int i = 0; i < CANCELLED; i++)
		cancel_one(i);
	assert_int_equal(safe_descriptors(), fds);
	/* Stacks of threads come and go; an answer's buffer a thread would not.
	 */
	assert_in_range(safe_mappings(), 0, maps + 20);
	assert_true(safe_look());
	sem_destroy(&called);
}

static _Atomic bool over;

static void *look_until_over(void *unused)
{
	intptr_t wrong = 0;

	(void)unused;
	while (!over)
		wrong += !safe_look();
	return (void *)wrong;
}

static int look_thrice(void)
{
	return safe_look() && safe_look() && safe_look() ? 0 : 1;
}

static int run_true(void)
{
	char *argv[] = { (char *)"true", NULL };
	int status;
	pid_t pid;

	/* By vfork(2), in glibc. */
	if (posix_spawnp(&pid, "true", NULL, NULL, argv, NULL) != 0)
		return 1;
	return waitpid(pid, &status, 0) == pid ? status : 2;
}

static void children_and_threads_do_not_disturb_each_other(void **state)
{
	pthread_t t[4];

	(void)state;
	over = false;
	for (size_t i = 0; i < COUNT(t); i++)
		assert_int_equal(
			pthread_create(&t[i], NULL, look_until_over, NULL), 0);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(safe_in_child(look_thrice), 0);
		if (i % 4 == 0)
			assert_int_equal(run_true(), 0);
	}
	over = true;
	for (size_t i = 0; i < COUNT(t); i++) {
		void *r;

		pthread_join(t[i], &r);
		assert_null(r);
	}
}

/* Between vfork(2) and its end a child asks in its parent's memory. */
static __attribute__((noinline)) bool look_in_vfork(void)
{
	static volatile bool good;
	int status;
	pid_t pid;

	good = false;
	pid = vfork(); /* NOLINT */
	if (pid == 0) {
		good = safe_look();
		_exit(0);
	}
	return waitpid(pid, &status, 0) == pid && good;
}

static void a_child_of_vfork_may_ask(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++)
		assert_true(look_in_vfork());
	assert_true(safe_look());
}

static volatile sig_atomic_t signals;

static void on_signal(int sig)
{
	(void)sig;
	signals++;
	errno = EINTR;
}

static void signals_in_mid_call_change_nothing(void **state)
{
	static const int flags[] = { 0, SA_RESTART };
	const struct itimerval often = { { 0, 100 }, { 0, 100 } };
	const struct itimerval never = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(flags); i++) {
		struct sigaction sa = { .sa_handler = on_signal,
					.sa_flags = flags[i] };

		signals = 0;
		assert_int_equal(sigaction(SIGALRM, &sa, NULL), 0);
		assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
		while (signals < 500)
			assert_true(safe_look());
		assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	}
	signal(SIGALRM, SIG_IGN);
}

static int look_while_it_dies(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	kill(getppid(), SIGUSR1);
	while (safe_look())
		;
	return 0;
}

static void a_front_that_dies_raises_no_signal(void **state)
{
	struct sigaction sa = { .sa_handler = on_signal };
	int status;
	pid_t pid;

	(void)state;
	if (safe_has_map())
		return; /* goes on knowing */
	signals = 0;
	assert_int_equal(sigaction(SIGUSR1, &sa, NULL), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(look_while_it_dies());
	while (signals == 0)
		sched_yield();
	daemon_kill();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void *call_all(void *unused)
{
	long start = 0, size = 8;
	gid_t *gids = malloc(8 * sizeof(*gids));
	struct passwd pw;
	struct group gr;
	char buf[256];
	bool good = true;
	int e;

	if (!gids || !safe_look() ||
	    safe_nss.getpwnam("alice@lightwave.test", &pw, buf, sizeof(buf),
			      &e) != NSS_STATUS_SUCCESS ||
	    safe_nss.getgrnam("staff@lightwave.test", &gr, buf, sizeof(buf),
			      &e) != NSS_STATUS_SUCCESS ||
	    safe_nss.initgroups("alice@lightwave.test", 1, &start, &size, &gids,
				-1, &e) != NSS_STATUS_SUCCESS)
		good = false;
	free(gids);
	return good ? unused : NULL;
}

static void the_smallest_stack_is_enough(void **state)
{
	pthread_attr_t attr;
	pthread_t t;
	int good;
	void *r;

	(void)state;
	pthread_attr_init(&attr);
#ifndef __SANITIZE_ADDRESS__
	assert_int_equal(
		pthread_attr_setstacksize(&attr, (size_t)PTHREAD_STACK_MIN), 0);
#endif
	assert_int_equal(pthread_create(&t, &attr, call_all, &good), 0);
	pthread_join(t, &r);
	pthread_attr_destroy(&attr);
	assert_ptr_equal(r, &good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAFE_BOTH(a_cancelled_thread_leaves_nothing_behind),
		SAFE_BOTH(children_and_threads_do_not_disturb_each_other),
		SAFE_BOTH(a_child_of_vfork_may_ask),
		SAFE_BOTH(signals_in_mid_call_change_nothing),
		SAFE_BOTH(a_front_that_dies_raises_no_signal),
		SAFE_BOTH(the_smallest_stack_is_enough),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("nss_threads", tests, NULL, NULL);
	front_leave();
	return failed;
}
