/*
 * visudo.c - ask visudo(8). lightwave-sudo.
 *
 * Without a shell, with an environment of our own. A file is judged in the
 * whole policy before it is part of it: a few lines on visudo's standard input
 * include both, and reading rules twice harms nothing.
 */
#include "visudo.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static char *const environment[] = {
	"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
	"LC_ALL=C",
	NULL,
};

static bool ends_well(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return false;
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool start(char *const *argv, posix_spawn_file_actions_t *fa,
		  const char *input, pid_t *ret_pid)
{
	lw_cleanup(lw_close) int out = -1;
	lw_cleanup(lw_close) int in = -1;
	size_t n = strlen(input);
	int pipe_fd[2], r;

	/* So little that the pipe holds it: nobody need read it yet. */
	if (pipe2(pipe_fd, O_CLOEXEC | O_NONBLOCK) < 0)
		return false;
	in = pipe_fd[0];
	out = pipe_fd[1];
	if (write(out, input, n) != (ssize_t)n ||
	    posix_spawn_file_actions_adddup2(fa, in, 0) != 0 ||
	    posix_spawn_file_actions_addopen(fa, 1, "/dev/null", O_WRONLY, 0) !=
		    0 ||
	    fcntl(in, F_SETFL, 0) < 0)
		return false;
	r = posix_spawn(ret_pid, LW_VISUDO, fa, NULL, argv, environment);
	if (r != 0)
		fprintf(stderr, "lightwave-sudo: %s: %s\n", LW_VISUDO,
			strerror(r));
	return r == 0;
}

/* Quietly, and with its words only where they are wanted. */
static bool run(const char *path, const char *input, bool quiet)
{
	char *const loud_argv[] = { "visudo", "-c", "-f", (char *)path, NULL };
	char *const quiet_argv[] = { "visudo", "-c",	     "-q",
				     "-f",     (char *)path, NULL };
	posix_spawn_file_actions_t fa;
	pid_t pid;
	bool ok;

	if (posix_spawn_file_actions_init(&fa) != 0)
		return false;
	ok = start(quiet ? quiet_argv : loud_argv, &fa, input, &pid);
	posix_spawn_file_actions_destroy(&fa);
	return ok && ends_well(pid);
}

static bool check(const char *path, const char *input)
{
	signal(SIGCHLD, SIG_DFL); /* where it is ignored nobody is waited for */
	if (run(path, input, true))
		return true;
	run(path, input, false);
	return false;
}

bool lw_visudo_file(const char *path)
{
	return check(path, "");
}

bool lw_visudo_policy(const char *sudoers, const char *path)
{
	lw_cleanup(lw_free) char *input = NULL;
	int n;

	if (path)
		n = asprintf(&input, "@include \"%s\"\n@include \"%s\"\n",
			     sudoers, path);
	else
		n = asprintf(&input, "@include \"%s\"\n", sudoers);
	if (n < 0) {
		input = NULL;
		return false;
	}
	return check("-", input);
}
