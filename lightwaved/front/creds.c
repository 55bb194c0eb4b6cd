/* creds.c - what lightwaved-creds is told and asked, and when. The front. */
#include "cleanup.h"
#include "creds_state.h"
#include "log.h"

#include <event2/bufferevent.h>
#include <stdio.h>
#include <string.h>

/* What is too old is removed whether or not anybody asks. */
#define APPLY_MS (INT64_C(3600) * 1000)

static void begin(struct lw_creds *c, struct lw_wr *msg, enum lw_op op,
		  const struct lw_creds_ask *ask)
{
	lw_wr_heap(msg, LW_HEAD_SIZE + LW_CREDS_BODY_MAX);
	msg->wipe = true;
	lw_msg_begin(msg, op, ++c->last_id);
	if (ask)
		lw_creds_ask_encode(msg, ask);
}

/* Takes msg, which has the last id. */
static bool send_now(struct lw_creds *c, struct lw_wr *msg, enum lw_op op,
		     uint32_t id)
{
	if (lw_creds_post(c, msg) != LW_OK)
		return false;
	c->now.op = op;
	c->now.id = id;
	c->now.sent_ms = lw_now_ms();
	return true;
}

static bool send_owed(struct lw_creds *c, struct lw_owed *o)
{
	const struct lw_creds_ask ask = { lw_str(o->sid),
					  { o->password, o->password_n } };
	lw_cleanup(lw_wr_done) struct lw_wr msg;

	begin(c, &msg, o->op, &ask);
	if (lw_msg_end(&msg, msg.base) != LW_OK ||
	    !send_now(c, &msg, o->op, c->last_id))
		return false;
	o->sent = true;
	c->now.owed = o;
	return true;
}

/* The first one of whom nothing is owed: he would be let in by what is not. */
static struct lw_creds_question *next_check(const struct lw_creds *c)
{
	struct lw_creds_question *q;

	TAILQ_FOREACH (q, &c->checks, link) {
		if (!*q->sid || !lw_owed_of(&c->owed, q->sid, true))
			return q;
	}
	return NULL;
}

static bool send_check(struct lw_creds *c, struct lw_creds_question *q)
{
	if (!send_now(c, &q->msg, LW_OP_CREDS_CHECK, q->id))
		return false;
	TAILQ_REMOVE(&c->checks, q, link);
	c->check_n--;
	c->now.check = q;
	return true;
}

/*
 * Also where nothing is to be kept: what an earlier configuration left is
 * removed. Once is enough there.
 */
static bool send_apply(struct lw_creds *c, int64_t now)
{
	lw_cleanup(lw_wr_done) struct lw_wr msg;

	begin(c, &msg, LW_OP_CREDS_APPLY, NULL);
	if (lw_msg_end(&msg, msg.base) != LW_OK ||
	    !send_now(c, &msg, LW_OP_CREDS_APPLY, c->last_id))
		return false;
	c->apply_ms = c->front->config->offline_credentials ? now + APPLY_MS
							    : INT64_MAX;
	return true;
}

static bool reach(struct lw_creds *c, int64_t now)
{
	if (lw_creds_connected(c) == LW_OK)
		return true;
	c->not_before_ms = now + LW_CREDS_AGAIN_MS;
	if (now >= c->apply_ms)
		c->apply_ms = now + LW_CREDS_RETRY_MS;
	return false;
}

void lw_creds_pump(struct lw_creds *c)
{
	int64_t now = lw_now_ms();
	bool may = c->bev || now >= c->not_before_ms;
	struct lw_owed *said = may ? lw_owed_next(&c->owed, false, now) : NULL;
	struct lw_owed *guess = may ? lw_owed_next(&c->owed, true, now) : NULL;
	struct lw_creds_question *check = next_check(c);

	if (c->now.op || (!said && !guess && !check && now < c->apply_ms) ||
	    !reach(c, now))
		return;
	if (now >= c->apply_ms) {
		send_apply(c, now);
	} else if (said) {
		send_owed(c, said);
	} else if (guess && (!check || !c->refused_last)) {
		c->refused_last = true;
		send_owed(c, guess);
	} else if (check) {
		c->refused_last = false;
		send_check(c, check);
	}
}

/* r waits in that list; NULL when out of memory. */
static struct lw_creds_question *new_question(struct lw_request *r,
					      const char *sid)
{
	struct lw_creds_question *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	snprintf(q->sid, sizeof(q->sid), "%s", sid);
	q->asked_ms = lw_now_ms();
	q->r = r;
	return q;
}

