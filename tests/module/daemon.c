/* daemon.c - lightwaved as a child. Part of the tests of the front. */
#include "daemon.h"

#include "check.h"
#include "cleanup.h"
#include "front.h"
#include "worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ARGS_MAX 16

static const char base[] = "[domain]\n"
			   "name = Lightwave.Test\n"
			   "server = dc1.lightwave.test\n"
			   "ca_file = /etc/lightwave/ca.pem\n"
			   "netbios_name = LWAVE\n"
			   "[machine]\n"
			   "dn = cn=host,dc=lightwave,dc=test\n"
			   "password_file = /etc/lightwave/machine.password\n";

static const char *program = DAEMON;
static pid_t pid;
static bool debugs, journals;
static bool keeps; /* the next one knows what the last one knew */
static int log_fd = -1;
static char log_text[1024 * 1024];
static size_t log_n;

void daemon_use(const char *p)
{
	program = p;
}

void daemon_conf(const char *more)
{
	char text[8192];
	int n = snprintf(text, sizeof(text), "%s%s", base, more);

	assert_true(n > 0 && (size_t)n < sizeof(text));
	front_write("conf", text);
}

/* Its outputs end in the pipe whose other end is ret_fd. */
static pid_t spawn(const char *const *args, int *ret_fd)
{
	const char *argv[ARGS_MAX + 2] = { program };
	pid_t parent = getpid(), child;
	int p[2];

	for (size_t i = 0; args[i]; i++) {
		assert_true(i < ARGS_MAX);
		argv[i + 1] = args[i];
	}
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		unsetenv("JOURNAL_STREAM");
		unsetenv("NOTIFY_SOCKET");
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

/* Until its end, which comes when it has closed its outputs. */
static int reap(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* What comes until then is read; false once there will be no more. */
static bool listen_to(int64_t until)
{
	ssize_t r;

	if (!worker_wait(log_fd, POLLIN, until))
		return true;
	assert_true(log_n + 1 < sizeof(log_text));
	r = read(log_fd, log_text + log_n, sizeof(log_text) - log_n - 1);
	if (r <= 0)
		return false;
	log_n += (size_t)r;
	log_text[log_n] = '\0';
	return true;
}

void daemon_listen(void)
{
	while (log_fd >= 0 && worker_wait(log_fd, POLLIN, 0)) {
		if (!listen_to(0))
			break;
	}
}

unsigned int daemon_said(const char *text)
{
	unsigned int n = 0;

	daemon_listen();
	for (const char *p = log_text; (p = strstr(p, text)); p++)
		n++;
	return n;
}

void daemon_says(const char *text, unsigned int n)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (daemon_said(text) < n) {
		if (!listen_to(until) || worker_now_ms() >= until)
			fail_msg("the log has \"%s\" %u times and not %u:\n%s",
				 text, daemon_said(text), n, log_text);
	}
}

void daemon_forget(void)
{
	static const char *const files[] = { "cache/store", "cache/store.bad",
					     "cache/store.crashes" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	rmdir("cache");
	assert_int_equal(mkdir("cache", 0700), 0);
}

void daemon_debug(void)
{
	debugs = true;
}

void daemon_journal(void)
{
	journals = true;
}

void daemon_keep(void)
{
	keeps = true;
}

void daemon_begin(const char *more)
{
	const char *args[ARGS_MAX] = { "--config", "./conf",  "--runtime-dir",
				       ".",	   "--jobs",  "./jobs",
				       "--creds",  "./creds", "--cache-dir",
				       "./cache",  NULL };
	size_t n = 10; /* of these; the others follow */

	assert_int_equal(pid, 0);
	if (!keeps)
		daemon_forget();
	if (journals) {
		args[n++] = "--journal";
		args[n++] = "./journal";
	}
	if (debugs)
		args[n++] = "--debug";
	keeps = debugs = journals = false;
	daemon_conf(more);
	log_n = 0;
	log_text[0] = '\0';
	pid = spawn(args, &log_fd);
}

void daemon_start(const char *more)
{
	daemon_begin(more);
	daemon_says("ready: domain lightwave.test", 1);
}

void daemon_stop(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	pid_t child = pid;
	int code;

	if (!child)
		return;
	pid = 0;
	kill(child, SIGTERM);
	while (listen_to(until) && worker_now_ms() < until)
		;
	if (worker_now_ms() >= until)
		kill(child, SIGKILL);
	code = reap(child);
	close(log_fd);
	log_fd = -1;
	if (code != 0)
		fail_msg("lightwaved ended with %d:\n%s", code, log_text);
}

static void end_by(int sig)
{
	kill(pid, sig);
	assert_int_equal(reap(pid), 128 + sig);
	close(log_fd);
	log_fd = -1;
	pid = 0;
}

void daemon_kill(void)
{
	end_by(SIGKILL);
}

void daemon_crash(void)
{
	end_by(SIGSEGV);
}

bool daemon_runs(void)
{
	siginfo_t si = { 0 };

	/* Left as it is, for daemon_stop() to tell how it ended. */
	assert_int_equal(
		waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT), 0);
	return si.si_pid == 0;
}

pid_t daemon_pid(void)
{
	return pid;
}

void daemon_reload(const char *more, const char *says)
{
	unsigned int before = daemon_said(says);

	daemon_conf(more);
	assert_int_equal(kill(pid, SIGHUP), 0);
	daemon_says(says, before + 1);
}

int daemon_once(const char *const *args, char *ret, size_t size)
{
	lw_cleanup(lw_close) int fd = -1;
	int64_t until = worker_now_ms() + PATIENCE_MS;
	pid_t child = spawn(args, &fd);
	size_t n = 0;
	ssize_t r = 1;

	while (r > 0 && n + 1 < size && worker_wait(fd, POLLIN, until)) {
		r = read(fd, ret + n, size - n - 1);
		n += r > 0 ? (size_t)r : 0;
	}
	ret[n] = '\0';
	if (r != 0)
		kill(child, SIGKILL);
	return reap(child);
}
