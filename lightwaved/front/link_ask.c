/* link_ask.c - the questions on the connection to the worker. The front. */
#include "link_state.h"

#include "cleanup.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <string.h>

#define OVERDUE_S      45  /* [workers] timeout is at most 10, and four of it */
#define SYNC_OVERDUE_S 180 /* between two parts */
#define MAX_IN_FLIGHT  1024
#define RESERVED       64 /* of these, for logins */

void lw_link_unlist(struct lw_link *l, struct lw_question *q)
{
	TAILQ_REMOVE(&l->questions, q, link);
	l->in_flight--;
}

void lw_question_free(struct lw_question *q)
{
	free(q->key);
	free(q);
}

struct lw_question *lw_link_by_id(struct lw_link *l, uint32_t id)
{
	struct lw_question *q;

	TAILQ_FOREACH (q, &l->questions, link) {
		if (q->id == id)
			return q;
	}
	return NULL;
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
	int64_t now = lw_now_ms();

	if (q && q->op == LW_OP_SYNC) {
		if (now - q->asked_ms > SYNC_OVERDUE_S * 1000)
			return true;
		q = TAILQ_NEXT(q, link);
	}
	return q && q->op != LW_OP_SYNC && now - q->asked_ms > OVERDUE_S * 1000;
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
	n->id = ++l->last_id != PING_ID ? l->last_id : ++l->last_id;
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

enum lw_err lw_link_post(struct lw_link *l, struct lw_wr *msg)
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

/* What PAM waits for has workers of its own. */
static void mark_login(struct lw_wr *msg, const struct lw_question *q)
{
	if (q->login && (q->op == LW_OP_FIND || q->op == LW_OP_MEMBERSHIPS ||
			 q->op == LW_OP_MEMBERS))
		lw_put_u32(msg->base + 4, (uint32_t)LW_PROTO_VERSION << 16 |
						  LW_OP_LOGIN | q->op);
}

static enum lw_err send_question(struct lw_link *l, const struct lw_question *q,
				 struct lw_wr *msg, struct lw_question **ret)
{
	struct lw_question *n;
	enum lw_err e;

	if (lw_wr_end(msg) != LW_OK)
		return lw_wr_end(msg);
	/* Nor may lookups keep us from hearing what was taken away. */
	bool reserved = q->login || q->op == LW_OP_SYNC;

	if (l->in_flight >= MAX_IN_FLIGHT - (reserved ? 0 : RESERVED))
		return LW_NOMEM;
	if (overdue(l)) {
		lw_link_lost(l);
		return LW_OFFLINE;
	}
	e = lw_link_connected(l);
	if (e != LW_OK)
		return e;
	n = add(l, q);
	if (!n)
		return LW_NOMEM;
	mark_login(msg, q);
	lw_put_u32(msg->base + 8, n->id);
	e = lw_link_post(l, msg);
	if (e != LW_OK) {
		lw_link_unlist(l, n);
		lw_question_free(n);
		return e;
	}
	if (q->login || q->op == LW_OP_SYNC)
		lw_link_watch(l);
	*ret = n;
	return LW_OK;
}

static enum lw_err wait_for(struct lw_request *r, struct lw_question *q)
{
	TAILQ_INSERT_TAIL(&q->waiters, r, waiting);
	r->waits_for = q;
	return LW_PENDING;
}

static bool spares_nothing(const struct lw_request *r)
{
	return r->head.op == LW_OP_AUTH &&
	       r->front->config->offline_credentials;
}

enum lw_err lw_link_ask(struct lw_link *l, struct lw_request *r,
			const struct lw_question *q, struct lw_wr *msg)
{
	struct lw_question *in_flight = equal_one(l, q->key, q->login);
	const struct lw_outlook *o = lw_link_outlook(l, q);
	enum lw_err e;

	if (lw_outlook_away(o, lw_now_ms()) &&
	    !(o->refused && spares_nothing(r)))
		return LW_OFFLINE;
	if (!in_flight) {
		e = send_question(l, q, msg, &in_flight);
		if (e != LW_OK)
			return e;
	}
	return wait_for(r, in_flight);
}

enum lw_err lw_link_sync(struct lw_link *l, struct lw_wr *msg)
{
	struct lw_question q = { .op = LW_OP_SYNC, .key = (char[]) { "" } };
	struct lw_question *n;

	return send_question(l, &q, msg, &n);
}

enum lw_err lw_link_join_sync(struct lw_link *l, struct lw_request *r)
{
	struct lw_question *q;

	TAILQ_FOREACH (q, &l->questions, link) {
		if (q->op == LW_OP_SYNC)
			return wait_for(r, q);
	}
	return LW_OFFLINE;
}

size_t lw_link_unwaited(const struct lw_link *l)
{
	const struct lw_question *q;
	size_t n = 0;

	TAILQ_FOREACH (q, &l->questions, link)
		n += q->op != LW_OP_SYNC && TAILQ_EMPTY(&q->waiters);
	return n;
}

void lw_link_overtake(struct lw_link *l)
{
	struct lw_question *q;

	TAILQ_FOREACH (q, &l->questions, link)
		q->overtaken = q->op == LW_OP_FIND ||
			       q->op == LW_OP_MEMBERSHIPS ||
			       q->op == LW_OP_MEMBERS;
}
