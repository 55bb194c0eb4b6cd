/*
 * link_watch.c - tell a worker that hangs from a directory that is slow. The
 * front.
 *
 * While somebody waits and nothing comes, the worker's master is asked what no
 * worker answers: it says so at once, unless it hangs.
 */
#include "link_state.h"

#include "cleanup.h"
#include "log.h"

#define LOOK_MS	    500
#define SILENCE_MS  1500 /* before it is asked whether it is there */
#define PATIENCE_MS 2500 /* before it is believed that it is not */

static bool waited_for(const struct lw_link *l)
{
	const struct lw_question *q;

	TAILQ_FOREACH (q, &l->questions, link) {
		if (q->login || q->op == LW_OP_SYNC)
			return true;
	}
	return false;
}

static void ping(struct lw_link *l, int64_t now)
{
	lw_cleanup(lw_wr_done) struct lw_wr msg;

	lw_wr_heap(&msg, LW_REQUEST_MAX);
	/* For fronts: its answer is that it is none for a worker. */
	lw_msg_begin(&msg, PING_OP, PING_ID);
	if (lw_msg_end(&msg, msg.base) != LW_OK ||
	    lw_link_post(l, &msg) != LW_OK)
		return;
	l->pinged_ms = now;
}

static void look(evutil_socket_t fd, short what, void *arg)
{
	struct lw_link *l = arg;
	int64_t now = lw_now_ms();

	(void)fd;
	(void)what;
	if (!l->bev || !waited_for(l)) {
		event_del(l->watch);
		return;
	}
	if (!l->pinged_ms) {
		if (now - l->heard_ms >= SILENCE_MS)
			ping(l, now);
	} else if (now - l->pinged_ms >= PATIENCE_MS) {
		lw_log(LOG_ERR, "dropping the worker: it hangs");
		l->hung = true;
		lw_link_lost(l);
	}
}

enum lw_err lw_link_watch_init(struct lw_link *l)
{
	l->watch = event_new(l->front->base, -1, EV_PERSIST, look, l);
	return l->watch ? LW_OK : LW_NOMEM;
}

void lw_link_watch(struct lw_link *l)
{
	struct timeval tv = { LOOK_MS / 1000, LOOK_MS % 1000 * 1000 };

	if (event_pending(l->watch, EV_TIMEOUT, NULL))
		return;
	/* Nobody waited before: its silence begins now. */
	l->heard_ms = lw_now_ms();
	event_add(l->watch, &tv);
}

void lw_link_heard(struct lw_link *l)
{
	l->heard_ms = lw_now_ms();
	l->pinged_ms = 0;
	l->hung = false;
}
