/* stream.c - messages over a non-blocking socket. The worker's master. */
#include "stream.h"

#include "cleanup.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define MAX_WAITING (4 * (size_t)LW_REPLY_MAX)

void lw_body_done(struct lw_body *b)
{
	if (b->p)
		explicit_bzero(b->p, b->h.len);
	free(b->p);
	b->p = NULL;
}

struct lw_body lw_body_take(struct lw_body *b)
{
	struct lw_body taken = *b;

	b->p = NULL;
	return taken;
}

/* The loop sees the end of the stream and says so; not its own caller. */
static void break_off(struct lw_stream *s)
{
	shutdown(s->fd, SHUT_RDWR);
}

static void drop_first(struct lw_stream *s)
{
	struct lw_outgoing *o = STAILQ_FIRST(&s->out);

	STAILQ_REMOVE_HEAD(&s->out, link);
	s->waiting -= LW_HEAD_SIZE + o->body.h.len;
	lw_body_done(&o->body);
	free(o);
}

static ssize_t send_some(int fd, const struct lw_outgoing *o)
{
	size_t head = o->sent < LW_HEAD_SIZE ? LW_HEAD_SIZE - o->sent : 0;
	size_t skip = head ? 0 : o->sent - LW_HEAD_SIZE;
	struct iovec iov[2] = {
		{ (uint8_t *)(uintptr_t)o->head + LW_HEAD_SIZE - head, head },
		{ o->body.p ? o->body.p + skip : NULL, o->body.h.len - skip },
	};
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };

	return sendmsg(fd, &m, MSG_NOSIGNAL);
}

static void flush(struct lw_stream *s)
{
	struct lw_outgoing *o;
	bool full = lw_stream_full(s);

	while ((o = STAILQ_FIRST(&s->out))) {
		ssize_t n = send_some(s->fd, o);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN) {
			break_off(s);
			return;
		}
		if (n < 0) {
			event_add(s->writable, NULL);
			break;
		}
		o->sent += (size_t)n;
		if (o->sent == LW_HEAD_SIZE + o->body.h.len)
			drop_first(s);
	}
	if (full && !lw_stream_full(s) && s->on_drained)
		s->on_drained(s->arg);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	flush(arg);
}

/* Room for the body, once its head is here. */
static bool start_body(struct lw_stream *s)
{
	if (lw_head_decode(s->head, s->max, &s->in.h) != LW_OK)
		return false;
	s->in.p = malloc(s->in.h.len ? s->in.h.len : 1);
	return s->in.p != NULL;
}

static ssize_t receive_some(struct lw_stream *s)
{
	size_t n = s->got - LW_HEAD_SIZE;

	if (s->got < LW_HEAD_SIZE)
		return recv(s->fd, s->head + s->got, LW_HEAD_SIZE - s->got, 0);
	return recv(s->fd, s->in.p + n, s->in.h.len - n, 0);
}

static bool whole(const struct lw_stream *s)
{
	return s->in.p && s->got == LW_HEAD_SIZE + s->in.h.len;
}

/* One message at most: its receiver may release the stream. */
static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct lw_stream *s = arg;
	struct lw_body b;

	(void)fd;
	(void)what;
	while (!whole(s)) {
		ssize_t n = receive_some(s);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n > 0)
			s->got += (size_t)n;
		if (n <= 0 || (s->got == LW_HEAD_SIZE && !start_body(s))) {
			event_del(s->readable);
			s->on_end(s->arg);
			return;
		}
	}
	s->got = 0;
	b = lw_body_take(&s->in);
	s->on_message(s->arg, &b);
}

enum lw_err lw_stream_init(struct lw_stream *s, struct event_base *base, int fd)
{
	s->fd = fd;
	s->got = s->waiting = 0;
	s->in = (struct lw_body) { 0 };
	STAILQ_INIT(&s->out);
	s->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, s);
	s->writable = event_new(base, fd, EV_WRITE, on_writable, s);
	if (s->readable && s->writable && !evutil_make_socket_nonblocking(fd) &&
	    !event_add(s->readable, NULL))
		return LW_OK;
	lw_stream_done(s);
	return LW_NOMEM;
}

void lw_stream_done(struct lw_stream *s)
{
	if (s->readable)
		event_free(s->readable);
	if (s->writable)
		event_free(s->writable);
	s->readable = s->writable = NULL;
	while (STAILQ_FIRST(&s->out))
		drop_first(s);
	lw_body_done(&s->in);
	lw_close(&s->fd);
	s->fd = -1;
}

bool lw_stream_full(const struct lw_stream *s)
{
	return s->waiting >= LW_STREAM_FULL;
}

void lw_stream_pause(struct lw_stream *s, bool pause)
{
	if (pause)
		event_del(s->readable);
	else
		event_add(s->readable, NULL);
}

void lw_stream_send(struct lw_stream *s, struct lw_body *b)
{
	struct lw_outgoing *o = calloc(1, sizeof(*o));
	struct lw_wr w;

	if (!o || s->waiting > MAX_WAITING) {
		free(o);
		lw_body_done(b);
		break_off(s);
		return;
	}
	o->body = lw_body_take(b);
	lw_wr_init(&w, o->head, sizeof(o->head));
	lw_msg_begin(&w, (enum lw_op)o->body.h.op, o->body.h.id);
	lw_put_u32(o->head, o->body.h.len);
	s->waiting += LW_HEAD_SIZE + o->body.h.len;
	STAILQ_INSERT_TAIL(&s->out, o, link);
	flush(s);
}
