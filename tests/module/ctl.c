/* ctl.c - lightwavectl as a child. Part of the tests of the front. */
#include "ctl.h"

#include "check.h"
#include "cleanup.h"
#include "worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define ARGS_MAX 8

static const char *program = CTL;

void ctl_use(const char *p)
{
	program = p;
}

static pid_t spawn(const char *const *args, int *ret_fd)
{
	const char *argv[ARGS_MAX + 4] = { program, "--runtime-dir", "." };
	pid_t parent = getpid(), child;
	int p[2];

	for (size_t i = 0; args[i]; i++) {
		assert_true(i < ARGS_MAX);
		argv[i + 3] = args[i];
	}
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(p[1], STDOUT_FILENO);
		dup2(p[1], STDERR_FILENO);
		if (getppid() == parent)
			execv(program, (char *const *)argv);
		_exit(127);
	}
	close(p[1]);
	*ret_fd = p[0];
	return child;
}

int ctl_run(const char *const *args, char *ret, size_t size)
{
	lw_cleanup(lw_close) int fd = -1;
	int64_t until = worker_now_ms() + PATIENCE_MS;
	pid_t child = spawn(args, &fd);
	size_t n = 0;
	ssize_t r = 1;
	int status;

	while (r > 0 && n + 1 < size && worker_wait(fd, POLLIN, until)) {
		r = read(fd, ret + n, size - n - 1);
		n += r > 0 ? (size_t)r : 0;
	}
	ret[n] = '\0';
	if (r != 0)
		kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
