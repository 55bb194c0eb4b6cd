/* slot.c - the life of one worker process. The worker's master. */
#include "slot.h"

#include "clock.h"
#include "log.h"
#include "peer.h"
#include "spawn.h"
#include "worker.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICKET_MS  2000	 /* for a ticket, once the verdict is known */
#define SHORT_MS   400	 /* ... where the last one waited in vain */
#define WARY_MS	   30000 /* for so long after that */
#define YOUNG_MS   1000	 /* who dies younger is not replaced at once */
#define RESTART_MS 1000

static void launch(struct lw_slot *s);

static void on_message(void *arg, struct lw_body *b);
static void on_end(void *arg);

static uint32_t cell(const struct lw_slot *s)
{
	return s->pool->first_cell + (uint32_t)(s - s->pool->slots);
}

static bool wanted(const struct lw_slot *s)
{
	return s < s->pool->slots + s->pool->wanted;
}

void lw_slot_alarm(struct event *ev, int64_t at_ms)
{
	int64_t ms = at_ms - lw_mono_ms();
	struct timeval tv = { 0, 0 };

	if (ms > 0)
		tv = (struct timeval) { ms / 1000, ms % 1000 * 1000 };
	evtimer_add(ev, &tv);
}

/* What a killed worker may have left of a ticket. */
static void remove_ticket(const struct lw_slot *s)
{
	char path[LW_TICKET_PATH_MAX];

	lw_setup_ticket_path(s->pool->setup, (int)s->pid, path);
	unlink(path);
}

/* The slot forgets its process, which is dead or about to end. */
static void detach(struct lw_slot *s, bool kill_it)
{
	if (!s->pid)
		return;
	if (kill_it && !s->reaped)
		kill(s->pid, SIGKILL);
	lw_stream_done(&s->stream);
	evtimer_del(s->timer);
	remove_ticket(s);
	s->pid = 0;
	s->paused = false;
}

/* The job's end without an answer from the worker. */
static void give_up(struct lw_slot *s)
{
	struct lw_job *j = s->job;

	s->job = NULL;
	if (j && j->body.h.op == LW_OP_CHANGE)
		lw_log(LOG_WARNING, "whether a password was changed is not "
				    "known");
	if (j && j->from && s->interim.p)
		lw_peer_answer(j->from, &s->interim, j->id);
	else if (j && j->from)
		lw_peer_status(j->from, &j->body.h, j->id, LW_OFFLINE);
	lw_body_done(&s->interim);
	if (j)
		lw_pool_ended(s->pool, j, NULL);
}

/* It can no longer say itself whom it waited for in vain. */
static void blame(const struct lw_slot *s)
{
	struct lw_endpoint at;

	if (lw_servers_blame(s->pool->setup->servers, cell(s),
			     lw_setup_op_ms(s->pool->setup), &at))
		lw_log(LOG_WARNING, "%s is down: a worker waited in vain",
		       at.host);
}

static void launch_later(struct lw_slot *s)
{
	if (wanted(s))
		lw_slot_alarm(s->timer, lw_mono_ms() + RESTART_MS);
}

/* The next login waits less, and for another one. */
static void next_kdc(struct lw_slot *s)
{
	s->pool->no_ticket_until_ms = lw_mono_ms() + WARY_MS;
	atomic_fetch_add(&s->pool->setup->servers->kdcs_missed, 1);
}

static void overrun(struct lw_slot *s)
{
	bool verdict_stands = s->interim.p != NULL;

	lw_log(LOG_WARNING, "%s worker %d overran its deadline and is killed%s",
	       s->pool->name, (int)s->pid,
	       verdict_stands ? " (waiting for a ticket)" : "");
	/* The delay of the KDC, or of who reads the answer, says nothing about
	 * the directory server. */
	if (!verdict_stands && !s->paused)
		blame(s);
	else if (verdict_stands)
		next_kdc(s);
	detach(s, true);
	give_up(s);
	launch(s);
	lw_pool_run(s->pool);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct lw_slot *s = arg;

	(void)fd;
	(void)what;
	if (!s->pid) {
		launch(s);
		lw_pool_run(s->pool);
	} else if (s->job) {
		overrun(s);
	}
}

enum lw_err lw_slot_init(struct lw_slot *s, struct lw_pool *p)
{
	*s = (struct lw_slot) { .pool = p };
	s->timer = evtimer_new(p->base, on_timer, s);
	return s->timer ? LW_OK : LW_NOMEM;
}

void lw_slot_done(struct lw_slot *s)
{
	pid_t pid = s->reaped ? 0 : s->pid;

	detach(s, true);
	if (pid)
		waitpid(pid, NULL, 0);
	lw_job_free(s->job);
	lw_body_done(&s->interim);
	if (s->timer)
		event_free(s->timer);
	*s = (struct lw_slot) { 0 };
}

