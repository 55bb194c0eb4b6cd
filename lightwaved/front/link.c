/* link.c - the connection to the worker. The front. */
#include "link_state.h"

#include "cleanup.h"
#include "client.h"
#include "follow.h"
#include "log.h"
#include "lookup.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <string.h>

struct lw_outlook *lw_link_outlook(struct lw_link *l,
				   const struct lw_question *q)
{
	if (q->op == LW_OP_VERDICT)
		return &l->verdicts;
	/* Where passwords cannot be changed people may still log in. */
	if (q->op == LW_OP_CHANGE)
		return &l->changes;
	if (q->op == LW_OP_SYNC)
		return &l->syncs;
	/* Is asked when all else fails, and says nothing of the rest. */
	if (q->op == LW_OP_SELFTEST)
		return &l->tests;
	return q->login ? &l->logins : &l->lookups;
}

void lw_question_forget(struct lw_request *r)
{
	if (r->waits_for)
		TAILQ_REMOVE(&r->waits_for->waiters, r, waiting);
	r->waits_for = NULL;
}

/* Runs everyone who waited for q, which is on no list; q is freed. */
static void wake(struct lw_question *q, bool offline, bool busy)
{
	bool sync = q->op == LW_OP_SYNC;
	struct lw_request_list woken = TAILQ_HEAD_INITIALIZER(woken);
	struct lw_request *r;

	/* Detached first: whoever runs may ask the same question again. */
	TAILQ_CONCAT(&woken, &q->waiters, waiting);
	lw_question_free(q);
	TAILQ_FOREACH (r, &woken, waiting) {
		r->waits_for = NULL;
		/*
		 * Anybody can keep the worker busy. That must not make a login
		 * be judged by what is stale.
		 */
		if (sync)
			r->unsure |= offline;
		else if (busy && lw_request_decides(r))
			r->busy |= offline;
		else
			r->offline |= offline;
	}
	while ((r = TAILQ_FIRST(&woken))) {
		TAILQ_REMOVE(&woken, r, waiting);
		lw_request_run(r);
	}
}

static void went_well(struct lw_link *l, struct lw_outlook *o)
{
	if (!l->answered) {
		lw_log(LOG_NOTICE, "the directory answers");
		lw_follow_kick(l->front->follow, false);
	}
	l->answered = l->ever = true;
	lw_outlook_good(o, lw_now_ms());
}

static void say_away(struct lw_link *l)
{
	if (l->answered)
		lw_log(LOG_WARNING, "the directory cannot be reached; "
				    "answering from memory");
	else if (!l->ever)
		lw_front_warn_once(l->front, "away",
				   "the directory has not answered yet: "
				   "lightwaved-worker's log says why");
	l->answered = false;
}

void lw_link_failed(struct lw_link *l, const struct lw_question *q)
{
	/* Whoever cannot read the rules may still change his password. */
	if (q->op == LW_OP_RULES || q->op == LW_OP_SELFTEST)
		return;
	if (lw_outlook_failed(lw_link_outlook(l, q), q->asked_ms, lw_now_ms()))
		say_away(l);
}

static void said_offline(struct lw_link *l, const struct lw_question *q)
{
	if (q->op == LW_OP_RULES || q->op == LW_OP_SELFTEST)
		return;
	/* One bind may have its own reasons, and so what anybody may ask. */
	if ((q->op == LW_OP_SYNC ||
	     (q->login && q->op != LW_OP_VERDICT && q->op != LW_OP_CHANGE)) &&
	    lw_link_good_ms(l) < q->asked_ms)
		l->refused_ms = lw_now_ms();
	if (lw_outlook_refused(lw_link_outlook(l, q), q->asked_ms, lw_now_ms()))
		say_away(l);
}

static void hang_up(struct lw_link *l)
{
	struct lw_question_list orphans = TAILQ_HEAD_INITIALIZER(orphans);
	struct lw_question *q;

	if (l->bev)
		bufferevent_free(l->bev);
	l->bev = NULL;
	/* Only these: who is woken may connect again and ask. */
	TAILQ_CONCAT(&orphans, &l->questions, link);
	l->in_flight = 0;
	while ((q = TAILQ_FIRST(&orphans))) {
		TAILQ_REMOVE(&orphans, q, link);
		if (q->op == LW_OP_SYNC)
			lw_follow_lost(l->front->follow);
		wake(q, true, false);
	}
}

