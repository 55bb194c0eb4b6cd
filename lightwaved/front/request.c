/* request.c - life of a request. The front. */
#include "request.h"

#include "answer.h"
#include "cleanup.h"
#include "client.h"
#include "link.h"
#include "log.h"
#include "server.h"

#include <string.h>

/* Before the client's own budget ends, so that it gets what is stale. */
#define NSS_DEADLINE_MS (LW_NSS_BUDGET_MS - 200)
#define PAM_DEADLINE_MS 25000
#define RUNS_SPARE	32

static void destroy(struct lw_request *r)
{
	if (r->waits_for)
		lw_question_forget(r);
	if (r->deadline)
		event_free(r->deadline);
	if (r->body)
		explicit_bzero(r->body, r->head.len);
	free(r->body);
	free(r);
}

void lw_request_cancel(struct lw_request *r)
{
	destroy(r);
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
	return RUNS_SPARE +
	       (unsigned)(c->allow.n + c->deny.n + c->local_group_count);
}

void lw_request_run(struct lw_request *r)
{
	lw_cleanup(lw_wr_done) struct lw_wr rest;
	enum lw_err e;

	lw_wr_heap(&rest, LW_REPLY_MAX);
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
	finish(r, e, &rest);
}

static void too_late(evutil_socket_t fd, short what, void *arg)
{
	struct lw_request *r = arg;

	(void)fd;
	(void)what;
	if (r->waits_for) {
		lw_link_failed(r->front->link, r->waits_for);
		lw_question_forget(r);
	}
	r->offline = true;
	lw_request_run(r);
}

static bool allowed(uint16_t op, bool privileged)
{
	if (op >= LW_OP_PASSWD_BY_NAME && op <= LW_OP_OURS)
		return true;
	return privileged && op >= LW_OP_AUTH && op <= LW_OP_TICKET;
}

void lw_request_start(struct lw_front *f, struct lw_conn *conn,
		      const struct lw_head *head, uint8_t *body,
		      bool privileged)
{
	bool pam = head->op >= LW_OP_AUTH;
	int ms = pam ? PAM_DEADLINE_MS : NSS_DEADLINE_MS;
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	struct lw_request *r = calloc(1, sizeof(*r));

	if (r) {
		r->front = f;
		r->head = *head;
		r->body = body;
		r->conn = conn;
		r->started_ms = lw_now_ms();
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
