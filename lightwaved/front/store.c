/* store.c - the store process, and when something is written. The front. */
#include "store_state.h"

#include "cleanup.h"
#include "config.h"
#include "follow.h"
#include "log.h"
#include "store_crash.h"
#include "store_process.h"

#include <errno.h>
#include <event2/buffer.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#define LOAD_S	  3		  /* for a disk that does not answer */
#define SOON_MS	  20		  /* after a change of what is followed */
#define LATER_MS  2000		  /* ... of anything else */
#define MARK_MS	  (5 * 60 * 1000) /* after no change at all */
#define RETRY_MS  (60 * 1000)
#define FINISH_MS 2000
#define DIRTY_MAX 100000 /* more than that, and all is written */
#define DEATHS	  2	 /* of its process that are the file's fault */

extern char **environ;

uint64_t lw_wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec < 0 ? 0
			     : (uint64_t)ts.tv_sec * 1000 +
				       (uint64_t)ts.tv_nsec / 1000000;
}

bool lw_store_behind(const struct lw_store *s)
{
	return s && s->behind;
}

/* Twice what a replica takes is once it and once its successor. */
static size_t file_max(const struct lw_store *s)
{
	return (size_t)64 * 1024 * 1024 +
	       s->front->config->replicate_max * (size_t)4096;
}

/* It is this program again, so that nothing of ours is in its memory. */
static bool spawn(struct lw_store *s)
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
	return true;
}

/* Its end, which has come or comes now. true: it died of what it read. */
static bool reap(struct lw_store *s)
{
	int status = 0;

	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	/* libevent closes it some time later. */
	if (s->bev) {
		shutdown(bufferevent_getfd(s->bev), SHUT_RDWR);
		bufferevent_free(s->bev);
	}
	s->bev = NULL;
	if (s->pid > 0) {
		while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	s->pid = 0;
	return !WIFEXITED(status) || (WEXITSTATUS(status) != 0 &&
				      WEXITSTATUS(status) != LW_STORE_CANNOT);
}

static void set_aside(struct lw_store *s, const char *why)
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

static void say_failing(struct lw_store *s, const char *why)
{
	if (!s->failing)
		lw_log(LOG_WARNING,
		       "the store in %s cannot be used: %s; lookups go on, "
		       "and what is known is lost when lightwaved ends",
		       s->dir, why);
	s->failing = true;
}

static bool ask_to_load(const struct lw_store *s)
{
	const struct timeval limit = { LOAD_S, 0 };
	uint8_t buf[16];
	struct lw_store_frame f = { LW_STORE_LOAD, lw_str(NULL), lw_str(NULL) };
	struct lw_wr w;
	ssize_t n;

	lw_wr_init(&w, buf, sizeof(buf));
	lw_store_frame_encode(&w, &f);
	n = w.p - buf;
	return setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
			  sizeof(limit)) == 0 &&
	       send(s->fd, buf, (size_t)n, MSG_NOSIGNAL) == n;
}

static void load(struct lw_store *s)
{
	char why[256] = "its process cannot be started";
	enum lw_err e;

	if (!spawn(s) || !ask_to_load(s)) {
		say_failing(s, why);
		reap(s);
		return;
	}
	e = lw_store_load(s, why, sizeof(why));
	if (e == LW_NOWORKER && reap(s)) {
		e = LW_INVALID;
		snprintf(why, sizeof(why), "%s", "whoever reads it crashes");
	}
	if (e == LW_INVALID)
		set_aside(s, why);
	else if (e != LW_OK)
		say_failing(s, why);
	/* What was not read is not to be written over either. */
	s->off |= e == LW_PENDING;
	s->all = e != LW_OK;
}

struct lw_store *lw_store_new(struct lw_front *f, const char *dir)
{
	struct lw_store *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->front = f;
	s->dir = dir;
	s->fd = -1;
	s->all = true;
	lw_table_init(&s->dirty, SIZE_MAX, free);
	if (lw_store_crash_watch(dir))
		set_aside(s, "lightwaved has crashed twice soon after a start");
	load(s);
	if (s->behind)
		lw_log(LOG_WARNING,
		       "the clock is behind what this host has seen: what is "
		       "known gives nobody a right until the directory is "
		       "heard");
	if (s->loaded)
		lw_log(LOG_NOTICE, "known from before: %zu users, %zu groups",
		       s->loaded->users, s->loaded->groups);
	return s;
}

/* Write in a while: sooner than it was going to be, but no more often. */
static void write_in(struct lw_store *s, int64_t ms)
{
	int64_t now = lw_now_ms(), due = now + ms;
	struct timeval tv;

	if (due < s->retry_ms)
		due = s->retry_ms;
	if (!s->timer || s->stage != LW_STORE_IDLE ||
	    (evtimer_pending(s->timer, NULL) && s->due_ms <= due))
		return;
	s->due_ms = due;
	due -= now;
	tv = (struct timeval) { due / 1000, due % 1000 * 1000 };
	evtimer_add(s->timer, &tv);
}

void lw_store_touch(void *store, char table, const char *key)
{
	struct lw_store *s = store;
	lw_cleanup(lw_free) char *full = NULL;

	if (!s || s->off)
		return;
	write_in(s, table == LW_STORE_REPLICA ? SOON_MS : LATER_MS);
	if (!key)
		s->answers = true;
	else if (s->dirty.count >= DIRTY_MAX)
		s->all = true;
	else if (asprintf(&full, "%c%s", table, key) < 0 ||
		 lw_table_put(&s->dirty, full, NULL) != LW_OK)
		s->all = true;
}

