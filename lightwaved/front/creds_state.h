/*
 * creds_state.h - what creds.c and creds_conn.c share; nobody else's. The
 * front.
 */
#ifndef LW_CREDS_STATE_H
#define LW_CREDS_STATE_H

#include "creds.h"
#include "creds_owed.h"

/*
 * A hash takes an eighth of a second: whoever comes last waits two, and PAM's
 * own time is far from over when the keeper is given up.
 */
#define LW_CREDS_CHECKS	     16
#define LW_CREDS_DEADLINE_MS 6000
/* So long a login that the directory has judged waits for the keeper. */
#define LW_CREDS_WAIT_MS  2000
#define LW_CREDS_RETRY_MS 10000 /* APPLY */
#define LW_CREDS_AGAIN_MS 1000	/* what is owed */

/* Somebody who waits for an answer, or until what is owed of sid is told. */
struct lw_creds_question {
	TAILQ_ENTRY(lw_creds_question) link;
	char sid[LW_SID_MAX];
	bool asks;	  /* a CHECK; else it waits for what is owed */
	struct lw_wr msg; /* a CHECK's */
	uint32_t id;
	int64_t asked_ms;
	struct lw_request *r; /* NULL: he has gone */
};
TAILQ_HEAD(lw_creds_questions, lw_creds_question);

struct lw_creds {
	struct lw_front *front;
	const char *path;
	struct bufferevent *bev; /* NULL: not connected */
	struct lw_creds_questions checks, waiters;
	size_t check_n;
	struct lw_owed_list owed;
	bool refused_last; /* it was their turn */
	uint32_t last_id;
	int64_t apply_ms;      /* when it is to read its configuration again */
	int64_t not_before_ms; /* it was not there: tell it what is owed then */
	/* The one that is on its way; op 0: none. */
	struct {
		enum lw_op op;
		uint32_t id;
		int64_t sent_ms;
		struct lw_owed *owed;
		struct lw_creds_question *check;
	} now;
};

/* creds_conn.c: dials, unless it is there. Wakes nobody. */
enum lw_err lw_creds_connected(struct lw_creds *c);
/* Takes the message: wiped once it is sent, or when that fails. */
enum lw_err lw_creds_post(struct lw_creds *c, struct lw_wr *msg);
/* Wakes all; what is owed is so still. */
void lw_creds_hang_up(struct lw_creds *c);
void lw_creds_release(struct lw_creds_question *q);
/* Those who have waited for long enough, or for what is done. */
void lw_creds_wake_late(struct lw_creds *c, int64_t now);
void lw_creds_wake_settled(struct lw_creds *c);

/* creds.c: sends what is next, if anything is. Wakes nobody. */
void lw_creds_pump(struct lw_creds *c);

#endif
