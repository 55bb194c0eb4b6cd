/* store_crash.c - crashes soon after a start. The front. */
#include "store_crash.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define CRASHES 2

static const int fatal[] = { SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE };
#define FATAL (sizeof(fatal) / sizeof(fatal[0]))

static char path[PATH_MAX];
static volatile sig_atomic_t watching;

/* One byte more; only what signal-safety(7) allows. */
static void count(int sig)
{
	int fd = watching
			 ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
				0600)
			 : -1;

	if (fd >= 0) {
		if (write(fd, "!", 1) == 1)
			fsync(fd);
		close(fd);
	}
	raise(sig); /* as it would have been: SA_RESETHAND */
}

bool lw_store_crash_watch(const char *dir)
{
	struct sigaction sa = { .sa_handler = count,
				.sa_flags = (int)SA_RESETHAND };
	int n = snprintf(path, sizeof(path), "%s/" LW_STORE_CRASHES, dir);
	struct stat st;
	bool twice;

	if (n < 0 || (size_t)n >= sizeof(path))
		return false;
	twice = stat(path, &st) == 0 && st.st_size >= CRASHES;
	if (twice)
		unlink(path);
	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < FATAL; i++)
		sigaction(fatal[i], &sa, NULL);
	watching = 1;
	return twice;
}

void lw_store_crash_calm(void)
{
	if (!watching)
		return;
	watching = 0;
	for (size_t i = 0; i < FATAL; i++)
		signal(fatal[i], SIG_DFL);
	unlink(path);
}
