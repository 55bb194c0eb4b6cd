/*
 * link_state.h - inside link.c (the connection), link_ask.c (what is asked on
 * it) and link_watch.c (whether anybody is there). The front.
 */
#ifndef LW_LINK_STATE_H
#define LW_LINK_STATE_H

#include "link.h"
#include "outlook.h"

#define RECONNECT_MS 50 /* after the worker was lost */

/* By this the front finds out whether the worker hangs; no question has it. */
#define PING_OP LW_OP_OURS
#define PING_ID 0

TAILQ_HEAD(lw_question_list, lw_question);

struct lw_link {
	struct lw_front *front;
	const char *path;
	struct bufferevent *bev; /* NULL: not connected */
	struct lw_question_list questions;
	size_t in_flight; /* of these; bounded in link_ask.c */
	uint32_t last_id;
	int64_t tried_ms; /* when we last connected */
	struct lw_outlook lookups, logins, verdicts, changes, syncs, tests;
	bool answered;	    /* the directory did, when last heard of */
	bool ever;	    /* ... and once before */
	int64_t refused_ms; /* lw_link_refused_since(); -1: never */

	struct event *watch;
	int64_t heard_ms;  /* when anything last came from the worker */
	int64_t pinged_ms; /* when it was asked for a sign; 0: heard since */
	bool hung; /* it was dropped for its silence; nothing came since */
};

/* Connected, or LW_OFFLINE, LW_NOMEM. */
enum lw_err lw_link_connected(struct lw_link *l);
/* The connection is no good: nobody waits on it any longer. */
void lw_link_lost(struct lw_link *l);
struct lw_outlook *lw_link_outlook(struct lw_link *l,
				   const struct lw_question *q);

/* link_ask.c */
struct lw_question *lw_link_by_id(struct lw_link *l, uint32_t id);
void lw_link_unlist(struct lw_link *l, struct lw_question *q);
void lw_question_free(struct lw_question *q);
/* Takes the message: wiped once it is sent, or when that fails. */
enum lw_err lw_link_post(struct lw_link *l, struct lw_wr *msg);

/* link_watch.c: somebody waits who has to be told if the worker hangs. */
enum lw_err lw_link_watch_init(struct lw_link *l);
void lw_link_watch(struct lw_link *l);
/* Something came. */
void lw_link_heard(struct lw_link *l);

#endif
