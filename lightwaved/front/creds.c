/* creds.c - the connection to lightwaved-creds. The front. */
#include "creds.h"

#include "cleanup.h"
#include "client.h"
#include "log.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <string.h>

/*
 * A hash takes an eighth of a second: whoever comes last waits two, and PAM's
 * own time is far from over when the keeper is given up.
 */
#define MAX_IN_FLIGHT 16
#define DEADLINE_MS   6000
/* What is too old is removed whether or not anybody asks. */
#define APPLY_MS (INT64_C(3600) * 1000)
#define RETRY_MS 10000

struct lw_creds_question {
	TAILQ_ENTRY(lw_creds_question) link;
	uint32_t id;
	enum lw_op op;
	int64_t asked_ms;
	struct lw_request *r; /* who waits, or NULL */
};

struct lw_creds {
	struct lw_front *front;
	const char *path;
	struct bufferevent *bev; /* NULL: not connected */
	TAILQ_HEAD(lw_creds_questions, lw_creds_question) questions;
	size_t in_flight;
	uint32_t last_id;
	int64_t apply_ms; /* when it is to read its configuration again */
};

void lw_creds_forget(struct lw_request *r)
{
	if (r->creds)
		r->creds->r = NULL;
	r->creds = NULL;
}

/* Runs who waited for q, which is on no list. */
static void wake(struct lw_creds_question *q, enum lw_err result, uint32_t age)
{
	struct lw_request *r = q->r;

	free(q);
	if (!r)
		return;
	r->creds = NULL;
	r->stored.known = true;
	r->stored.result = result;
	r->stored.age = age;
	lw_request_run(r);
}

static void hang_up(struct lw_creds *c)
{
	struct lw_creds_questions orphans = TAILQ_HEAD_INITIALIZER(orphans);
	struct lw_creds_question *q;

	if (c->bev)
		bufferevent_free(c->bev);
	c->bev = NULL;
	TAILQ_CONCAT(&orphans, &c->questions, link);
	c->in_flight = 0;
	while ((q = TAILQ_FIRST(&orphans))) {
		TAILQ_REMOVE(&orphans, q, link);
		wake(q, LW_OFFLINE, 0);
	}
}

/* It answers in the order in which it was asked. LW_PROTO: or not. */
static enum lw_err on_answer(struct lw_creds *c, const struct lw_head *h,
			     const uint8_t *body)
{
	struct lw_creds_question *q = TAILQ_FIRST(&c->questions);
	enum lw_err status;
	uint32_t age = 0;
	struct lw_rd rd;

	if (!q || h->id != q->id || h->op != q->op)
		return LW_PROTO;
	lw_rd_init(&rd, body, h->len);
	status = lw_status_decode(&rd);
	if (status == LW_PROTO)
		return LW_PROTO;
	if (status == LW_OK && q->op == LW_OP_CREDS_CHECK
		    ? lw_creds_age_decode(&rd, &age) != LW_OK
		    : lw_rd_end(&rd) != LW_OK)
		return LW_PROTO;
	if (status != LW_OK && q->op != LW_OP_CREDS_CHECK)
		lw_log(LOG_WARNING,
		       "lightwaved-creds could not keep or drop a "
		       "password: %s",
		       lw_strerror(status));
	TAILQ_REMOVE(&c->questions, q, link);
	c->in_flight--;
	wake(q, status, age);
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
		hang_up(c);
	} else if (!c->in_flight) {
		hang_up(c);
	}
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct lw_creds *c = arg;

	(void)bev;
	if (!(what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)))
		return;
	lw_log(LOG_WARNING, "lightwaved-creds has gone");
	hang_up(c);
}

static enum lw_err connected(struct lw_creds *c)
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

/* Takes the message: wiped once it is sent, or when that fails. */
static enum lw_err post(struct lw_creds *c, struct lw_wr *msg)
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

/* ask: NULL for a question that has no body. */
static enum lw_err send_question(struct lw_creds *c, enum lw_op op,
				 const struct lw_creds_ask *ask,
				 struct lw_creds_question **ret)
{
	lw_cleanup(lw_wr_done) struct lw_wr msg;
	struct lw_creds_question *q;
	enum lw_err e;

