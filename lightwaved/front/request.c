/* request.c - life of a request. The front. */
#include "request.h"

#include "answer.h"
#include "cleanup.h"
#include "client.h"
#include "creds.h"
#include "link.h"
#include "log.h"
#include "publish.h"
#include "server.h"

#include <string.h>
#include <time.h>

/* Before the client's own budget ends, so that it gets what is stale. */
#define NSS_DEADLINE_MS	    (LW_NSS_BUDGET_MS - 200)
#define PAM_DEADLINE_MS	    25000
#define REFRESH_DEADLINE_MS 120000 /* as the worker has for one question */
#define RUNS_SPARE	    32
/*
 * Refusals of a password leave at whole multiples of this after the question
 * came, so that their moment does not tell a wrong password from an unknown
 * name, whatever the directory did for each. To the microsecond: whole
 * milliseconds would leave a fraction that tells them apart.
 */
#define REFUSAL_STEP_US 100000

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

struct lw_request_made {
	struct lw_request_made *next;
	void *p;
	void (*release)(void *);
};

bool lw_request_keep(struct lw_request *r, void *p, void (*release)(void *))
{
	struct lw_request_made *m = malloc(sizeof(*m));

	if (!m) {
		release(p);
		return false;
	}
	*m = (struct lw_request_made) { r->made, p, release };
	r->made = m;
	return true;
}

static void release_made(struct lw_request *r)
{
	struct lw_request_made *m;

	while ((m = r->made)) {
		r->made = m->next;
		m->release(m->p);
		free(m);
	}
}

static void destroy(struct lw_request *r)
{
	release_made(r);
	if (r->waits_for)
		lw_question_forget(r);
	lw_creds_forget(r);
	if (r->deadline)
		event_free(r->deadline);
	if (r->again)
		event_free(r->again);
	if (r->body)
		explicit_bzero(r->body, r->head.len);
	free(r->body);
	free(r->selftest);
	free(r);
}

void lw_request_cancel(struct lw_request *r)
{
	destroy(r);
}

bool lw_request_decides(const struct lw_request *r)
{
	return r->head.op >= LW_OP_AUTH ||
	       (r->head.op == LW_OP_INITGROUPS && r->pid != 0);
}

static void finish(struct lw_request *r, enum lw_err status, struct lw_wr *rest)
{
	struct lw_conn *conn = r->conn;
	struct lw_head head = r->head;

	destroy(r);
	lw_conn_answer(conn, &head, status, rest);
}

/* One for each question it may need; beyond that it goes in circles. */
static unsigned max_runs(const struct lw_config *c)
{
	size_t n = c->allow.n + c->deny.n + c->local_group_count;

	for (size_t i = 0; i < c->service_access_count; i++)
		n += c->service_access[i].allow.n + c->service_access[i].deny.n;
	return RUNS_SPARE + (unsigned)n;
}

/* What says something about an account, to somebody who may be guessing. */
static bool is_refusal(uint16_t op, enum lw_err e)
{
	if (op != LW_OP_AUTH && op != LW_OP_VERIFY && op != LW_OP_PASSWORD)
		return false;
	return e == LW_NOTFOUND || e == LW_DENIED || e == LW_LOCKED ||
	       e == LW_DISABLED || e == LW_EXPIRED || e == LW_NOPASSWORD ||
	       e == LW_INVALID;
}

/* false: it cannot wait, so it goes now. */
static bool hold(struct lw_request *r, enum lw_err e)
{
	struct timeval tv = { 0 };

	/* Or the timer would count from when this turn of the loop began. */
	event_base_update_cache_time(r->front->base);
	tv.tv_usec =
		REFUSAL_STEP_US -
		(suseconds_t)((now_us() - r->started_us) % REFUSAL_STEP_US);
	if (event_add(r->deadline, &tv) < 0)
		return false;
	r->held = true;
	r->refusal = e;
	return true;
}