void lw_store_touch_known(void *store, struct lw_str sid)
{
	char key[LW_SID_MAX];

	snprintf(key, sizeof(key), "%.*s", (int)sid.n, sid.s);
	lw_store_touch(store, LW_STORE_REPLICA, key);
}

static void watch(struct lw_store *s)
{
	struct lw_replica *r = lw_follow_replica(s->front->follow);

	if (!r)
		return;
	r->changed_fn = lw_store_touch_known;
	r->changed_arg = s;
}

void lw_store_replica(struct lw_store *s)
{
	if (!s)
		return;
	watch(s);
	s->replica = true;
	write_in(s, SOON_MS);
}

void lw_store_followed(struct lw_store *s)
{
	const struct lw_plan *p;

	if (!s || s->off)
		return;
	p = lw_follow_plan(s->front->follow);
	s->state = true;
	write_in(s, p->trusted != s->was_trusted ||
				    p->replicated != s->was_replicated
			    ? SOON_MS
			    : MARK_MS);
}

static void begin(struct lw_store *s);

static void go_on(struct lw_store *s)
{
	if (s->stage == LW_STORE_FILLING)
		lw_store_fill(s);
}

static void on_drained(struct bufferevent *bev, void *arg)
{
	(void)bev;
	go_on(arg);
}

static void failed(struct lw_store *s, const char *why)
{
	say_failing(s, why);
	s->stage = LW_STORE_IDLE;
	s->all = true;
	s->retry_ms = lw_now_ms() + RETRY_MS;
	write_in(s, 0);
}

static void done(struct lw_store *s, const struct lw_store_said *said)
{
	char why[200];

	if (s->stage != LW_STORE_COMMITTING)
		return;
	snprintf(why, sizeof(why), "%.*s", (int)said->text.n, said->text.s);
	if (said->e == LW_INVALID)
		set_aside(s, why);
	if (said->e != LW_OK) {
		failed(s, why);
		return;
	}
	if (s->failing)
		lw_log(LOG_NOTICE, "the store in %s is written again", s->dir);
	s->stage = LW_STORE_IDLE;
	s->failing = false;
	s->retry_ms = 0;
	s->deaths = 0;
	lw_log(LOG_DEBUG, "the store is written");
	if (s->dirty.count > 0 || s->all || s->replica || s->answers)
		write_in(s, SOON_MS);
	else
		write_in(s, MARK_MS);
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
	struct lw_store *s = arg;

	(void)bev;
	(void)what;
	kill(s->pid, SIGKILL);
	reap(s);
	if (++s->deaths >= DEATHS) {
		set_aside(s, "whoever writes it dies");
		s->deaths = 0;
	}
	failed(s, "its process has died");
}

/* Its socket belongs to the loop from now on. */
static bool attach(struct lw_store *s)
{
	const struct timeval none = { 0, 0 };

	if (s->fd < 0 && !spawn(s))
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

static void begin(struct lw_store *s)
{
	if (s->off || s->stage != LW_STORE_IDLE)
		return;
	if (!s->bev && !attach(s)) {
		failed(s, "its process cannot be started");
		return;
	}
	event_del(s->timer);
	lw_store_begin(s);
	go_on(s);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	begin(arg);
}

static void on_calm(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	lw_store_crash_calm();
}

enum lw_err lw_store_start(struct lw_store *s)
{
	const struct timeval calm = { LW_STORE_CALM_S, 0 };
	struct lw_front *f = s->front;

	s->timer = evtimer_new(f->base, on_timer, s);
	s->calm = evtimer_new(f->base, on_calm, s);
	if (!s->timer || !s->calm)
		return LW_NOMEM;
	event_add(s->calm, &calm);
	f->cache.changed_fn = lw_store_touch;
	f->cache.changed_arg = s;
	if (s->loaded &&
	    lw_follow_restore(f->follow, s->loaded, &s->restored) != LW_OK) {
		lw_replica_free(s->loaded);
		s->replica = true;
	}
	s->loaded = NULL;
	watch(s);
	return LW_OK;
}

void lw_store_finish(struct lw_store *s)
{
	int64_t until = lw_now_ms() + FINISH_MS;

	lw_store_crash_calm();
	if (!s || s->off || s->failing || !s->timer)
		return;
	while (lw_now_ms() < until) {
		if (s->stage == LW_STORE_IDLE && !s->state &&
		    s->dirty.count == 0 && !s->all && !s->replica &&
		    !s->answers)
			return;
		begin(s);
		if (s->failing)
			return;
		event_base_loop(s->front->base, EVLOOP_ONCE);
	}
}

void lw_store_free(struct lw_store *s)
{
	if (!s)
		return;
	if (s->timer)
		event_free(s->timer);
	if (s->calm)
		event_free(s->calm);
	/* Nobody waits for a disk that has not answered. */
	if (s->stage != LW_STORE_IDLE)
		s->pid = 0;
	reap(s);
	lw_replica_free(s->loaded);
	lw_table_clear(&s->dirty);
	free(s);
}
