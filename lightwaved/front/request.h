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
#include "member.h"

struct lw_conn;
struct lw_creds_question;
struct lw_question;
struct lw_request_made;

/* A password on its way to the directory, and what came back. */
struct lw_presented {
	bool asked, known;
	bool unanswered; /* the worker's word: it was sent, and nobody answered
			  */
	uint32_t uid;	 /* whose it was; 0: nobody's */
	bool want_ticket;
	bool kpasswd; /* a change, by the other way */
	enum lw_err result;
	uint32_t expires_in;
	enum lw_ticket_state ticket;
	int32_t skew;
};

/* A password on its way to lightwaved-creds, and what came back. */
struct lw_stored {
	bool asked, known;
	uint32_t uid; /* whose it is to be; 0: nobody's */
	enum lw_err result;
	uint32_t age; /* seconds since the directory took it */
};

struct lw_request {
	struct lw_front *front;
	struct lw_conn *conn; /* ends this request when it ends */
	struct lw_head head;
	uint8_t *body; /* owned; wiped */
	struct event *deadline;
	struct event *again; /* NULL, or lw_request_again() was called */
	int64_t started_ms;
	int64_t started_us; /* on the clock of the loop's timers */
	unsigned runs;
	pid_t pid;    /* root's process that asks; 0: another's */
	bool offline; /* the directory did not answer: what is stale must do */
	bool late;    /* its time is over: nobody is to be waited for */
	bool busy; /* it decides: too much to do for an answer; nothing stale */
	bool unsure; /* the question about changes that it waited for failed */
	bool outdated; /* rights are known, but for too long without a word */
	/* As of when the oldest fact of this run holds; INT64_MAX: none yet. */
	int64_t as_of_ms;
	bool said; /* of this run: its list was said on demand, and no change
		    * of it will be heard of */

	struct lw_question *waits_for; /* NULL or the one question */
	TAILQ_ENTRY(lw_request) waiting;

	int64_t max_age_ms;		  /* of facts that decide; lookup.h */
	uint64_t refresh_after;		  /* REFRESH: of follow.h */
	uint64_t confirmed_by;		  /* of follow.h; 0: not asked */
	struct lw_presented presented;	  /* AUTH, VERIFY, PASSWORD */
	struct lw_creds_question *creds;  /* NULL or what it waits for */
	struct lw_stored stored;	  /* AUTH, of creds.h */
	bool probed;			  /* AUTH, of offline.h */
	bool learnt;			  /* AUTH, PASSWORD: creds.h knows */
	struct lw_password_policy policy; /* POLICY */
	bool policy_known;
	uint8_t *selftest; /* STATUS: the worker's pairs; owned, or NULL */
	size_t selftest_n;

	/* Made for this run of the handler; lw_request_keep(). */
	struct lw_request_made *made;

	/* A refusal that is ready and waits for its moment; see request.c. */
	bool held;
	enum lw_err refusal;
};
TAILQ_HEAD(lw_request_list, lw_request);

/*
 * Start answering. Takes body (head.len bytes, from malloc). pid: who asks, if
 * that is a process of root's, else 0. privileged: it came over the priv
 * socket. The answer goes to conn by lw_conn_answer().
 */
void lw_request_start(struct lw_front *f, struct lw_conn *conn,
		      const struct lw_head *head, uint8_t *body, pid_t pid,
		      bool privileged);

/*
 * Release what a handler was given once that run of it is over. Takes p, also
 * when it fails: then it is released at once, and the result is false.
 */
bool lw_request_keep(struct lw_request *r, void *p, void (*release)(void *));

/*
 * Whether rights hang on the answer: PAM's questions, and which groups a user
 * is in where a process of root's asks, as sudo(8) does before it asks PAM.
 * What anybody may ask must not decide how old such an answer is.
 */
bool lw_request_decides(const struct lw_request *r);

/*
 * Have the handler run again in so many ms, after all else that is ready then:
 * it is to return what this gives. LW_PENDING, LW_NOMEM. Not once the request's
 * time is over (request.offline).
 */
enum lw_err lw_request_again(struct lw_request *r, unsigned int ms);

/* Run it (again); it may be freed when this returns. */
void lw_request_run(struct lw_request *r);

/*
 * What would be answered to a lookup now, from what is known alone, be it
 * stale: nobody is asked. rest is the caller's to release. ret_said:
 * request.said.
 */
enum lw_err lw_request_known(struct lw_front *f, enum lw_op op, uint8_t *body,
			     size_t n, struct lw_wr *rest, bool *ret_said);

/* The client has gone: the request ends without an answer. */
void lw_request_cancel(struct lw_request *r);

#endif
