/*
 * store_state.h - inside store.c (when to read and write), store_child.c (the
 * process that does), store_load.c (what was written) and store_write.c (what
 * is to be). The front.
 */
#ifndef LW_STORE_STATE_H
#define LW_STORE_STATE_H

#include "follow_plan.h"
#include "front.h"
#include "store.h"
#include "store_clock.h"
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
	int64_t spawned_ms;
	int fd; /* to it, until bev has it */
	struct bufferevent *bev;
	struct event *timer, *calm, *slow;
	bool off; /* never to be written: it could not be set aside */

	/* What was read. */
	struct lw_replica *loaded; /* NULL: none, or follow.h has it */
	char server[LW_SERVER_MAX];
	struct lw_plan_restored restored;
	struct lw_store_clock clock;

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
	int64_t due_ms;		       /* of timer */
	int64_t retry_ms;	       /* not before */
	bool failing;		       /* which was said */
	unsigned int failures, deaths; /* since it was last written */
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

/* store.c: write in a while, sooner than it was going to be. */
void lw_store_write_in(struct lw_store *s, int64_t ms);

/* All that it was given is on the disk. */
void lw_store_written(struct lw_store *s);
/* The process takes more, or begins to. */
void lw_store_go_on(struct lw_store *s);

/* store_child.c: start the process; its socket is s->fd. false: cannot. */
bool lw_store_spawn(struct lw_store *s);
/* Its socket belongs to the loop from now on; started if it is not. */
bool lw_store_attach(struct lw_store *s);
enum lw_store_end {
	LW_STORE_ENDED,
	LW_STORE_CRASHED, /* of what it read */
	LW_STORE_KILLED,  /* from outside */
};
/*
 * Its end, which has come or comes now, within a second. One that hangs is
 * killed, and where a disk holds it, left.
 */
enum lw_store_end lw_store_reap(struct lw_store *s);
/* It has ended, and nobody has asked it to. */
void lw_store_died(struct lw_store *s);
/* The file is not used any more; why in a few words, for the log. */
void lw_store_set_aside(struct lw_store *s, const char *why);
/* Once: it can be neither read nor written. */
void lw_store_complain(struct lw_store *s, const char *why);
/* The change has failed: everything is written later. */
void lw_store_failed(struct lw_store *s, const char *why);

#endif
