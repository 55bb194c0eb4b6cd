/* keeper.c - lightwaved-creds as a child. Part of the tests. */
#include "keeper.h"

#include "asker.h"
#include "check.h"
#include "cleanup.h"
#include "front.h"
#include "worker.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define LOG_FILE "creds.log"

static pid_t pid;
static char room[64];

void keeper_room(void)
{
	snprintf(room, sizeof(room), "/tmp/lw-creds-XXXXXX");
	assert_non_null(mkdtemp(room));
	keeper_clock(0);
	keeper_time(0);
	front_write(LOG_FILE, "");
}

void keeper_leave(void)
{
	DIR *d = opendir(room);
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	assert_int_equal(rmdir(room), 0);
}

static void offset_is(const char *name, long offset)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", offset);
	front_write("offset.new", text);
	assert_int_equal(rename("offset.new", name), 0);
}

void keeper_clock(long offset)
{
	offset_is("clock-offset", offset);
}

void keeper_time(long offset)
{
	offset_is("boottime-offset", offset);
}

/* ASan must not mind who is loaded before it. */
void keeper_lends_clocks(bool lends)
{
	if (lends) {
		setenv("LD_PRELOAD", WALLCLOCK, 1);
		setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
	} else {
		unsetenv("LD_PRELOAD");
		unsetenv("ASAN_OPTIONS");
	}
}

static unsigned int said(const char *text)
{
	static char log[256 * 1024];
	lw_cleanup(lw_fclose) FILE *f = fopen(LOG_FILE, "re");
	unsigned int n = 0;

	assert_non_null(f);
	log[fread(log, 1, sizeof(log) - 1, f)] = '\0';
	for (const char *p = log; (p = strstr(p, text)); p++)
		n++;
	return n;
}

void keeper_says(const char *text, unsigned int n)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (said(text) < n) {
		if (worker_now_ms() >= until)
			fail_msg("the keeper's log has \"%s\" %u times and not "
				 "%u",
				 text, said(text), n);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

/* As systemd hands it over, in descriptor 3. */
static void hand_over(int listener)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", (int)getpid());
	setenv("LISTEN_PID", text, 1);
	setenv("LISTEN_FDS", "1", 1);
	if (listener != 3)
		dup2(listener, 3);
	else
		fcntl(3, F_SETFD, 0);
}

static void run(pid_t parent, int listener)
{
	int fd = open(LOG_FILE, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd == 3)
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 10);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	unsetenv("JOURNAL_STREAM");
	unsetenv("NOTIFY_SOCKET");
	keeper_lends_clocks(true);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (listener >= 0)
		hand_over(listener);
	if (getppid() == parent)
		execl(KEEPER, KEEPER, "--config", "./conf", "--socket",
		      "./creds", "--state", room, "--debug", (char *)NULL);
	_exit(127);
}

static void start(int listener)
{
	unsigned int before = said("ready: ");
	pid_t parent = getpid();

	assert_int_equal(pid, 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		run(parent, listener);
	keeper_says("ready: ", before + 1);
}

void keeper_start(void)
{
	start(-1);
}

void keeper_start_handed(int listener)
{
	start(listener);
}

static int reap(int sig)
{
	int status;

	if (sig)
		assert_int_equal(kill(pid, sig), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void keeper_stop(void)
{
	if (pid)
		assert_int_equal(reap(SIGTERM), 0);
}

void keeper_kill(void)
{
	assert_int_equal(reap(SIGKILL), 128 + SIGKILL);
}

void keeper_ends(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	siginfo_t si = { 0 };

	while (si.si_pid == 0) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
		assert_int_equal(waitid(P_PID, (id_t)pid, &si,
					WEXITED | WNOHANG | WNOWAIT),
				 0);
	}
	assert_int_equal(reap(0), 0);
}

pid_t keeper_pid(void)
{
	return pid;
}

const char *keeper_path(const char *name)
{
	static char path[400];

	snprintf(path, sizeof(path), "%s/%s", room, name);
	return path;
}

bool keeper_has(const char *sid)
{
	return access(keeper_path(sid), F_OK) == 0;
}

void keeper_comes_to_have(const char *sid, bool has)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (keeper_has(sid) != has) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

int keeper_send(enum lw_op op, const char *sid, const char *password)
{
	struct lw_creds_ask a = { lw_str(sid), lw_password(password) };
	uint8_t body[LW_CREDS_BODY_MAX];
	int fd = asker_open("creds");
	struct lw_wr w;

	lw_wr_init(&w, body, sizeof(body));
	if (op != LW_OP_CREDS_APPLY)
		lw_creds_ask_encode(&w, &a);
	assert_int_equal(lw_wr_end(&w), LW_OK);
	asker_send_body(fd, op, body, (size_t)(w.p - body));
	return fd;
}

enum lw_err keeper_take(int fd, enum lw_op op, uint32_t *ret_age)
{
	lw_cleanup(lw_reply_done) struct lw_reply r = { 0 };
	enum lw_err e = asker_take(fd, &r);
	uint32_t age;

	if (e == LW_OK && op == LW_OP_CREDS_CHECK) {
		assert_int_equal(lw_creds_age_decode(&r.body, &age), LW_OK);
		if (ret_age)
			*ret_age = age;
	} else {
		assert_int_equal(lw_rd_end(&r.body), LW_OK);
	}
	return e;
}

enum lw_err keeper_ask(enum lw_op op, const char *sid, const char *password,
		       uint32_t *ret_age)
{
	lw_cleanup(lw_close) int fd = keeper_send(op, sid, password);

	return keeper_take(fd, op, ret_age);
}
