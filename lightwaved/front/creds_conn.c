/* creds_conn.c - the connection to lightwaved-creds. The front. */
#include "cleanup.h"
#include "client.h"
#include "creds_state.h"
#include "log.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <string.h>

void lw_creds_forget(struct lw_request *r)
{
	if (r->creds)
		r->creds->r = NULL;
	r->creds = NULL;
}

void lw_creds_release(struct lw_creds_question *q)
{
	lw_wr_done(&q->msg);
	free(q);
}

/* Runs who waited for q, which is on no list. */
static void wake(struct lw_creds_question *q, enum lw_err result, uint32_t age)
{
	struct lw_request *r = q->r;
	bool check = q->asks;

	lw_creds_release(q);
	if (!r)
		return;
	r->creds = NULL;
	if (check) {
		r->stored.known = true;
		r->stored.result = result;
		r->stored.age = age;
	}
	lw_request_run(r);
}

/* Of a list that each wake may change: those whose time has come. */
void lw_creds_wake_late(struct lw_creds *c, int64_t now)
{
	struct lw_creds_question *q;

	while ((q = TAILQ_FIRST(&c->checks)) &&
	       now - q->asked_ms > LW_CREDS_DEADLINE_MS) {
		TAILQ_REMOVE(&c->checks, q, link);
		c->check_n--;
		wake(q, LW_OFFLINE, 0);
	}
}

bool lw_creds_there(struct lw_creds *c)
{
	return lw_creds_connected(c) == LW_OK;
}

static struct lw_creds_question *settled(const struct lw_creds *c, int64_t now)
{
	struct lw_creds_question *q;

	TAILQ_FOREACH (q, &c->waiters, link) {
		if (now - q->asked_ms > LW_CREDS_WAIT_MS || !q->r || !c->bev ||
		    !lw_owed_of(&c->owed, q->sid, false))
			return q;
	}
	return NULL;
}

void lw_creds_wake_settled(struct lw_creds *c)
{
	struct lw_creds_question *q;

	while ((q = settled(c, lw_now_ms()))) {
		TAILQ_REMOVE(&c->waiters, q, link);
		wake(q, LW_OK, 0);
	}
}

void lw_creds_hang_up(struct lw_creds *c)
{
	struct lw_creds_questions orphans = TAILQ_HEAD_INITIALIZER(orphans);
	struct lw_creds_question *q;

	if (c->bev)
		bufferevent_free(c->bev);
	c->bev = NULL;
	if (c->now.owed)
		lw_owed_failed(&c->owed, c->now.owed,
			       lw_now_ms() + LW_CREDS_AGAIN_MS);
	if (c->now.check)
		TAILQ_INSERT_TAIL(&orphans, c->now.check, link);
	if (c->now.op == LW_OP_CREDS_APPLY)
		c->apply_ms = lw_now_ms() + LW_CREDS_RETRY_MS;
	memset(&c->now, 0, sizeof(c->now));
	TAILQ_CONCAT(&orphans, &c->checks, link);
	c->check_n = 0;
	while ((q = TAILQ_FIRST(&orphans))) {
		TAILQ_REMOVE(&orphans, q, link);
		wake(q, LW_OFFLINE, 0);
	}
	lw_creds_wake_settled(c);
}

/* What the directory said is done with, or to be said again. */
static void on_told(struct lw_creds *c, struct lw_owed *o, enum lw_err status)
{
	/* Where none is kept nothing is left to be ended. */
	if (status == LW_OK ||
	    (status == LW_FORBIDDEN && o->op != LW_OP_CREDS_DROP)) {
		lw_owed_settle(&c->owed, o);
		return;
	}
	lw_log(LOG_WARNING,
	       "lightwaved-creds could not keep or drop a password: %s",
	       lw_strerror(status));
	if (o->op == LW_OP_CREDS_STORE)
		o->since_ms = 0;
	lw_owed_failed(&c->owed, o, lw_now_ms() + LW_CREDS_AGAIN_MS);
	lw_owed_age(&c->owed, lw_now_ms());
}