static void launch(struct lw_slot *s)
{
	int fd;

	if (s->pid || !wanted(s))
		return;
	evtimer_del(s->timer);
	lw_servers_use(s->pool->setup->servers, cell(s), NULL);
	if (lw_spawn(s->pool->setup, s->pool->name, cell(s), &s->pid, &fd) !=
	    LW_OK) {
		lw_log(LOG_ERR, "no new %s worker: out of processes",
		       s->pool->name);
		s->pid = 0;
		launch_later(s);
		return;
	}
	s->reaped = s->old = false;
	s->started_ms = lw_mono_ms();
	s->stream = (struct lw_stream) { .max = LW_REPLY_MAX,
					 .on_message = on_message,
					 .on_end = on_end,
					 .arg = s };
	if (lw_stream_init(&s->stream, s->pool->base, fd) != LW_OK) {
		detach(s, true);
		launch_later(s);
	}
}

/* It ends by itself when we close its socket. */
static void retire(struct lw_slot *s)
{
	detach(s, false);
	launch(s);
}

void lw_slot_renew(struct lw_slot *s)
{
	if (s->pid && s->job)
		s->old = true;
	else
		retire(s);
}

bool lw_slot_idle(const struct lw_slot *s)
{
	return s->pid && !s->job;
}

void lw_slot_start(struct lw_slot *s, struct lw_job *j)
{
	struct lw_body b = lw_body_take(&j->body);

	s->job = j;
	s->deadline_ms = lw_mono_ms() + s->pool->budget_ms;
	lw_slot_alarm(s->timer, s->deadline_ms);
	b.h.id = s->pool->next_id = s->pool->next_id + 1;
	j->body.h.id = b.h.id;
	lw_stream_send(&s->stream, &b);
}

/* The verdict is there: a dead KDC must not keep the user waiting for it. */
static void keep_interim(struct lw_slot *s, struct lw_body *b)
{
	int64_t now = lw_mono_ms(), until = now + TICKET_MS;

	if (now < s->pool->no_ticket_until_ms &&
	    !s->pool->setup->config->require_ticket)
		until = now + SHORT_MS;
	lw_body_done(&s->interim);
	s->interim = lw_body_take(b);
	s->interim.h.op &= (uint16_t)~LW_OP_INTERIM;
	lw_slot_alarm(s->timer,
		      until < s->deadline_ms ? until : s->deadline_ms);
}

/*
 * A part of a long answer. The worker waits for who reads it: nothing of it is
 * to pile up here.
 */
static void pass_on(struct lw_slot *s, struct lw_body *b)
{
	struct lw_job *j = s->job;

	if (j->from) {
		lw_peer_answer(j->from, b, j->id);
		s->paused = lw_peer_full(j->from);
	}
	if (s->paused)
		lw_stream_pause(&s->stream, true);
	lw_body_done(b);
}

void lw_slot_resume(struct lw_slot *s)
{
	if (s->paused)
		lw_stream_pause(&s->stream, false);
	s->paused = false;
}

static void finish(struct lw_slot *s, struct lw_body *b)
{
	struct lw_job *j = s->job;

	evtimer_del(s->timer);
	s->job = NULL;
	if (s->interim.p)
		s->pool->no_ticket_until_ms = 0;
	lw_body_done(&s->interim);
	if (s->old || s->pool->once || !wanted(s))
		retire(s);
	if (j->from) {
		lw_peer_answer(j->from, b, j->id);
		lw_pool_ended(s->pool, j, NULL);
	} else {
		lw_pool_ended(s->pool, j, b);
	}
	lw_body_done(b);
	lw_pool_run(s->pool);
}

static void on_message(void *arg, struct lw_body *b)
{
	struct lw_slot *s = arg;
	struct lw_job *j = s->job;

	if (!j || b->h.id != j->body.h.id ||
	    (b->h.op & ~LW_OP_INTERIM) != j->body.h.op) {
		lw_log(LOG_ERR, "%s worker %d answered what nobody asked",
		       s->pool->name, (int)s->pid);
		lw_body_done(b);
		on_end(s);
		return;
	}
	if (b->h.op & LW_OP_INTERIM && j->body.h.op != LW_OP_SYNC)
		keep_interim(s, b);
	else if (b->h.op & LW_OP_INTERIM)
		pass_on(s, b);
	else
		finish(s, b);
}

/* The worker is gone, or must be. */
static void on_end(void *arg)
{
	struct lw_slot *s = arg;
	bool young = lw_mono_ms() - s->started_ms < YOUNG_MS;

	lw_log(LOG_ERR, "%s worker %d ended; another takes its place",
	       s->pool->name, (int)s->pid);
	detach(s, true);
	give_up(s);
	if (young)
		launch_later(s);
	else
		launch(s);
	lw_pool_run(s->pool);
}

void lw_slot_forget(struct lw_slot *s)
{
	s->job->from = NULL;
	lw_slot_resume(s);
	if (s->job->body.h.op != LW_OP_SYNC)
		return;
	/* Whoever comes next would have to wait for its end. */
	detach(s, true);
	give_up(s);
	launch(s);
}

/* Only noted: the end of its stream comes, after its last answer. */
void lw_slot_reaped(struct lw_slot *s, int status)
{
	s->reaped = true;
	if (WIFSIGNALED(status))
		lw_log(LOG_ERR, "%s worker %d was killed by SIG%s",
		       s->pool->name, (int)s->pid,
		       sigabbrev_np(WTERMSIG(status)));
}
