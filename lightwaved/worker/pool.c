/* pool.c - workers, their queue, their deadlines. The worker's master. */
#include "pool.h"

#include "clock.h"
#include "log.h"
#include "peer.h"
#include "slot.h"
#include "watch.h"

#include <stdlib.h>

/* Too busy, which says nothing about the directory. */
static void refuse(struct lw_pool *p, struct lw_job *j)
{
	if (j->from)
		lw_peer_status(j->from, &j->body.h, j->id, LW_NOMEM);
	lw_pool_ended(p, j, NULL);
}

void lw_pool_ended(struct lw_pool *p, struct lw_job *j,
		   const struct lw_body *answer)
{
	lw_watch_ended(p->watch, j, answer);
	lw_job_free(j);
}

void lw_job_free(struct lw_job *j)
{
	if (j)
		lw_body_done(&j->body);
	free(j);
}

static struct lw_job *unqueue(struct lw_pool *p)
{
	struct lw_job *j = TAILQ_FIRST(&p->queue);

	if (j) {
		TAILQ_REMOVE(&p->queue, j, link);
		p->queued--;
	}
	return j;
}

/* Have impatience fire when the first of the queue has waited its time. */
static void watch_queue(struct lw_pool *p)
{
	struct lw_job *first = TAILQ_FIRST(&p->queue);

	if (first)
		lw_slot_alarm(p->impatience, first->queued_ms + p->budget_ms);
	else
		evtimer_del(p->impatience);
}

static void on_impatience(evutil_socket_t fd, short what, void *arg)
{
	struct lw_pool *p = arg;
	struct lw_job *j;

	(void)fd;
	(void)what;
	while ((j = TAILQ_FIRST(&p->queue)) &&
	       lw_mono_ms() >= j->queued_ms + p->budget_ms)
		refuse(p, unqueue(p));
	watch_queue(p);
}

void lw_pool_run(struct lw_pool *p)
{
	for (size_t i = 0; i < p->wanted && TAILQ_FIRST(&p->queue); i++) {
		if (lw_slot_idle(&p->slots[i]))
			lw_slot_start(&p->slots[i], unqueue(p));
	}
	watch_queue(p);
}

enum lw_err lw_pool_init(struct lw_pool *p)
{
	TAILQ_INIT(&p->queue);
	p->impatience = evtimer_new(p->base, on_impatience, p);
	if (!p->impatience)
		return LW_NOMEM;
	for (size_t i = 0; i < LW_POOL_WORKERS; i++) {
		if (lw_slot_init(&p->slots[i], p) != LW_OK)
			return LW_NOMEM;
	}
	return LW_OK;
}

void lw_pool_done(struct lw_pool *p)
{
	struct lw_job *j;

	for (size_t i = 0; i < LW_POOL_WORKERS; i++)
		lw_slot_done(&p->slots[i]);
	while (p->impatience && (j = unqueue(p)))
		lw_job_free(j);
	if (p->impatience)
		event_free(p->impatience);
	*p = (struct lw_pool) { 0 };
}

void lw_pool_configure(struct lw_pool *p, size_t wanted, int64_t budget_ms)
{
	p->wanted = wanted;
	p->budget_ms = budget_ms;
	for (size_t i = 0; i < LW_POOL_WORKERS; i++)
		lw_slot_renew(&p->slots[i]);
	lw_pool_run(p);
}

enum lw_err lw_pool_submit(struct lw_pool *p, struct lw_peer *from,
			   struct lw_body *b)
{
	static int64_t logged;
	struct lw_job *j = calloc(1, sizeof(*j));

	if (!j)
		return LW_NOMEM;
	j->from = from;
	j->id = b->h.id;
	j->queued_ms = lw_mono_ms();
	j->body = lw_body_take(b);
	if (p->queued >= LW_POOL_QUEUE) {
		if (lw_rarely(&logged))
			lw_log(LOG_WARNING, "%s: %d jobs wait already", p->name,
			       LW_POOL_QUEUE);
		refuse(p, j);
		return LW_OK;
	}
	TAILQ_INSERT_TAIL(&p->queue, j, link);
	p->queued++;
	lw_pool_run(p);
	return LW_OK;
}

void lw_pool_drained(struct lw_pool *p, const struct lw_peer *peer)
{
	for (size_t i = 0; i < LW_POOL_WORKERS; i++) {
		const struct lw_job *j = p->slots[i].job;

		if (j && j->from == peer)
			lw_slot_resume(&p->slots[i]);
	}
}

void lw_pool_forget(struct lw_pool *p, const struct lw_peer *peer)
{
	struct lw_job *j = TAILQ_FIRST(&p->queue), *next;

	for (; j; j = next) {
		next = TAILQ_NEXT(j, link);
		if (j->from != peer)
			continue;
		TAILQ_REMOVE(&p->queue, j, link);
		p->queued--;
		lw_job_free(j);
	}
	for (size_t i = 0; i < LW_POOL_WORKERS; i++) {
		j = p->slots[i].job;
		if (j && j->from == peer)
			lw_slot_forget(&p->slots[i]);
	}
	/* A new worker is there at once; nothing else would give it a job. */
	lw_pool_run(p);
}

void lw_pool_reaped(struct lw_pool *p, pid_t pid, int status)
{
	for (size_t i = 0; i < LW_POOL_WORKERS; i++) {
		if (p->slots[i].pid == pid)
			lw_slot_reaped(&p->slots[i], status);
	}
}