	lw_wr_heap(&msg, LW_HEAD_SIZE + LW_CREDS_BODY_MAX);
	msg.wipe = true;
	lw_msg_begin(&msg, op, c->last_id + 1);
	if (ask)
		lw_creds_ask_encode(&msg, ask);
	if (lw_msg_end(&msg, msg.base) != LW_OK ||
	    c->in_flight >= MAX_IN_FLIGHT)
		return LW_NOMEM;
	e = connected(c);
	if (e != LW_OK)
		return e;
	q = calloc(1, sizeof(*q));
	if (!q)
		return LW_NOMEM;
	e = post(c, &msg);
	if (e != LW_OK) {
		free(q);
		return e;
	}
	q->id = ++c->last_id;
	q->op = op;
	q->asked_ms = lw_now_ms();
	TAILQ_INSERT_TAIL(&c->questions, q, link);
	c->in_flight++;
	if (ret)
		*ret = q;
	return LW_OK;
}

enum lw_err lw_creds_check(struct lw_creds *c, struct lw_request *r,
			   const char *sid, struct lw_password password)
{
	struct lw_creds_ask ask = { lw_str(sid), password };
	enum lw_err e = send_question(c, LW_OP_CREDS_CHECK, &ask, &r->creds);

	if (e != LW_OK)
		return e;
	r->creds->r = r;
	return LW_PENDING;
}

static void tell(struct lw_creds *c, enum lw_op op, const char *sid,
		 struct lw_password password)
{
	struct lw_creds_ask ask = { lw_str(sid), password };
	enum lw_err e = send_question(c, op, &ask, NULL);

	if (e != LW_OK)
		lw_log(LOG_WARNING, "lightwaved-creds cannot be told of %s: %s",
		       sid, lw_strerror(e));
}

void lw_creds_store(struct lw_creds *c, const char *sid,
		    struct lw_password password)
{
	tell(c, LW_OP_CREDS_STORE, sid, password);
}

void lw_creds_refused(struct lw_creds *c, const char *sid,
		      struct lw_password password)
{
	tell(c, LW_OP_CREDS_REFUSED, sid, password);
}

void lw_creds_drop(struct lw_creds *c, const char *sid)
{
	tell(c, LW_OP_CREDS_DROP, sid, lw_password(""));
}

void lw_creds_reload(struct lw_creds *c)
{
	c->apply_ms = 0;
	lw_creds_tick(c);
}

/*
 * Also where nothing is to be kept: what an earlier configuration left is
 * removed. Once is enough there.
 */
static void apply(struct lw_creds *c, int64_t now)
{
	if (send_question(c, LW_OP_CREDS_APPLY, NULL, NULL) != LW_OK)
		c->apply_ms = now + RETRY_MS;
	else if (c->front->config->offline_credentials)
		c->apply_ms = now + APPLY_MS;
	else
		c->apply_ms = INT64_MAX;
}

void lw_creds_tick(struct lw_creds *c)
{
	const struct lw_creds_question *q = TAILQ_FIRST(&c->questions);
	int64_t now = lw_now_ms();

	if (q && now - q->asked_ms > DEADLINE_MS) {
		lw_log(LOG_ERR, "dropping lightwaved-creds: it does not "
				"answer");
		hang_up(c);
	}
	if (now >= c->apply_ms)
		apply(c, now);
}

struct lw_creds *lw_creds_new(struct lw_front *f, const char *path)
{
	struct lw_creds *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->front = f;
	c->path = path;
	TAILQ_INIT(&c->questions);
	return c;
}

/* Every request is gone by now. */
void lw_creds_free(struct lw_creds *c)
{
	struct lw_creds_question *q;

	if (!c)
		return;
	if (c->bev)
		bufferevent_free(c->bev);
	while ((q = TAILQ_FIRST(&c->questions))) {
		TAILQ_REMOVE(&c->questions, q, link);
		free(q);
	}
	free(c);
}
