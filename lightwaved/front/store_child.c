/*
 * store_child.c - the store process as the front has it: its start, its end,
 * and what it is taken for if that comes too early. The front.
 */
#include "store_state.h"

#include "config.h"
#include "log.h"
#include "store_crash.h"
#include "store_process.h"

#include <errno.h>
#include <event2/buffer.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#define END_MS	 500 /* to end by itself; it has nothing to do then */
#define KILL_MS	 100 /* ... and after SIGKILL, which a disk may put off */
#define AGAIN_MS 1000
#define RETRY_MS (60 * 1000)
#define SAID_MAX 4096 /* bytes of an answer */
#define DEATHS	 2    /* that are the file's fault */

extern char **environ;

/* Twice what a replica takes is once it and once its successor. */
static size_t file_max(const struct lw_store *s)
{
	return (size_t)64 * 1024 * 1024 +
	       s->front->config->replicate_max * (size_t)4096;
}

/* It is this program again, so that nothing of ours is in its memory. */
bool lw_store_spawn(struct lw_store *s)
{
	posix_spawn_file_actions_t fa;
	char max[32], name[] = "lightwaved", option[] = "--store-process";
	char *argv[] = { name, option, max, (char *)(uintptr_t)s->dir, NULL };
	int sv[2], r;

	snprintf(max, sizeof(max), "%zu", file_max(s));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0)
		return false;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, sv[1], LW_STORE_FD);
	r = posix_spawn(&s->pid, "/proc/self/exe", &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	close(sv[1]);
	if (r != 0) {
		s->pid = 0;
		close(sv[0]);
		return false;
	}
	s->fd = sv[0];
	s->spawned_ms = lw_now_ms();
	return true;
}

/* Whether it has ended, or does so in that time. */
static bool ended(pid_t pid, int64_t ms, int *ret_status)
{
	const struct timespec nap = { 0, 1000000 };
	int64_t until = lw_now_ms() + ms;
	pid_t r;

	while ((r = waitpid(pid, ret_status, WNOHANG)) == 0 ||
	       (r < 0 && errno == EINTR)) {
		if (lw_now_ms() >= until)
			return false;
		nanosleep(&nap, NULL);
	}
	return true;
}

static enum lw_store_end end_of(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status) == 0 ||
				       WEXITSTATUS(status) == LW_STORE_CANNOT
			       ? LW_STORE_ENDED
			       : LW_STORE_CRASHED;
	return WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM
		       ? LW_STORE_KILLED
		       : LW_STORE_CRASHED;
}

enum lw_store_end lw_store_reap(struct lw_store *s)
{
	int status = 0;
	bool gone;

	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	/* libevent closes it some time later. */
	if (s->bev) {
		shutdown(bufferevent_getfd(s->bev), SHUT_RDWR);
		bufferevent_free(s->bev);
	}
	s->bev = NULL;
	gone = s->pid <= 0 || ended(s->pid, END_MS, &status);
	if (!gone) {
		kill(s->pid, SIGKILL);
		ended(s->pid, KILL_MS, &status);
	}
	s->pid = 0;
	return gone ? end_of(status) : LW_STORE_ENDED;
}

void lw_store_set_aside(struct lw_store *s, const char *why)
{
	char from[PATH_MAX], to[PATH_MAX];

	snprintf(from, sizeof(from), "%s/" LW_STORE_NAME, s->dir);
	snprintf(to, sizeof(to), "%s/" LW_STORE_NAME ".bad", s->dir);
	if (rename(from, to) == 0) {
		lw_log(LOG_WARNING,
		       "the store is not used: %s; it is set aside as %s, and "
		       "begun anew",
		       why, to);
		return;
	}
	if (errno == ENOENT)
		return;
	s->off = true;
	lw_log(LOG_WARNING,
	       "the store is not used: %s; %s cannot be set aside (%s): "
	       "nothing is written",
	       why, from, strerror(errno));
}

