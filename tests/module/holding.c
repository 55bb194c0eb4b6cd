/* holding.c - children with ids of others. Part of the tests. */
#include "holding.h"

#include "check.h"
#include "cleanup.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX 16

static pid_t children[MAX];
static size_t count;

/* In the child: it says that it is ready, and waits. */
static _Noreturn void stay(int ready)
{
	/* Another uid clears what was set before. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(ready, "r", 1) == 1) {
		for (;;)
			pause();
	}
	_exit(1);
}

static pid_t begin(int p[2])
{
	pid_t child;

	assert_true(count < MAX);
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child > 0) {
		close(p[1]);
		children[count++] = child;
	}
	return child;
}

static pid_t until_ready(pid_t child, int fd)
{
	char c;

	assert_int_equal(read(fd, &c, 1), 1);
	close(fd);
	return child;
}

pid_t holding_start(const char *comm, uid_t uid, const gid_t *groups)
{
	int p[2];
	pid_t child = begin(p);
	size_t n = 0;

	while (groups[n])
		n++;
	if (child == 0) {
		prctl(PR_SET_NAME, comm);
		if (setgroups(n, groups) == 0 &&
		    setresgid(groups[0], groups[0], groups[0]) == 0 &&
		    setresuid(uid, uid, uid) == 0)
			stay(p[1]);
		_exit(1);
	}
	return until_ready(child, p[0]);
}

pid_t holding_as(uid_t uid, gid_t gid, gid_t effective)
{
	int p[2];
	pid_t child = begin(p);

	if (child == 0) {
		if (setgroups(0, NULL) == 0 &&
		    setresgid(gid, effective, gid) == 0 &&
		    setresuid(uid, uid, uid) == 0)
			stay(p[1]);
		_exit(1);
	}
	return until_ready(child, p[0]);
}

static void map(pid_t pid, const char *file, uid_t id)
{
	char path[64], text[64];
	lw_cleanup(lw_close) int fd = -1;
	int n = snprintf(text, sizeof(text), "0 %u 1\n", id);

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, (size_t)n), n);
}

pid_t holding_contained(uid_t uid, gid_t gid)
{
	int p[2], go[2];
	pid_t child;
	char c;

	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	child = begin(p);
	if (child == 0) {
		if (unshare(CLONE_NEWUSER) == 0 && write(p[1], "u", 1) == 1 &&
		    read(go[0], &c, 1) == 1 && setgroups(0, NULL) == 0 &&
		    setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0)
			stay(p[1]);
		_exit(1);
	}
	assert_int_equal(read(p[0], &c, 1), 1);
	map(child, "gid_map", gid);
	map(child, "uid_map", uid);
	assert_int_equal(write(go[1], "g", 1), 1);
	close(go[0]);
	close(go[1]);
	return until_ready(child, p[0]);
}

void holding_zombie(pid_t pid)
{
	siginfo_t info;

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

void holding_stop(void)
{
	while (count > 0) {
		pid_t pid = children[--count];

		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}
