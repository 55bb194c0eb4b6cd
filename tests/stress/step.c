/*
 * step.c - a writer is stopped after each of its instructions, and asked
 * about there: what is not finished lasts, however short it is.
 */
#include "stress.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static bool stopped(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFSTOPPED(status);
}

static pid_t start(struct stress *s)
{
	pid_t pid = fork();

	if (pid < 0)
		abort();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(1);
		stress_write_stepped(s, (uint32_t)stress_now_ms());
	}
	return pid;
}

bool stress_step(struct stress *s, int64_t until_ms)
{
	struct reader *r = stress_reader_new(s, (uint32_t)until_ms);
	uint32_t steps = 0;
	pid_t pid = start(s);
	int status;
	bool good = stopped(pid);

	s->alone = true;
	while (good && stress_now_ms() < until_ms) {
		good = ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) == 0 &&
		       stopped(pid);
		/* Of the many halves of names one only is wrong. */
		for (int i = 0; good && i < 6; i++)
			good = stress_reader_ask(r, STRESS_NOBODY);
		if (good && ++steps % 2)
			good = stress_reader_ask(r, steps / 2 % STRESS_NOBODY);
	}
	printf("# instructions of the writer: %u\n", steps);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return stress_reader_free(r) && good;
}