/* Before anybody is woken: no password goes to a worker that is just dying. */
void lw_link_lost(struct lw_link *l)
{
	int64_t until = lw_now_ms() + RECONNECT_MS;

	lw_outlook_lost(&l->lookups, until);
	lw_outlook_lost(&l->logins, until);
	lw_outlook_lost(&l->verdicts, until);
	lw_outlook_lost(&l->changes, until);
	hang_up(l);
}

/* LW_PROTO from the worker itself is how an older one answers SYNC. */
static enum lw_err on_sync(struct lw_link *l, struct lw_question *q,
			   struct lw_rd *rd)
{
	enum lw_err status = lw_status_decode(rd);
	enum lw_err e = lw_follow_end(l->front->follow, status, rd);

	if (e == LW_PROTO)
		return LW_PROTO;
	if (status == LW_OFFLINE)
		said_offline(l, q);
	else if (status == LW_OK)
		went_well(l, &l->syncs);
	lw_link_unlist(l, q);
	wake(q, e != LW_OK, false);
	return LW_OK;
}

static enum lw_err on_interim(struct lw_link *l, struct lw_question *q,
			      struct lw_rd *rd)
{
	if (q->op != LW_OP_SYNC || lw_status_decode(rd) != LW_OK)
		return LW_PROTO;
	q->asked_ms = lw_now_ms(); /* as long as parts come it is not overdue */
	went_well(l, &l->syncs);
	return lw_follow_part(l->front->follow, rd);
}

static enum lw_err absorb(struct lw_link *l, struct lw_question *q,
			  struct lw_rd *rd)
{
	enum lw_err status = lw_status_decode(rd);
	bool busy = status == LW_NOMEM || status == LW_RANGE;

	if (status == LW_PROTO)
		return LW_PROTO;
	if (status == LW_OFFLINE)
		said_offline(l, q);
	/* Too busy, or too much asked: neither good news nor bad. */
	else if (!busy && q->op != LW_OP_SELFTEST)
		went_well(l, lw_link_outlook(l, q));
	/* It may tell what was before a change that is known by now. */
	status = q->overtaken && status == LW_OK
			 ? LW_OK
			 : lw_lookup_absorb(l->front, q, status, rd);
	if (status == LW_PROTO)
		return LW_PROTO;
	lw_link_unlist(l, q);
	wake(q, status != LW_OK, busy);
	return LW_OK;
}

/* LW_PROTO: the worker is not what we think it is. */
static enum lw_err on_answer(struct lw_link *l, const struct lw_head *h,
			     const uint8_t *body)
{
	struct lw_question *q = lw_link_by_id(l, h->id);
	struct lw_rd rd;

	lw_link_heard(l);
	if (h->id == PING_ID && h->op == PING_OP)
		return LW_OK;
	if (!q)
		return LW_PROTO;
	lw_rd_init(&rd, body, h->len);
	if (h->op == (q->op | LW_OP_INTERIM))
		return on_interim(l, q, &rd);
	if ((h->op & ~LW_OP_LOGIN) != q->op)
		return LW_PROTO;
	return q->op == LW_OP_SYNC ? on_sync(l, q, &rd) : absorb(l, q, &rd);
}

/* One whole message from in, if there is one; LW_PENDING if not. */
static enum lw_err one_message(struct lw_link *l, struct bufferevent *bev)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	uint8_t raw[LW_HEAD_SIZE];
	struct lw_head h;
	uint8_t *body;
	enum lw_err e;

	if (evbuffer_copyout(in, raw, sizeof(raw)) < (ssize_t)sizeof(raw))
		return LW_PENDING;
	e = lw_head_decode(raw, LW_REPLY_MAX, &h);
	if (e != LW_OK)
		return e;
	if (evbuffer_get_length(in) < LW_HEAD_SIZE + (size_t)h.len)
		return LW_PENDING;
	evbuffer_drain(in, LW_HEAD_SIZE);
	body = evbuffer_pullup(in, h.len);
	if (h.len && !body)
		return LW_NOMEM;
	e = on_answer(l, &h, body);
	if (l->bev != bev)
		return LW_OK; /* closed by somebody who was woken */
	if (body)
		explicit_bzero(body, h.len); /* it may have been a ticket */
	evbuffer_drain(in, h.len);
	return e;
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct lw_link *l = arg;
	enum lw_err e = LW_OK;

	while (e == LW_OK && l->bev == bev)
		e = one_message(l, bev);
	if (e == LW_PENDING || l->bev != bev)
		return;
	lw_log(LOG_ERR, "dropping the worker: %s", lw_strerror(e));
	lw_link_lost(l);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct lw_link *l = arg;

	(void)bev;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT)) {
		lw_log(LOG_WARNING, "the worker has gone");
		lw_link_lost(l);
	}
}