enum lw_err lw_creds_check(struct lw_creds *c, struct lw_request *r,
			   const char *sid, struct lw_password password)
{
	/* Nothing will be kept of him: nobody waits to hear that. */
	const char *whose = lw_owed_drops(&c->owed, sid) ? "" : sid;
	const struct lw_creds_ask ask = { lw_str(whose), password };
	struct lw_creds_question *q;
	enum lw_err e;

	if (c->check_n + (c->now.check != NULL) >= LW_CREDS_CHECKS)
		return LW_NOMEM;
	e = lw_creds_connected(c);
	if (e != LW_OK)
		return e;
	q = new_question(r, whose);
	if (!q)
		return LW_NOMEM;
	begin(c, &q->msg, LW_OP_CREDS_CHECK, &ask);
	q->asks = true;
	q->id = c->last_id;
	if (lw_msg_end(&q->msg, q->msg.base) != LW_OK) {
		lw_creds_release(q);
		return LW_NOMEM;
	}
	r->creds = q;
	TAILQ_INSERT_TAIL(&c->checks, q, link);
	c->check_n++;
	lw_creds_pump(c);
	return LW_PENDING;
}

/* Whether it answers, as far as is known. */
static bool responds(const struct lw_creds *c)
{
	return c->bev &&
	       (!c->now.op || lw_now_ms() - c->now.sent_ms < LW_CREDS_WAIT_MS);
}

static enum lw_err tell(struct lw_creds *c, struct lw_request *r, enum lw_op op,
			const char *sid, struct lw_password password)
{
	struct lw_creds_question *q;

	lw_owed_add(&c->owed, sid, op, password, lw_now_ms());
	lw_creds_pump(c);
	if (!c->bev)
		lw_front_warn_once(c->front, "creds owed",
				   "lightwaved-creds cannot be told of %s now: "
				   "it will be, or what it keeps dropped",
				   sid);
	if (!r || !responds(c) || !lw_owed_of(&c->owed, sid, false))
		return LW_OK;
	q = new_question(r, sid);
	if (!q)
		return LW_OK;
	r->creds = q;
	TAILQ_INSERT_TAIL(&c->waiters, q, link);
	return LW_PENDING;
}

enum lw_err lw_creds_store(struct lw_creds *c, struct lw_request *r,
			   const char *sid, struct lw_password password)
{
	return tell(c, r, LW_OP_CREDS_STORE, sid, password);
}

enum lw_err lw_creds_drop(struct lw_creds *c, struct lw_request *r,
			  const char *sid)
{
	return tell(c, r, LW_OP_CREDS_DROP, sid, lw_password(""));
}

void lw_creds_refused(struct lw_creds *c, const char *sid,
		      struct lw_password password)
{
	tell(c, NULL, LW_OP_CREDS_REFUSED, sid, password);
}

void lw_creds_reload(struct lw_creds *c)
{
	c->apply_ms = 0;
	lw_creds_tick(c);
}

void lw_creds_tick(struct lw_creds *c)
{
	int64_t now = lw_now_ms();

	if (c->now.op && now - c->now.sent_ms > LW_CREDS_DEADLINE_MS) {
		lw_log(LOG_ERR, "dropping lightwaved-creds: it does not "
				"answer");
		lw_creds_hang_up(c);
	}
	lw_owed_age(&c->owed, now);
	lw_creds_wake_late(c, now);
	lw_creds_wake_settled(c);
	lw_creds_pump(c);
}

struct lw_creds *lw_creds_new(struct lw_front *f, const char *path)
{
	struct lw_creds *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->front = f;
	c->path = path;
	TAILQ_INIT(&c->checks);
	TAILQ_INIT(&c->waiters);
	TAILQ_INIT(&c->owed.all);
	return c;
}

static void release_all(struct lw_creds_questions *list)
{
	struct lw_creds_question *q;

	while ((q = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, q, link);
		lw_creds_release(q);
	}
}

/* Every request is gone by now. */
void lw_creds_free(struct lw_creds *c)
{
	if (!c)
		return;
	if (c->bev)
		bufferevent_free(c->bev);
	if (c->now.check)
		lw_creds_release(c->now.check);
	release_all(&c->checks);
	release_all(&c->waiters);
	lw_owed_done(&c->owed);
	free(c);
}
