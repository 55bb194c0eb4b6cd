/* tool.c - run one of sudo's programs. lightwave-sudo. */
#include "tool.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

struct pipe_end {
	int fd;
	char *p;
	size_t n, room;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* A file in memory, so that nobody waits for somebody to read. */
static int input(struct lw_str in)
{
	lw_cleanup(lw_close) int fd = memfd_create("sudoers", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	while (in.n > 0) {
		ssize_t n = write(fd, in.s, in.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		in.s += n;
		in.n -= (size_t)n;
	}
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	return lw_take_fd(&fd);
}

/* Take what is there. LW_NOTFOUND: it is at its end. */
static enum lw_err take(struct pipe_end *e)
{
	ssize_t n;

	if (e->room - e->n < 65536) {
		size_t room = e->room ? e->room * 2 : 131072;
		char *p = room > LW_TOOL_OUT * 2u ? NULL : realloc(e->p, room);

		if (!p)
			return room > LW_TOOL_OUT * 2u ? LW_RANGE : LW_NOMEM;
		e->p = p;
		e->room = room;
	}
	n = read(e->fd, e->p + e->n, e->room - e->n - 1);
	if (n < 0 && errno == EINTR)
		return LW_OK;
	e->n += n > 0 ? (size_t)n : 0;
	e->p[e->n] = '\0';
	if (e->n > LW_TOOL_OUT)
		return LW_RANGE;
	if (n > 0)
		return LW_OK;
	close(e->fd);
	e->fd = -1;
	return LW_NOTFOUND;
}

static enum lw_err listen_to(struct pipe_end *ends, int64_t until)
{
	int open = 2;

	while (open > 0) {
		struct pollfd p[2] = { { ends[0].fd, POLLIN, 0 },
				       { ends[1].fd, POLLIN, 0 } };
		int64_t left = until - now_ms();
		enum lw_err e;

		if (left <= 0)
			return LW_OFFLINE;
		if (poll(p, 2, (int)left) < 0 && errno != EINTR)
			return LW_NOMEM;
		for (int i = 0; i < 2; i++) {
			if (!p[i].revents)
				continue;
			e = take(&ends[i]);
			if (e == LW_NOTFOUND)
				open--;
			else if (e != LW_OK)
				return e;
		}
	}
	return LW_OK;
}

static int start(char *const argv[], int in, int out, int err, pid_t *ret)
{
	static char *const env[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:"
					     "/bin",
				     (char *)"LC_ALL=C", NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int r;

	if (posix_spawn_file_actions_init(&fa) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		posix_spawn_file_actions_destroy(&fa);
		return ENOMEM;
	}
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF);
	r = posix_spawn_file_actions_adddup2(&fa, in, 0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&fa, out, 1);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&fa, err, 2);
	if (r == 0)
		r = posix_spawn(ret, argv[0], &fa, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	return r;
}

/* Who is not told how it ended must not take that for well. */
static enum lw_err end_of(pid_t pid, enum lw_err e, int *ret_status)
{
	int status;

	if (e != LW_OK)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return e == LW_OK ? LW_NOMEM : e;
	}
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return e;
}

static enum lw_err run(char *const argv[], int in, struct pipe_end *ends,
		       int *ret_status)
{
	lw_cleanup(lw_close) int out = -1;
	lw_cleanup(lw_close) int err = -1;
	enum lw_err e;
	int p[2], r;
	pid_t pid;

	signal(SIGCHLD, SIG_DFL); /* where it is ignored nobody is waited for */
	if (pipe2(p, O_CLOEXEC) < 0)
		return LW_NOMEM;
	ends[0].fd = p[0];
	out = p[1];
	if (pipe2(p, O_CLOEXEC) < 0)
		return LW_NOMEM;
	ends[1].fd = p[0];
	err = p[1];
	r = start(argv, in, out, err, &pid);
	if (r != 0)
		return r == ENOENT || r == EACCES ? LW_NOTFOUND : LW_NOMEM;
	close(lw_take_fd(&out));
	close(lw_take_fd(&err));
	e = listen_to(ends, now_ms() + LW_TOOL_SECONDS * 1000);
	return end_of(pid, e, ret_status);
}

enum lw_err lw_tool_run(char *const argv[], struct lw_str in,
			struct lw_tool *ret)
{
	struct pipe_end ends[2] = { { .fd = -1 }, { .fd = -1 } };
	lw_cleanup(lw_close) int fd = input(in);
	enum lw_err e;

	*ret = (struct lw_tool) { .status = -1 };
	if (fd < 0)
		return LW_NOMEM;
	e = run(argv, fd, ends, &ret->status);
	lw_close(&ends[0].fd);
	lw_close(&ends[1].fd);
	ret->out = ends[0].p;
	ret->out_n = ends[0].n;
	ret->err = ends[1].p;
	ret->err_n = ends[1].n;
	return e;
}

void lw_tool_done(struct lw_tool *t)
{
	free(t->out);
	free(t->err);
}

void lw_tool_say(const char *program, enum lw_err e)
{
	const char *why = e == LW_NOTFOUND  ? "cannot be run"
			  : e == LW_OFFLINE ? "did not end in time"
			  : e == LW_RANGE   ? "said too much"
					    : lw_strerror(e);

	fprintf(stderr, "lightwave-sudo: %s %s\n", program, why);
}
