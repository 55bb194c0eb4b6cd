/*
 * store_state.h - inside store.c (the process, and when to write), store_load.c
 * (what was written) and store_write.c (what is to be). The front.
 */
#ifndef LW_STORE_STATE_H
#define LW_STORE_STATE_H

#include "follow_plan.h"
#include "front.h"
#include "store.h"
#include "store_frame.h"
#include "store_record.h"

#include <event2/bufferevent.h>
#include <sys/types.h>

enum lw_store_stage {
	LW_STORE_IDLE,
	LW_STORE_FILLING,    /* a change is on its way to the process */
	LW_STORE_COMMITTING, /* ... and from there to the disk */
};

struct lw_store {
	struct lw_front *front;
	const char *dir;
	pid_t pid; /* of the process; 0: there is none */
	int fd;	   /* to it, until bev has it */
	struct bufferevent *bev;
	struct event *timer, *calm;
	bool off; /* never to be written: it could not be set aside */

	/* What was read. */
	struct lw_replica *loaded; /* NULL: none, or follow.h has it */
	char server[LW_SERVER_MAX];
	struct lw_plan_restored restored;
	uint64_t mark; /* wall clock */
	bool behind;

	/* What is to be written. */
	struct lw_table dirty; /* keys of records */
	bool all;	       /* everything: who knows what is there */
	bool replica;	       /* all of the replica */
	bool answers;	       /* none of what was said on demand before */
	bool state;	       /* how far the directory is followed */
	bool was_trusted, was_replicated; /* as it was written */

	enum lw_store_stage stage;
	bool streaming; /* the replica, from bucket on */
	size_t bucket, size;
	int64_t due_ms;	  /* of timer */
	int64_t retry_ms; /* not before */
	bool failing;	  /* which was said */
	unsigned int deaths;
};

/* Milliseconds of the wall clock. */
uint64_t lw_wall_ms(void);

/*
 * store_load.c: take over what the process reads. LW_OK, also where there was
 * nothing; else nothing of it was taken over. LW_OFFLINE: it cannot be read;
 * LW_PENDING: not in time; LW_INVALID: it is none that is known, or damaged;
 * LW_NOWORKER: whoever reads it has died. why is for people.
 */
enum lw_err lw_store_load(struct lw_store *s, char *why, size_t size);

/*
 * store_write.c: hand the process the next piece of a change. true: that was
 * the last.
 */
bool lw_store_fill(struct lw_store *s);
/* A change begins. */
void lw_store_begin(struct lw_store *s);

#endif
