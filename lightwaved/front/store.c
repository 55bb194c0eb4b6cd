/* store.c - when the store is read and written. The front. */
#include "store_state.h"

#include "cleanup.h"
#include "follow.h"
#include "log.h"
#include "store_crash.h"

#include <event2/buffer.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define LOAD_S	  3		  /* for a disk that does not answer */
#define SOON_MS	  20		  /* after a change of what is followed */
#define LATER_MS  2000		  /* ... of anything else */
#define MARK_MS	  (5 * 60 * 1000) /* after no change at all */
#define SLOW_S	  5		  /* without an answer, and it is said */
#define FINISH_MS 2000
#define DIRTY_MAX 100000 /* more than that, and all is written */

uint64_t lw_wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec < 0 ? 0
			     : (uint64_t)ts.tv_sec * 1000 +
				       (uint64_t)ts.tv_nsec / 1000000;
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

/* LW_NOWORKER: its process was killed; else as lw_store_load(). */
static enum lw_err load_once(struct lw_store *s, char *why, size_t size)
{
	enum lw_err e;

	if (!lw_store_spawn(s)) {
		snprintf(why, size, "%s", "its process cannot be started");
		return LW_OFFLINE;
	}
	e = ask_to_load(s) ? lw_store_load(s, why, size) : LW_NOWORKER;
	/* What nobody waits for any more keeps nothing locked. */
	if (e == LW_PENDING) {
		kill(s->pid, SIGKILL);
		lw_store_reap(s);
	}
	if (e != LW_NOWORKER)
		return e;
	switch (lw_store_reap(s)) {
	case LW_STORE_CRASHED:
		snprintf(why, size, "%s", "whoever reads it crashes");
		return LW_INVALID;
	case LW_STORE_KILLED:
		snprintf(why, size, "%s", "whoever reads it is killed");
		return LW_NOWORKER;
	case LW_STORE_ENDED:
		break;
	}
	snprintf(why, size, "%s", "its process cannot begin");
	return LW_OFFLINE;
}

static void load(struct lw_store *s)
{
	char why[256] = "";
	enum lw_err e = load_once(s, why, sizeof(why));

	/* Once may be chance. */
	if (e == LW_NOWORKER)
		e = load_once(s, why, sizeof(why));
	if (e == LW_INVALID || e == LW_NOWORKER)
		lw_store_set_aside(s, why);
	else if (e != LW_OK)
		lw_store_complain(s, why);
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
	lw_store_clock_init(&s->clock, 0, lw_wall_ms(), lw_now_ms());
	lw_table_init(&s->dirty, SIZE_MAX, free);
	if (lw_store_crash_watch(dir))
		lw_store_set_aside(
			s, "lightwaved has crashed twice soon after a start");
	load(s);
	if (s->clock.behind)
		lw_log(LOG_WARNING,
		       "the clock is behind what this host has seen: what is "
		       "known gives nobody a right until the directory is "
		       "heard");
	if (s->loaded)
		lw_log(LOG_NOTICE, "known from before: %zu users, %zu groups",
		       s->loaded->users, s->loaded->groups);
	return s;
}

bool lw_store_fails(const struct lw_store *s)
{
	return !s || s->off || s->failing;
}

void lw_store_write_in(struct lw_store *s, int64_t ms)
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
	lw_store_write_in(s, table == LW_STORE_REPLICA ? SOON_MS : LATER_MS);
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
	lw_store_write_in(s, SOON_MS);
}

void lw_store_followed(struct lw_store *s)
{
	const struct lw_plan *p;

	if (!s || s->off)
		return;
	p = lw_follow_plan(s->front->follow);
	s->state = true;
	lw_store_write_in(s, p->trusted != s->was_trusted ||
					     p->replicated != s->was_replicated
				     ? SOON_MS
				     : MARK_MS);
}

static void begin(struct lw_store *s);

void lw_store_go_on(struct lw_store *s)
{
	const struct timeval slow = { SLOW_S, 0 };

	event_add(s->slow, &slow);
	if (s->stage == LW_STORE_FILLING)
		lw_store_fill(s);
}

void lw_store_written(struct lw_store *s)
{
	if (s->failing)
		lw_log(LOG_NOTICE, "the store in %s is written again", s->dir);
	s->stage = LW_STORE_IDLE;
	event_del(s->slow);
	s->failing = false;
	s->retry_ms = 0;
	s->deaths = s->failures = 0;
	lw_log(LOG_DEBUG, "the store is written");
	if (s->dirty.count > 0 || s->all || s->replica || s->answers)
		lw_store_write_in(s, SOON_MS);
	else
		lw_store_write_in(s, MARK_MS);
}

static void on_slow(evutil_socket_t fd, short what, void *arg)
{
	struct lw_store *s = arg;

	(void)fd;
	(void)what;
	if (s->stage != LW_STORE_IDLE)
		lw_store_complain(s, "the disk does not answer");
}

static void begin(struct lw_store *s)
{
	if (s->off || s->stage != LW_STORE_IDLE)
		return;
	if (!s->bev && !lw_store_attach(s)) {
		lw_store_failed(s, "its process cannot be started");
		return;
	}
	event_del(s->timer);
	lw_store_begin(s);
	lw_store_go_on(s);
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
	s->slow = evtimer_new(f->base, on_slow, s);
	if (!s->timer || !s->calm || !s->slow)
		return LW_NOMEM;
	event_add(s->calm, &calm);
	/* From now on it is known when it ends. */
	if (s->fd >= 0 && !lw_store_attach(s))
		return LW_NOMEM;
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

static bool all_written(const struct lw_store *s)
{
	return s->stage == LW_STORE_IDLE && !s->state && s->dirty.count == 0 &&
	       !s->all && !s->replica && !s->answers;
}

/* What has failed is tried once more; who hangs is not waited for. */
void lw_store_finish(struct lw_store *s)
{
	int64_t until = lw_now_ms() + FINISH_MS;
	bool tried = false;

	lw_store_crash_calm();
	if (!s || s->off || !s->timer)
		return;
	s->state |=
		lw_store_clock_set_back(&s->clock, lw_wall_ms(), lw_now_ms());
	while (lw_now_ms() < until && !all_written(s)) {
		if (s->failing && (tried || s->stage != LW_STORE_IDLE))
			return;
		tried |= s->failing;
		begin(s);
		if (s->stage == LW_STORE_IDLE)
			return;
		do {
			event_base_loop(s->front->base, EVLOOP_ONCE);
		} while (s->stage != LW_STORE_IDLE && lw_now_ms() < until);
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
	if (s->slow)
		event_free(s->slow);
	/* Nobody waits for a disk that has not answered. */
	if (s->stage != LW_STORE_IDLE)
		s->pid = 0;
	lw_store_reap(s);
	lw_replica_free(s->loaded);
	lw_table_clear(&s->dirty);
	free(s);
}
