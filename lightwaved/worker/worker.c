/* worker.c - read a job, do it, answer. A worker process. */
#include "worker.h"

#include "bind.h"
#include "change.h"
#include "cleanup.h"
#include "clock.h"
#include "kerberos.h"
#include "kpasswd.h"
#include "log.h"
#include "lookup.h"
#include "probe.h"
#include "selftest.h"
#include "sync.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

struct worker {
	int fd;
	struct lw_conn conn;
};

/* A job as it came in; the body is wiped with it. */
struct task {
	struct lw_head head;
	uint8_t body[LW_REQUEST_MAX * 2];
};

static bool read_all(int fd, void *p, size_t n)
{
	uint8_t *at = p;

	while (n > 0) {
		ssize_t got = recv(fd, at, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

static bool write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t put = send(fd, p, n, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

static uint16_t op_of(const struct task *t)
{
	return t->head.op & (uint16_t)~LW_OP_LOGIN;
}

static enum lw_err lookup(struct lw_conn *c, const struct task *t,
			  struct lw_wr *w)
{
	struct lw_rd r;
	struct lw_find f;
	struct lw_str dn;

	lw_rd_init(&r, t->body, t->head.len);
	if (op_of(t) == LW_OP_FIND)
		return lw_find_decode(&r, &f) == LW_OK
			       ? lw_lookup_find(c, &f, w)
			       : LW_PROTO;
	if (op_of(t) == LW_OP_RULES)
		return lw_rd_end(&r) == LW_OK ? lw_lookup_rules(c, w)
					      : LW_PROTO;
	if (op_of(t) != LW_OP_MEMBERSHIPS && op_of(t) != LW_OP_MEMBERS)
		return LW_PROTO;
	dn = lw_rd_str(&r);
	if (lw_rd_end(&r) != LW_OK)
		return LW_PROTO;
	return op_of(t) == LW_OP_MEMBERS ? lw_lookup_members(c, dn, w)
					 : lw_lookup_memberships(c, dn, w);
}

/* Begin the answer: head and status, whatever w held before. */
static void begin(struct lw_wr *w, const struct task *t, uint16_t op,
		  enum lw_err e)
{
	w->p = w->base;
	w->full = w->nomem = false;
	lw_msg_begin(w, (enum lw_op)op, t->head.id);
	lw_wr_u32(w, e);
}

/*
 * A transport failed under a question. true: ask it again, of the same server
 * on a new connection (it may have been restarted, or a kept link was dead
 * without our knowing) or of another one. What the same server does not answer
 * on a new connection either is too much for it: nobody else's concern.
 */
static bool ask_again(struct lw_conn *c, bool kept, bool *doubted)
{
	if (!c->slow) {
		kept ? lw_conn_close(c) : lw_conn_failed(c);
		return true;
	}
	if (!*doubted && lw_conn_doubt(c) != LW_OK)
		return true;
	if (!*doubted && kept) {
		*doubted = true;
		return true;
	}
	lw_conn_close(c);
	return false;
}

/* A question may be asked again where a transport failed. */
static enum lw_err lookup_anywhere(struct lw_conn *c, const struct task *t,
				   struct lw_wr *w)
{
	const struct lw_config *config = c->setup->config;
	int64_t until = lw_mono_ms() + (int64_t)config->timeout * 1000;
	size_t tries = lw_servers_count(c->setup->servers) + 1;
	enum lw_err e = LW_OFFLINE;
	bool doubted = false;

	while (tries-- > 0 && lw_mono_ms() < until) {
		bool kept = c->ld != NULL;

		e = lw_bind_machine(c);
		if (e != LW_OK)
			return e;
		begin(w, t, t->head.op, LW_OK);
		e = lookup(c, t, w);
		if (!c->broken)
			return e;
		e = LW_OFFLINE;
		if (!ask_again(c, kept, &doubted))
			return e;
	}
	return e;
}

static void write_verdict(struct lw_wr *w, const struct task *t, uint16_t op,
			  const struct lw_verdict_answer *a)
{
	begin(w, t, op, LW_OK);
	lw_verdict_answer_encode(w, a);
	lw_msg_end(w, w->base);
}

/* libkrb5 may hang or die on us; the verdict must not go with it. */
static bool say_interim(struct worker *me, const struct task *t,
			const struct lw_verdict_answer *a, struct lw_wr *w)
{
	write_verdict(w, t, (uint16_t)(t->head.op | LW_OP_INTERIM), a);
	return lw_wr_end(w) == LW_OK &&
	       write_all(me->fd, w->base, (size_t)(w->p - w->base));
}

static void add_ticket(struct worker *me, const struct task *t,
		       const struct lw_verdict *v, struct lw_verdict_answer *a,
		       struct lw_wr *w)
{
	lw_cleanup(lw_wr_done) struct lw_wr ccache;

	lw_wr_heap(&ccache, LW_CCACHE_MAX);
	ccache.wipe = true;
	a->ticket = LW_TICKET_NO_KDC;
	if (say_interim(me, t, a, w))
		a->ticket = lw_kerberos_ticket(me->conn.setup, v->upn,
					       v->password, &a->skew, &ccache);
	if (a->ticket == LW_TICKET_OK) {
		a->ccache.s = (const char *)ccache.base;
		a->ccache.n = (size_t)(ccache.p - ccache.base);
	}
	write_verdict(w, t, t->head.op, a);
}

static enum lw_err verdict(struct worker *me, const struct task *t,
			   struct lw_wr *w)
{
	struct lw_verdict_answer a = { .expires_in = LW_NEVER,
				       .ticket = LW_TICKET_NO_KEYTAB };
	struct lw_verdict v;
	struct lw_rd r;
	enum lw_err e;

	lw_rd_init(&r, t->body, t->head.len);
	e = lw_verdict_decode(&r, &v);
	if (e == LW_OK)
		e = lw_bind_user(&me->conn, &v, &a.expires_in);
	if (e != LW_OK)
		return e;
	if (v.want_ticket && me->conn.setup->config->keytab)
		add_ticket(me, t, &v, &a, w);
	else
		write_verdict(w, t, t->head.op, &a);
	return lw_wr_end(w);
}

static enum lw_err change(struct worker *me, const struct task *t,
			  struct lw_wr *w)
{
	struct lw_change ch;
	struct lw_rd r;
	enum lw_err e;

	lw_rd_init(&r, t->body, t->head.len);
	e = lw_change_decode(&r, &ch);
	if (e == LW_OK)
		e = ch.kpasswd ? lw_kpasswd_change(me->conn.setup, &ch)
			       : lw_change_password(&me->conn, &ch);
	if (e == LW_OK)
		begin(w, t, t->head.op, LW_OK);
	return e;
}

struct part {
	struct worker *me;
	const struct task *task;
	bool said;
};

static enum lw_err say_part(void *arg, struct lw_str body)
{
	struct part *p = arg;
	uint8_t head[LW_HEAD_SIZE];
	struct lw_wr w;

	lw_wr_init(&w, head, sizeof(head));
	lw_msg_begin(&w, (enum lw_op)(p->task->head.op | LW_OP_INTERIM),
		     p->task->head.id);
	lw_put_u32(head, (uint32_t)body.n);
	p->said = true;
	return write_all(p->me->fd, head, sizeof(head)) &&
			       write_all(p->me->fd, (const uint8_t *)body.s,
					 body.n)
		       ? LW_OK
		       : LW_OFFLINE;
}

/* true: on another connection it may go better, or has to. */
static bool sync_once(struct worker *me, const struct task *t, struct lw_wr *w,
		      enum lw_err *ret)
{
	struct part part = { .me = me, .task = t };
	bool kept = me->conn.ld != NULL;
	struct lw_rd r;

	*ret = lw_bind_machine(&me->conn);
	if (*ret != LW_OK)
		return false;
	lw_rd_init(&r, t->body, t->head.len);
	begin(w, t, t->head.op, LW_OK);
	*ret = lw_sync_run(&me->conn, &r, say_part, &part, w);
	if (!me->conn.broken)
		return false;
	if (me->conn.slow)
		lw_conn_doubt(&me->conn);
	else
		lw_conn_close(&me->conn);
	/* Parts that were sent are never taken back. */
	return kept && !part.said;
}

/*
 * A poll is one search, without another one before it whether anybody is
 * there: a kept link that was dead shows by the poll itself.
 */
static enum lw_err sync_twice(struct worker *me, const struct task *t,
			      struct lw_wr *w)
{
	enum lw_err e;

	me->conn.hardy = true;
	if (sync_once(me, t, w, &e))
		sync_once(me, t, w, &e);
	me->conn.hardy = false;
	return e;
}

static enum lw_err selftest(struct worker *me, const struct task *t,
			    struct lw_wr *w)
{
	if (t->head.len != 0)
		return LW_PROTO;
	begin(w, t, t->head.op, LW_OK);
	return lw_selftest(&me->conn, w);
}

static enum lw_err do_op(struct worker *me, const struct task *t,
			 struct lw_wr *w)
{
	const struct lw_setup *s = me->conn.setup;
	struct lw_rd r;

	lw_rd_init(&r, t->body, t->head.len);
	begin(w, t, t->head.op, LW_OK);
	switch (op_of(t)) {
	case LW_OP_VERDICT:
		return verdict(me, t, w);
	case LW_OP_CHANGE:
		return change(me, t, w);
	case LW_OP_SYNC:
		return sync_twice(me, t, w);
	case LW_OP_SELFTEST:
		return selftest(me, t, w);
	case LW_OP_PROBE_SERVER:
		return lw_probe_server(s, &r, w);
	case LW_OP_DISCOVER:
		return lw_probe_discover(s, &r, w);
	default:
		return lookup_anywhere(&me->conn, t, w);
	}
}

static bool do_task(struct worker *me, const struct task *t)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	enum lw_err e;

	lw_wr_heap(&w, LW_REPLY_MAX);
	w.wipe = true;
	e = do_op(me, t, &w);
	/* Said by itself: the directory is there, this question is too much. */
	if (e == LW_RANGE)
		lw_log(LOG_DEBUG, "a question has too large an answer");
	if (e != LW_OK)
		begin(&w, t, t->head.op, e);
	lw_servers_use(me->conn.setup->servers, me->conn.setup->cell, NULL);
	if (lw_msg_end(&w, w.base) != LW_OK)
		return false;
	return write_all(me->fd, w.base, (size_t)(w.p - w.base));
}

static bool next_task(int fd, struct task *t)
{
	uint8_t head[LW_HEAD_SIZE];

	return read_all(fd, head, sizeof(head)) &&
	       lw_head_decode(head, sizeof(t->body), &t->head) == LW_OK &&
	       read_all(fd, t->body, t->head.len);
}

int lw_worker_run(const struct lw_setup *s, int fd)
{
	struct worker me = { .fd = fd };
	struct task t;
	bool ok = true;

	lw_conn_init(&me.conn, s);
	while (ok && next_task(fd, &t)) {
		ok = do_task(&me, &t);
		explicit_bzero(t.body, t.head.len);
	}
	lw_conn_close(&me.conn);
	return ok ? 0 : 1;
}