void lw_store_complain(struct lw_store *s, const char *why)
{
	if (!s->failing)
		lw_log(LOG_WARNING,
		       "the store in %s cannot be used: %s; lookups go on, "
		       "and what is known is lost when lightwaved ends: make "
		       "room or set it right, and restart lightwaved",
		       s->dir, why);
	s->failing = true;
}

/* Once more soon, and from then on now and then. */
void lw_store_failed(struct lw_store *s, const char *why)
{
	lw_store_complain(s, why);
	s->stage = LW_STORE_IDLE;
	s->all = true;
	s->retry_ms = lw_now_ms() + (s->failures == 0 ? AGAIN_MS : RETRY_MS);
	s->failures++;
	lw_store_write_in(s, 0);
}

/*
 * Who is killed from outside long after his start is not killed because of
 * what he reads; who dies of it himself, or is killed as soon as he begins, as
 * whoever asks for too much memory is, may be.
 */
static bool is_the_files(const struct lw_store *s, enum lw_store_end how)
{
	return how == LW_STORE_CRASHED ||
	       (how == LW_STORE_KILLED &&
		lw_now_ms() - s->spawned_ms < LW_STORE_CALM_S * 1000);
}

void lw_store_died(struct lw_store *s)
{
	enum lw_store_end how = lw_store_reap(s);

	if (s->stage == LW_STORE_IDLE) {
		/* All that it was given is on the disk. */
		lw_log(LOG_WARNING, "the store's process has ended: it is "
				    "started again with the next change");
		return;
	}
	if (is_the_files(s, how) && ++s->deaths >= DEATHS) {
		lw_store_set_aside(s, "whoever writes it dies");
		s->deaths = 0;
	}
	lw_store_failed(s, "its process has died");
}

static void on_drained(struct bufferevent *bev, void *arg)
{
	(void)bev;
	lw_store_go_on(arg);
}

static void done(struct lw_store *s, const struct lw_store_said *said)
{
	char why[200];

	if (s->stage != LW_STORE_COMMITTING)
		return;
	snprintf(why, sizeof(why), "%.*s", (int)said->text.n, said->text.s);
	if (said->e == LW_INVALID)
		lw_store_set_aside(s, why);
	if (said->e != LW_OK) {
		lw_store_failed(s, why);
		return;
	}
	lw_store_written(s);
}

static void on_said(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	uint8_t head[4], *body;
	struct lw_store *s = arg;
	struct lw_store_frame f;
	struct lw_store_said said;
	size_t n;

	while (s->bev && evbuffer_copyout(in, head, 4) == 4) {
		n = lw_get_u32(head);
		/* More than it ever says: it is not itself any more. */
		if (n > SAID_MAX) {
			kill(s->pid, SIGKILL);
			lw_store_died(s);
			return;
		}
		if (evbuffer_get_length(in) < 4 + n)
			return;
		body = evbuffer_pullup(in, (ev_ssize_t)(4 + n));
		if (body && lw_store_frame_decode(body + 4, n, &f) == LW_OK &&
		    f.what == LW_STORE_DONE &&
		    lw_store_said_decode(f.value, &said) == LW_OK)
			done(s, &said);
		evbuffer_drain(in, 4 + n);
	}
}

static void on_end(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	lw_store_died(arg);
}

/* Its socket belongs to the loop from now on. */
bool lw_store_attach(struct lw_store *s)
{
	const struct timeval none = { 0, 0 };

	if (s->fd < 0 && !lw_store_spawn(s))
		return false;
	setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &none, sizeof(none));
	if (evutil_make_socket_nonblocking(s->fd) < 0)
		return false;
	s->bev = bufferevent_socket_new(s->front->base, s->fd,
					BEV_OPT_CLOSE_ON_FREE);
	if (!s->bev)
		return false;
	s->fd = -1;
	bufferevent_priority_set(s->bev, LW_PRIO_LOOKUP);
	bufferevent_setcb(s->bev, on_said, on_drained, on_end, s);
	bufferevent_enable(s->bev, EV_READ | EV_WRITE);
	return true;
}
