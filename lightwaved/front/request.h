/*
 * request.h - one question of a client, from its arrival to its answer.
 *
 * A request is a function that is run from its beginning until it need not
 * wait: it looks into the cache, and what it does not find there it asks for
 * (lookup.h) and returns LW_PENDING. When the worker has answered, the cache
 * knows more and the function is run again. So each handler is straight code.
 */
#ifndef LW_REQUEST_H
#define LW_REQUEST_H

#include "front.h"
#include "proto.h"

struct lw_conn;
struct lw_question;

struct lw_request {
	struct lw_front *front;
	struct lw_conn *conn; /* ends this request when it ends */
	struct lw_head head;
	uint8_t *body; /* owned; wiped */
	struct event *deadline;
	int64_t started_ms;
	unsigned runs;
	bool offline; /* the worker could not say: what is stale must do */

	struct lw_question *waits_for; /* NULL or the one question */
	TAILQ_ENTRY(lw_request) waiting;

	/* LW_OP_AUTH: what the verdict was, once it was asked for */
	bool verdict_asked, verdict_known;
	uint32_t verdict_uid; /* whose password it was */
	enum lw_err verdict;
	uint32_t expires_in;
};
TAILQ_HEAD(lw_request_list, lw_request);

/*
 * Start answering. Takes body (head.len bytes, from malloc). privileged: it
 * came over the priv socket. The answer goes to conn by lw_conn_answer().
 */
void lw_request_start(struct lw_front *f, struct lw_conn *conn,
		      const struct lw_head *head, uint8_t *body,
		      bool privileged);

/* Run it (again); it may be freed when this returns. */
void lw_request_run(struct lw_request *r);

/* The client has gone: the request ends without an answer. */
void lw_request_cancel(struct lw_request *r);

#endif
