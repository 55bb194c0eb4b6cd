/* spawn.c - fork a worker process. The worker's master. */
#include "spawn.h"

#include "cleanup.h"
#include "harden.h"
#include "worker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* A signal to the child must not reach the master through its handlers. */
static void reset_signals(void)
{
	static const int ours[] = { SIGTERM, SIGINT, SIGCHLD };
	sigset_t none;

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		signal(ours[i], SIG_DFL);
	signal(SIGHUP, SIG_IGN); /* the master's business */
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Closes all but 0 to 2 and fd, which becomes 3. */
static int keep_only(int fd)
{
	if (fd != 3 && dup3(fd, 3, O_CLOEXEC) < 0)
		return -1;
	if (syscall(SYS_close_range, 4u, ~0u, 0u) == 0)
		return 3;
	for (int i = 4; i < (int)sysconf(_SC_OPEN_MAX); i++)
		close(i);
	return 3;
}

static void be_worker(const struct lw_setup *s, const char *name, uint32_t cell,
		      int fd, pid_t master)
{
	struct lw_setup mine = *s;

	mine.cell = cell;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, name);
	reset_signals();
	unsetenv("NOTIFY_SOCKET");
	/* It may have died before we asked to be told. */
	if (getppid() != master)
		_exit(1);
	fd = keep_only(fd);
	lw_lock_memory();
	_exit(fd < 0 ? 1 : lw_worker_run(&mine, fd));
}

enum lw_err lw_spawn(const struct lw_setup *s, const char *name, uint32_t cell,
		     pid_t *ret_pid, int *ret_fd)
{
	int pair[2];
	sigset_t all, before;
	pid_t master = getpid(), pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return LW_NOMEM;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		be_worker(s, name, cell, pair[1], master);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return LW_NOMEM;
	}
	*ret_pid = pid;
	*ret_fd = pair[0];
	return LW_OK;
}
