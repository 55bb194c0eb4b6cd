/*
 * link.h - the front's connection to the worker, and the questions on it.
 *
 * Equal questions in flight are one: whoever asks later waits for the same
 * answer. After a failure nobody waits for a while (outlook.h). A failure is an
 * answer of LW_OFFLINE, or waiting in vain, unless others were answered
 * meanwhile: one question that is too hard shuts nobody else out. Lookups, what
 * PAM looks up, and verdicts fail apart, so that what anybody may ask never
 * decides how a login is judged. A worker that hangs is found out and dropped
 * before PAM has waited five seconds (link_watch.c).
 */
#ifndef LW_LINK_H
#define LW_LINK_H

#include "job.h"
#include "request.h"

struct lw_question {
	TAILQ_ENTRY(lw_question) link;
	struct lw_request_list waiters;
	uint32_t id;
	enum lw_op op;
	bool login;	/* PAM waits for it: what lookups do must not matter */
	bool overtaken; /* by a change: the answer is asked for again */
	int64_t asked_ms;
	char *key; /* equal keys are equal questions; "" is equal to none */

	/* What the answer will be kept under; see lookup.c. */
	enum lw_kind kind;
	enum lw_by by;
	uint32_t subject; /* id of whose groups or members they are */
};

/* path is borrowed. NULL when out of memory. The worker need not be there. */
struct lw_link *lw_link_new(struct lw_front *f, const char *path);
void lw_link_free(struct lw_link *l);

/*
 * Let r wait for the answer to q, sending it (msg, a whole message but for
 * its id) unless an equal one is in flight. q is copied, key included; msg is
 * taken where it was sent. Where a kept password may decide, nothing is
 * spared: the worker is to say of this very login that nobody answers.
 * LW_PENDING: r will be run again. LW_OFFLINE, LW_NOMEM.
 */
enum lw_err lw_link_ask(struct lw_link *l, struct lw_request *r,
			const struct lw_question *q, struct lw_wr *msg);

/*
 * Ask LW_OP_SYNC (msg as above), once at a time; follow.h gets what comes.
 * LW_OFFLINE, LW_NOMEM: nothing will.
 */
enum lw_err lw_link_sync(struct lw_link *l, struct lw_wr *msg);
/* r waits for the end of that question. LW_PENDING; LW_OFFLINE: none is. */
enum lw_err lw_link_join_sync(struct lw_link *l, struct lw_request *r);
/* Something has changed: answers on their way may be older. */
void lw_link_overtake(struct lw_link *l);

/* How many questions are on their way for which nobody waits. */
size_t lw_link_unwaited(const struct lw_link *l);

/* When the directory last answered anything; -1: it did not yet. */
int64_t lw_link_good_ms(const struct lw_link *l);

/* Whether it did when last asked, and there is a worker to ask. */
bool lw_link_answers(const struct lw_link *l);

/* Whether a worker is there and does not hang. */
bool lw_link_up(const struct lw_link *l);

/* Whether the directory has answered anything since then. */
bool lw_link_heard_since(const struct lw_link *l, int64_t since_ms);

/*
 * Whether it has not, and the worker, which is there, has said since then that
 * nobody answers it: to the question about changes, or to what a login looks
 * up. No bind, which may fail by itself, and nothing that anybody may ask.
 */
bool lw_link_refused_since(const struct lw_link *l, int64_t since_ms);

/* Whether a lookup would be told at once that nobody answers. */
bool lw_link_away(const struct lw_link *l);

/* r no longer waits. */
void lw_question_forget(struct lw_request *r);

/* q was waited for in vain: the next ones shall not. */
void lw_link_failed(struct lw_link *l, const struct lw_question *q);

#endif