void lw_request_run(struct lw_request *r)
{
	lw_cleanup(lw_wr_done) struct lw_wr rest;
	enum lw_err e;

	lw_wr_heap(&rest, LW_REPLY_MAX);
	release_made(r);
	r->as_of_ms = INT64_MAX;
	r->said = false;
	if (++r->runs > max_runs(r->front->config)) {
		lw_log(LOG_ERR, "a request of kind %d cannot be answered",
		       r->head.op);
		e = LW_OFFLINE;
	} else {
		e = lw_answer(r, &rest);
	}
	if (e == LW_PENDING)
		return;
	if (e == LW_OK)
		e = lw_wr_end(&rest);
	lw_publish_answer(r->front->publish, r, e, &rest);
	if (is_refusal(r->head.op, e) && hold(r, e))
		return;
	finish(r, e, &rest);
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
	struct lw_request *r = arg;

	(void)fd;
	(void)what;
	r->runs--; /* it goes in no circle: its time will be over */
	lw_request_run(r);
}

enum lw_err lw_request_again(struct lw_request *r, unsigned int ms)
{
	const struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	if (!r->again) {
		r->again = evtimer_new(r->front->base, on_again, r);
		if (!r->again)
			return LW_NOMEM;
		event_priority_set(r->again, LW_PRIO_LIST);
	}
	return event_add(r->again, &tv) == 0 ? LW_PENDING : LW_NOMEM;
}

enum lw_err lw_request_known(struct lw_front *f, enum lw_op op, uint8_t *body,
			     size_t n, struct lw_wr *rest, bool *ret_said)
{
	struct lw_request r = { .front = f,
				.head = { .len = (uint32_t)n,
					  .op = (uint16_t)op },
				.body = body,
				.runs = 1,
				.started_ms = lw_now_ms(),
				.as_of_ms = INT64_MAX,
				.offline = true };
	enum lw_err e = lw_answer(&r, rest);

	release_made(&r);
	*ret_said = r.said;
	return e == LW_OK ? lw_wr_end(rest) : e;
}

static void too_late(evutil_socket_t fd, short what, void *arg)
{
	struct lw_request *r = arg;

	(void)fd;
	(void)what;
	if (r->held) {
		finish(r, r->refusal, NULL);
		return;
	}
	if (r->head.op == LW_OP_REFRESH) {
		finish(r, LW_OFFLINE, NULL);
		return;
	}
	if (r->waits_for) {
		lw_link_failed(r->front->link, r->waits_for);
		lw_question_forget(r);
	}
	lw_creds_forget(r);
	r->late = true;
	r->offline = true;
	lw_request_run(r);
}

static bool allowed(uint16_t op, bool privileged)
{
	if (op >= LW_OP_PASSWD_BY_NAME && op <= LW_OP_GROUP_PAGE)
		return true;
	return privileged && op >= LW_OP_AUTH && op <= LW_OP_CACHE_DROP;
}

void lw_request_start(struct lw_front *f, struct lw_conn *conn,
		      const struct lw_head *head, uint8_t *body, pid_t pid,
		      bool privileged)
{
	bool pam = head->op >= LW_OP_AUTH;
	int ms = head->op == LW_OP_REFRESH ? REFRESH_DEADLINE_MS
		 : pam			   ? PAM_DEADLINE_MS
					   : NSS_DEADLINE_MS;
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	struct lw_request *r = calloc(1, sizeof(*r));

	if (r) {
		r->front = f;
		r->head = *head;
		r->body = body;
		r->conn = conn;
		r->pid = pid;
		r->started_ms = lw_now_ms();
		r->started_us = now_us();
		r->deadline = evtimer_new(f->base, too_late, r);
	}
	if (!r || !r->deadline || evtimer_add(r->deadline, &tv) < 0) {
		explicit_bzero(body, head->len);
		if (r)
			r->body = NULL;
		free(body);
		if (r)
			destroy(r);
		lw_conn_answer(conn, head, LW_NOMEM, NULL);
		return;
	}
	lw_conn_begins(conn, r);
	if (!allowed(head->op, privileged))
		finish(r, LW_PROTO, NULL);
	else
		lw_request_run(r);
}
