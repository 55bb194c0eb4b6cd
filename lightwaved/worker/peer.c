/* peer.c - a connection of the front. The worker's master. */
#include "peer.h"

#include "log.h"
#include "master.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

void lw_peer_answer(struct lw_peer *p, struct lw_body *b, uint32_t id)
{
	b->h.id = id;
	lw_stream_send(&p->stream, b);
}

bool lw_peer_full(const struct lw_peer *p)
{
	return lw_stream_full(&p->stream);
}

void lw_peer_status(struct lw_peer *p, const struct lw_head *asked, uint32_t id,
		    enum lw_err e)
{
	struct lw_body b = { .h = { 4, asked->op, id }, .p = malloc(4) };

	if (!b.p) {
		shutdown(p->stream.fd, SHUT_RDWR);
		return;
	}
	lw_put_u32(b.p, e);
	lw_stream_send(&p->stream, &b);
}

static struct lw_pool *pool_for(struct lw_master *m, uint16_t op)
{
	bool login = op & LW_OP_LOGIN;

	switch (op & ~LW_OP_LOGIN) {
	case LW_OP_FIND:
	case LW_OP_MEMBERSHIPS:
	case LW_OP_MEMBERS:
	case LW_OP_RULES:
		return login ? &m->pam : &m->lookups;
	case LW_OP_VERDICT:
	case LW_OP_CHANGE:
		return &m->logins;
	case LW_OP_SYNC:
		return &m->sync;
	case LW_OP_SELFTEST: /* says what is wrong while others read on */
		return &m->tests;
	default:
		return NULL;
	}
}

/* Another server's business, or one that is to say what is wrong. */
static bool needs_no_server(const struct lw_body *b)
{
	uint16_t op = b->h.op & (uint16_t)~LW_OP_LOGIN;

	/* The last byte of a change says how; 0 is LDAP. */
	return op == LW_OP_SELFTEST ||
	       (op == LW_OP_CHANGE && b->h.len > 0 && b->p[b->h.len - 1] != 0);
}

/* The front follows the directory whether or not anybody waits for it. */
static bool somebody_waits(const struct lw_body *b)
{
	return (b->h.op & ~LW_OP_LOGIN) != LW_OP_SYNC;
}

/* What there is to say at once; LW_OK: the answer will come. */
static enum lw_err take(struct lw_peer *p, struct lw_body *b)
{
	struct lw_pool *pool = pool_for(p->master, b->h.op);

	if (!pool)
		return LW_PROTO;
	if (!needs_no_server(b) &&
	    !lw_watch_question(&p->master->watch, somebody_waits(b)))
		return LW_OFFLINE;
	return lw_pool_submit(pool, p, b);
}

static void on_message(void *arg, struct lw_body *b)
{
	struct lw_peer *p = arg;
	struct lw_head asked = b->h;
	enum lw_err e = take(p, b);

	if (e != LW_OK)
		lw_peer_status(p, &asked, asked.id, e);
	lw_body_done(b);
}

/* Only a long answer, which has parts, is ever held back. */
static void on_drained(void *arg)
{
	struct lw_peer *p = arg;

	lw_pool_drained(&p->master->sync, p);
}

static void on_end(void *arg)
{
	lw_peer_free(arg);
}

void lw_peer_new(struct lw_master *m, int fd)
{
	struct lw_peer *p = calloc(1, sizeof(*p));

	if (!p) {
		close(fd);
		return;
	}
	p->master = m;
	p->stream = (struct lw_stream) { .max = LW_REQUEST_MAX * 2,
					 .on_message = on_message,
					 .on_end = on_end,
					 .on_drained = on_drained,
					 .arg = p };
	if (lw_stream_init(&p->stream, m->base, fd) != LW_OK) {
		free(p);
		return;
	}
	LIST_INSERT_HEAD(&m->peers, p, link);
	m->peer_count++;
	lw_log(LOG_DEBUG, "a connection of the front");
}

void lw_peer_free(struct lw_peer *p)
{
	lw_pool_forget(&p->master->lookups, p);
	lw_pool_forget(&p->master->pam, p);
	lw_pool_forget(&p->master->logins, p);
	lw_pool_forget(&p->master->sync, p);
	lw_pool_forget(&p->master->tests, p);
	LIST_REMOVE(p, link);
	p->master->peer_count--;
	lw_stream_done(&p->stream);
	free(p);
}
