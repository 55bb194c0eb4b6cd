/*
 * slot.h - the place of one worker in its pool; see pool.h. pool.c's own.
 */
#ifndef LW_SLOT_H
#define LW_SLOT_H

#include "pool.h"

/* Nothing runs in it yet. LW_NOMEM. */
enum lw_err lw_slot_init(struct lw_slot *s, struct lw_pool *p);
/* Kills and waits. */
void lw_slot_done(struct lw_slot *s);

/* Ready for lw_slot_start(). */
bool lw_slot_idle(const struct lw_slot *s);
/* Give the worker a job; takes j. */
void lw_slot_start(struct lw_slot *s, struct lw_job *j);

/*
 * A new worker, or none if the pool wants fewer: now if it is idle, else
 * after its job.
 */
void lw_slot_renew(struct lw_slot *s);

/* Who asked for its job reads again. */
void lw_slot_resume(struct lw_slot *s);

/* Who asked for its job is gone. */
void lw_slot_forget(struct lw_slot *s);

void lw_slot_reaped(struct lw_slot *s, int status);

/* Have ev fire at at_ms of lw_mono_ms(). */
void lw_slot_alarm(struct event *ev, int64_t at_ms);

/*
 * pool.c's, for slots: hand out queued jobs; end one, answered or not; release
 * one, wiping it.
 */
void lw_pool_run(struct lw_pool *p);
void lw_pool_ended(struct lw_pool *p, struct lw_job *j,
		   const struct lw_body *answer);
void lw_job_free(struct lw_job *j);

#endif
