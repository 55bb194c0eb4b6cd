/* serve.c - the loop of lightwaved-creds. */
#include "serve.h"

#include "cleanup.h"
#include "listen.h"
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>

#define CONNS	  8
#define SILENT_MS 30000 /* then the connection is another's */
#define MSG_MAX	  (LW_HEAD_SIZE + LW_CREDS_BODY_MAX)

struct conn {
	int fd; /* -1: none */
	int64_t heard_ms;
	size_t got;
	uint8_t *msg; /* MSG_MAX bytes that never reach a disk */
};

struct server {
	struct lw_keeper *keeper;
	int listener, signals;
	int64_t idle_ms, busy_ms; /* when somebody was last connected */
	struct conn conns[CONNS];
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void hang_up(struct conn *c)
{
	lw_close(&c->fd);
	c->fd = -1;
	sodium_memzero(c->msg, MSG_MAX);
	c->got = 0;
}

static struct conn *free_conn(struct server *s)
{
	for (size_t i = 0; i < CONNS; i++) {
		if (s->conns[i].fd < 0)
			return &s->conns[i];
	}
	return NULL;
}

static void welcome(struct server *s)
{
	struct conn *c = free_conn(s);
	lw_cleanup(lw_close) int fd = -1;

	if (!c)
		return;
	fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0 || !lw_listen_may_speak(fd))
		return;
	c->fd = lw_take_fd(&fd);
	c->heard_ms = now_ms();
}

/* An answer is shorter than what any socket takes. */
static bool reply(int fd, const struct lw_head *asked, enum lw_err status,
		  const struct lw_wr *rest, const uint8_t *rest_base)
{
	uint8_t msg[LW_HEAD_SIZE + 16];
	struct lw_wr w;

	lw_wr_init(&w, msg, sizeof(msg));
	lw_msg_begin(&w, (enum lw_op)asked->op, asked->id);
	lw_wr_u32(&w, status);
	if (status == LW_OK)
		lw_wr_raw(&w, rest_base, (size_t)(rest->p - rest_base));
	return lw_msg_end(&w, msg) == LW_OK &&
	       send(fd, msg, (size_t)(w.p - msg), MSG_NOSIGNAL) == w.p - msg;
}

/* A whole question; false: no more of this connection. */
static bool answer(struct server *s, struct conn *c, const struct lw_head *h)
{
	uint8_t rest_base[8];
	struct lw_wr rest;
	enum lw_err e;

	lw_wr_init(&rest, rest_base, sizeof(rest_base));
	e = lw_keeper_answer(s->keeper, (enum lw_op)h->op,
			     c->msg + LW_HEAD_SIZE, h->len, &rest);
	sodium_memzero(c->msg, MSG_MAX);
	c->got = 0;
	/* That took a while, in which he may have said more. */
	c->heard_ms = now_ms();
	return reply(c->fd, h, e, &rest, rest_base) && e != LW_PROTO;
}

static bool hear(struct server *s, struct conn *c)
{
	size_t want = LW_HEAD_SIZE;
	struct lw_head h = { 0 };

	for (;;) {
		ssize_t n;

		if (c->got >= LW_HEAD_SIZE) {
			if (lw_head_decode(c->msg, LW_CREDS_BODY_MAX, &h) !=
			    LW_OK)
				return false;
			want = LW_HEAD_SIZE + h.len;
		}
		if (c->got == want)
			return answer(s, c, &h);
		n = recv(c->fd, c->msg + c->got, want - c->got, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (n <= 0)
			return false;
		c->got += (size_t)n;
		c->heard_ms = now_ms();
	}
}

static bool nobody_there(const struct server *s)
{
	for (size_t i = 0; i < CONNS; i++) {
		if (s->conns[i].fd >= 0)
			return false;
	}
	return true;
}

/* Each conversation in turn; false: it is time to end. */
static bool turn(struct server *s)
{
	struct pollfd p[CONNS + 2];
	int64_t now;

	p[0] = (struct pollfd) { s->signals, POLLIN, 0 };
	p[1] = (struct pollfd) { free_conn(s) ? s->listener : -1, POLLIN, 0 };
	for (size_t i = 0; i < CONNS; i++)
		p[i + 2] = (struct pollfd) { s->conns[i].fd, POLLIN, 0 };
	if (poll(p, CONNS + 2, nobody_there(s) && !s->idle_ms ? -1 : 1000) < 0)
		return errno == EINTR;
	if (p[0].revents)
		return false;
	for (size_t i = 0; i < CONNS; i++) {
		struct conn *c = &s->conns[i];

		if (p[i + 2].revents && !hear(s, c))
			hang_up(c);
		else if (c->fd >= 0 && now_ms() - c->heard_ms > SILENT_MS)
			hang_up(c);
	}
	if (p[1].revents)
		welcome(s);
	now = now_ms();
	if (!nobody_there(s))
		s->busy_ms = now;
	return !s->idle_ms || now - s->busy_ms < s->idle_ms;
}

static enum lw_err begin(struct server *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return LW_NOMEM;
	s->signals = signalfd(-1, &set, SFD_CLOEXEC);
	for (size_t i = 0; i < CONNS; i++) {
		s->conns[i].fd = -1;
		s->conns[i].msg = sodium_malloc(MSG_MAX);
		if (!s->conns[i].msg)
			return LW_NOMEM;
	}
	s->busy_ms = now_ms();
	return s->signals < 0 ? LW_NOMEM : LW_OK;
}

enum lw_err lw_serve(struct lw_keeper *k, int listener, int64_t idle_ms)
{
	struct server s = { .keeper = k,
			    .listener = listener,
			    .signals = -1,
			    .idle_ms = idle_ms };
	enum lw_err e = begin(&s);

	while (e == LW_OK && turn(&s))
		;
	for (size_t i = 0; i < CONNS; i++) {
		if (s.conns[i].msg)
			hang_up(&s.conns[i]);
		sodium_free(s.conns[i].msg);
	}
	lw_close(&s.signals);
	return e;
}
