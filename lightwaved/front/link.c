/* link.c - the connection to the worker. The front. */
#include "link.h"

#include "cleanup.h"
#include "client.h"
#include "log.h"
#include "lookup.h"
#include "outlook.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <string.h>

#define RECONNECT_MS  50 /* after the worker was lost */
#define OVERDUE_S     45 /* [workers] timeout is at most 10, and four of it */
#define MAX_IN_FLIGHT 1024
#define RESERVED      64 /* of these, for logins */

TAILQ_HEAD(lw_question_list, lw_question);

struct lw_link {
	struct lw_front *front;
	const char *path;
	struct bufferevent *bev; /* NULL: not connected */
	struct lw_question_list questions;
	size_t in_flight;
	uint32_t last_id;
	int64_t tried_ms; /* when we last connected */
	struct lw_outlook lookups, logins, verdicts, changes;
	bool answered;
};

static struct lw_outlook *outlook_of(struct lw_link *l,
				     const struct lw_question *q)
{
	if (q->op == LW_OP_VERDICT)
		return &l->verdicts;
	/* Where passwords cannot be changed people may still log in. */
	if (q->op == LW_OP_CHANGE)
		return &l->changes;
	return q->login ? &l->logins : &l->lookups;
}

static void unlist(struct lw_link *l, struct lw_question *q)
{
	TAILQ_REMOVE(&l->questions, q, link);
	l->in_flight--;
}

static void free_question(struct lw_question *q)
{
	free(q->key);
	free(q);
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
	struct lw_request_list woken = TAILQ_HEAD_INITIALIZER(woken);
	struct lw_request *r;

	/* Detached first: whoever runs may ask the same question again. */
	TAILQ_CONCAT(&woken, &q->waiters, waiting);
	free_question(q);
	TAILQ_FOREACH (r, &woken, waiting) {
		r->waits_for = NULL;
		/*
		 * Anybody can keep the worker busy. That must not make a login
		 * be judged by what is stale.
		 */
		if (busy && r->head.op >= LW_OP_AUTH)
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
	if (!l->answered)
		lw_log(LOG_NOTICE, "the directory answers");
	l->answered = true;
	lw_outlook_good(o, lw_now_ms());
}

void lw_link_failed(struct lw_link *l, const struct lw_question *q)
{
	/* Whoever cannot read the rules may still change his password. */
	if (q->op == LW_OP_RULES)
		return;
	if (!lw_outlook_failed(outlook_of(l, q), q->asked_ms, lw_now_ms()))
		return;
	if (l->answered)
		lw_log(LOG_WARNING, "the directory cannot be reached; "
				    "answering from memory");
	else
		lw_front_warn_once(l->front, "away",
				   "the directory has not answered yet: "
				   "lightwaved-worker's log says why");
	l->answered = false;
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
		wake(q, true, false);
	}
}

/* Before anybody is woken: no password goes to a worker that is just dying. */
static void lost(struct lw_link *l)
{
	int64_t until = lw_now_ms() + RECONNECT_MS;

	l->lookups.away_until_ms = until;
	l->logins.away_until_ms = until;
	l->verdicts.away_until_ms = until;
	l->changes.away_until_ms = until;
	hang_up(l);
}

static struct lw_question *by_id(struct lw_link *l, uint32_t id)
{
	struct lw_question *q;

	TAILQ_FOREACH (q, &l->questions, link) {
		if (q->id == id)
			return q;
	}
	return NULL;
}

/* LW_PROTO: the worker is not what we think it is. */
static enum lw_err on_answer(struct lw_link *l, const struct lw_head *h,
			     const uint8_t *body)
{
	struct lw_question *q = by_id(l, h->id);
	enum lw_err status;
	struct lw_rd rd;
	bool busy;

	if (!q || q->op != h->op)
		return LW_PROTO;
	lw_rd_init(&rd, body, h->len);
	status = lw_status_decode(&rd);
	if (status == LW_PROTO)
		return LW_PROTO;
	busy = status == LW_NOMEM || status == LW_RANGE;
	if (status == LW_OFFLINE)
		lw_link_failed(l, q);
	/* Too busy, or too much asked: neither good news nor bad. */
	else if (!busy)
		went_well(l, outlook_of(l, q));
	status = lw_lookup_absorb(l->front, q, status, &rd);
	if (status == LW_PROTO)
		return LW_PROTO;
	unlist(l, q);
	wake(q, status != LW_OK, busy);
	return LW_OK;
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
	lost(l);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct lw_link *l = arg;

	(void)bev;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT)) {
		lw_log(LOG_WARNING, "the worker has gone");
		lost(l);
	}
}