enum lw_err lw_link_connected(struct lw_link *l)
{
	int64_t now = lw_now_ms();
	lw_cleanup(lw_close) int fd = -1;
	enum lw_err e;

	if (l->bev)
		return LW_OK;
	if (now - l->tried_ms < RECONNECT_MS)
		return LW_OFFLINE;
	l->tried_ms = now;
	e = lw_client_dial(l->path, &fd);
	if (e == LW_OFFLINE)
		lw_front_warn_once(l->front, "no worker",
				   "no lightwaved-worker answers at %s",
				   l->path);
	if (e != LW_OK)
		return e;
	l->bev = bufferevent_socket_new(l->front->base, fd,
					BEV_OPT_CLOSE_ON_FREE);
	if (!l->bev)
		return LW_NOMEM;
	lw_take_fd(&fd);
	bufferevent_priority_set(l->bev, LW_PRIO_LOGIN);
	bufferevent_setcb(l->bev, on_read, NULL, on_event, l);
	bufferevent_enable(l->bev, EV_READ | EV_WRITE);
	l->heard_ms = now;
	l->pinged_ms = 0;
	/* It may be another worker, that knows more. */
	lw_follow_kick(l->front->follow, true);
	return LW_OK;
}

int64_t lw_link_good_ms(const struct lw_link *l)
{
	const struct lw_outlook *o[] = { &l->lookups, &l->logins, &l->verdicts,
					 &l->changes, &l->syncs };
	int64_t at = -1;

	for (size_t i = 0; i < sizeof(o) / sizeof(o[0]); i++)
		at = o[i]->good_ms > at ? o[i]->good_ms : at;
	return at;
}

bool lw_link_up(const struct lw_link *l)
{
	return l->bev && !l->hung;
}

bool lw_link_answers(const struct lw_link *l)
{
	return l->answered && lw_link_up(l);
}

bool lw_link_heard_since(const struct lw_link *l, int64_t since_ms)
{
	return lw_link_good_ms(l) >= since_ms;
}

bool lw_link_refused_since(const struct lw_link *l, int64_t since_ms)
{
	return lw_link_up(l) && l->refused_ms >= since_ms &&
	       !lw_link_heard_since(l, since_ms);
}

bool lw_link_away(const struct lw_link *l)
{
	return l->hung || lw_outlook_away(&l->lookups, lw_now_ms());
}

struct lw_link *lw_link_new(struct lw_front *f, const char *path)
{
	struct lw_link *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->front = f;
	l->path = path;
	l->tried_ms = -RECONNECT_MS;
	l->refused_ms = -1;
	lw_outlook_init(&l->lookups);
	lw_outlook_init(&l->logins);
	lw_outlook_init(&l->verdicts);
	lw_outlook_init(&l->changes);
	lw_outlook_init(&l->syncs);
	lw_outlook_init(&l->tests);
	TAILQ_INIT(&l->questions);
	if (lw_link_watch_init(l) != LW_OK) {
		free(l);
		return NULL;
	}
	return l;
}

void lw_link_free(struct lw_link *l)
{
	struct lw_question *q, *next;

	if (!l)
		return;
	event_free(l->watch);
	if (l->bev)
		bufferevent_free(l->bev);
	for (q = TAILQ_FIRST(&l->questions); q; q = next) {
		next = TAILQ_NEXT(q, link);
		lw_question_free(q);
	}
	free(l);
}
