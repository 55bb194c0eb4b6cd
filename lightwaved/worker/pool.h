/*
 * pool.h - worker processes for one kind of job, a queue before them, and a
 * deadline on each.
 *
 * A worker does one job at a time. One that overruns is killed, its job is
 * answered LW_OFFLINE, and another takes its place; likewise one that dies.
 */
#ifndef LW_POOL_H
#define LW_POOL_H

#include "setup.h"
#include "stream.h"

#include <sys/types.h>

#define LW_POOL_WORKERS 32 /* what the configuration allows */
/* Not less than the front has in flight: a full queue would be "offline". */
#define LW_POOL_QUEUE 1024

struct lw_peer;
struct lw_watch;

struct lw_job {
	TAILQ_ENTRY(lw_job) link;
	struct lw_peer *from; /* NULL: the master, or who asked is gone */
	uint32_t id;	      /* the asker's */
	int64_t queued_ms;
	struct lw_body body;
};

struct lw_slot {
	struct lw_pool *pool;
	pid_t pid; /* 0: none runs */
	bool reaped;
	bool old; /* runs on a configuration that was replaced */
	int64_t started_ms, deadline_ms;
	struct lw_stream stream;
	struct event *timer;	/* the job's deadline, or the next start */
	struct lw_job *job;	/* NULL: idle */
	struct lw_body interim; /* what holds if the worker fails now */
	bool paused; /* who asked does not read what there is of the answer */
};

struct lw_pool {
	const char *name;
	bool once; /* a worker does one job: what that took ends with it */
	const struct lw_setup *setup;
	struct lw_watch *watch; /* told of each job that has ended */
	uint32_t first_cell;	/* of LW_POOL_WORKERS in the servers' table */
	struct event_base *base;
	size_t wanted;	   /* workers */
	int64_t budget_ms; /* for a job, and for its wait in the queue */
	struct lw_slot slots[LW_POOL_WORKERS];
	TAILQ_HEAD(lw_job_list, lw_job) queue;
	size_t queued;
	uint32_t next_id;
	struct event *impatience;   /* the first in the queue waited too long */
	int64_t no_ticket_until_ms; /* a KDC kept a login waiting in vain */
};

/* p has its name, once, setup, watch, first_cell and base, all borrowed.
 * LW_NOMEM. */
enum lw_err lw_pool_init(struct lw_pool *p);
/* Kills what runs and waits for it. Jobs are dropped without an answer. */
void lw_pool_done(struct lw_pool *p);

/*
 * Have this many workers, started from the setup as it is now: at once where
 * idle, the others after the job they do.
 */
void lw_pool_configure(struct lw_pool *p, size_t wanted, int64_t budget_ms);

/*
 * Do a job for a peer. The answer comes by lw_peer_answer(), in parts where it
 * has parts. Without a peer it is the master's own. LW_OK: b is taken, and the
 * job's end will be told to the watch, perhaps before this returns. LW_NOMEM:
 * there is no such job, and nobody is told.
 */
enum lw_err lw_pool_submit(struct lw_pool *p, struct lw_peer *from,
			   struct lw_body *b);

/* The peer has read what it was sent: go on with what it asked for. */
void lw_pool_drained(struct lw_pool *p, const struct lw_peer *peer);

/* A peer is gone: nobody waits for its jobs, and a long one is ended. */
void lw_pool_forget(struct lw_pool *p, const struct lw_peer *peer);

/* The process pid ended with status, as waitpid(2) gives it. */
void lw_pool_reaped(struct lw_pool *p, pid_t pid, int status);

#endif