static enum lw_err connected(struct lw_link *l)
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
	bufferevent_setcb(l->bev, on_read, NULL, on_event, l);
	bufferevent_enable(l->bev, EV_READ | EV_WRITE);
	return LW_OK;
}

static struct lw_question *equal_one(struct lw_link *l, const char *key,
				     bool login)
{
	struct lw_question *q;

	TAILQ_FOREACH (q, &l->questions, link) {
		if (*key && !strcmp(q->key, key) && q->login == login)
			return q;
	}
	return NULL;
}

/* Questions whose answers never came, which only a broken worker leaves. */
static bool overdue(struct lw_link *l)
{
	const struct lw_question *q = TAILQ_FIRST(&l->questions);

	return q && lw_now_ms() - q->asked_ms > OVERDUE_S * 1000;
}

static struct lw_question *add(struct lw_link *l, const struct lw_question *q)
{
	struct lw_question *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	*n = *q;
	n->key = strdup(q->key);
	if (!n->key) {
		free(n);
		return NULL;
	}
	TAILQ_INIT(&n->waiters);
	n->id = ++l->last_id;
	n->asked_ms = lw_now_ms();
	TAILQ_INSERT_TAIL(&l->questions, n, link);
	l->in_flight++;
	return n;
}

static void wipe_sent(const void *data, size_t n, void *base)
{
	(void)data;
	explicit_bzero(base, n);
	free(base);
}

/* Takes the message: wiped once it is sent, or when we fail. */
static enum lw_err post(struct lw_link *l, struct lw_wr *msg)
{
	uint8_t *base = msg->base;
	size_t n = (size_t)(msg->p - base);

	*msg = (struct lw_wr) { 0 };
	if (evbuffer_add_reference(bufferevent_get_output(l->bev), base, n,
				   wipe_sent, base) < 0) {
		wipe_sent(base, n, base);
		return LW_NOMEM;
	}
	return LW_OK;
}

enum lw_err lw_link_ask(struct lw_link *l, struct lw_request *r,
			const struct lw_question *q, struct lw_wr *msg)
{
	struct lw_question *in_flight = equal_one(l, q->key, q->login);
	enum lw_err e;

	if (lw_wr_end(msg) != LW_OK)
		return lw_wr_end(msg);
	if (lw_outlook_away(outlook_of(l, q), lw_now_ms()))
		return LW_OFFLINE;
	if (!in_flight) {
		if (l->in_flight >= MAX_IN_FLIGHT - (q->login ? 0 : RESERVED))
			return LW_NOMEM;
		if (overdue(l)) {
			lost(l);
			return LW_OFFLINE;
		}
		e = connected(l);
		if (e != LW_OK)
			return e;
		in_flight = add(l, q);
		if (!in_flight)
			return LW_NOMEM;
		lw_put_u32(msg->base + 8, in_flight->id);
		e = post(l, msg);
		if (e != LW_OK) {
			unlist(l, in_flight);
			free_question(in_flight);
			return e;
		}
	}
	TAILQ_INSERT_TAIL(&in_flight->waiters, r, waiting);
	r->waits_for = in_flight;
	return LW_PENDING;
}

bool lw_link_up(const struct lw_link *l)
{
	return l->bev != NULL;
}

struct lw_link *lw_link_new(struct lw_front *f, const char *path)
{
	struct lw_link *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->front = f;
	l->path = path;
	l->tried_ms = -RECONNECT_MS;
	lw_outlook_init(&l->lookups);
	lw_outlook_init(&l->logins);
	lw_outlook_init(&l->verdicts);
	lw_outlook_init(&l->changes);
	TAILQ_INIT(&l->questions);
	return l;
}

void lw_link_free(struct lw_link *l)
{
	struct lw_question *q, *next;

	if (!l)
		return;
	if (l->bev)
		bufferevent_free(l->bev);
	for (q = TAILQ_FIRST(&l->questions); q; q = next) {
		next = TAILQ_NEXT(q, link);
		free_question(q);
	}
	free(l);
}