/* LW_PROTO: it was not asked that. */
static enum lw_err on_answer(struct lw_creds *c, const struct lw_head *h,
			     const uint8_t *body)
{
	struct lw_owed *owed = c->now.owed;
	struct lw_creds_question *check = c->now.check;
	enum lw_err status;
	uint32_t age = 0;
	struct lw_rd rd;

	if (!c->now.op || h->id != c->now.id || h->op != c->now.op)
		return LW_PROTO;
	lw_rd_init(&rd, body, h->len);
	status = lw_status_decode(&rd);
	if (status == LW_PROTO)
		return LW_PROTO;
	if (status == LW_OK && check ? lw_creds_age_decode(&rd, &age) != LW_OK
				     : lw_rd_end(&rd) != LW_OK)
		return LW_PROTO;
	memset(&c->now, 0, sizeof(c->now));
	if (owed)
		on_told(c, owed, status);
	lw_creds_pump(c);
	if (check)
		wake(check, status, age);
	lw_creds_wake_settled(c);
	return LW_OK;
}

static enum lw_err one_message(struct lw_creds *c, struct bufferevent *bev)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	uint8_t raw[LW_HEAD_SIZE], body[LW_CREDS_BODY_MAX];
	struct lw_head h;
	enum lw_err e;

	if (evbuffer_copyout(in, raw, sizeof(raw)) < (ssize_t)sizeof(raw))
		return LW_PENDING;
	e = lw_head_decode(raw, sizeof(body), &h);
	if (e != LW_OK)
		return e;
	if (evbuffer_get_length(in) < LW_HEAD_SIZE + (size_t)h.len)
		return LW_PENDING;
	evbuffer_drain(in, LW_HEAD_SIZE);
	evbuffer_remove(in, body, h.len);
	return on_answer(c, &h, body);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct lw_creds *c = arg;
	enum lw_err e = LW_OK;

	/* Who was woken may have closed it, or asked more. */
	while (e == LW_OK && c->bev == bev)
		e = one_message(c, bev);
	if (c->bev != bev)
		return;
	if (e != LW_PENDING) {
		lw_log(LOG_ERR, "dropping lightwaved-creds: %s",
		       lw_strerror(e));
		lw_creds_hang_up(c);
	} else if (!c->now.op) {
		lw_creds_hang_up(c);
	}
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct lw_creds *c = arg;

	(void)bev;
	if (!(what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)))
		return;
	lw_log(LOG_WARNING, "lightwaved-creds has gone");
	lw_creds_hang_up(c);
}

enum lw_err lw_creds_connected(struct lw_creds *c)
{
	lw_cleanup(lw_close) int fd = -1;
	enum lw_err e;

	if (c->bev)
		return LW_OK;
	e = lw_client_dial(c->path, &fd);
	if (e == LW_OFFLINE && c->front->config->offline_credentials)
		lw_front_warn_once(c->front, "no creds",
				   "offline_credentials = yes, but no "
				   "lightwaved-creds answers at %s",
				   c->path);
	if (e != LW_OK)
		return e;
	c->bev = bufferevent_socket_new(c->front->base, fd,
					BEV_OPT_CLOSE_ON_FREE);
	if (!c->bev)
		return LW_NOMEM;
	lw_take_fd(&fd);
	bufferevent_priority_set(c->bev, LW_PRIO_LOGIN);
	bufferevent_setcb(c->bev, on_read, NULL, on_event, c);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
	return LW_OK;
}

static void wipe_sent(const void *data, size_t n, void *base)
{
	(void)data;
	explicit_bzero(base, n);
	free(base);
}

enum lw_err lw_creds_post(struct lw_creds *c, struct lw_wr *msg)
{
	uint8_t *base = msg->base;
	size_t n = (size_t)(msg->p - base);

	*msg = (struct lw_wr) { 0 };
	if (evbuffer_add_reference(bufferevent_get_output(c->bev), base, n,
				   wipe_sent, base) == 0)
		return LW_OK;
	wipe_sent(base, n, base);
	return LW_NOMEM;
}
