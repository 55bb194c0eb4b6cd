/* client.c - one question to the front. Runs inside any process; libc only. */
#include "client.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#define AGAIN_MS 2 /* between two tries to connect */

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void lw_reply_done(struct lw_reply *r)
{
	if (r->buf)
		explicit_bzero(r->buf, r->n);
	free(r->buf);
	*r = (struct lw_reply) { 0 };
}

static enum lw_err address(const char *path, struct sockaddr_un *ret)
{
	size_t n = strlen(path) + 1;

	*ret = (struct sockaddr_un) { .sun_family = AF_UNIX };
	if (n > sizeof(ret->sun_path))
		return LW_RANGE;
	memcpy(ret->sun_path, path, n);
	return LW_OK;
}

/*
 * Where 0, 1 or 2 are free: what others write to them is no question of ours.
 * Nor are they ever another name of the one that is connected: somebody may
 * have begun to write before it was closed.
 */
static int open_high(void)
{
	int low[STDERR_FILENO + 1], n = 0, fd;

	/* Non-blocking: a full backlog must not hang every getpwnam() here. */
	while ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			    0)) >= 0 &&
	       fd <= STDERR_FILENO && n <= STDERR_FILENO)
		low[n++] = fd;
	while (n > 0)
		close(low[--n]);
	return fd;
}

/* ret_why: the errno of LW_OFFLINE. */
static enum lw_err dial(const struct sockaddr_un *sun, int *ret_fd,
			int *ret_why)
{
	lw_cleanup(lw_close) int fd = -1;

	fd = open_high();
	if (fd < 0)
		return LW_NOMEM;
	if (connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) < 0) {
		*ret_why = errno;
		return LW_OFFLINE; /* fd closes itself */
	}
	*ret_fd = lw_take_fd(&fd);
	return LW_OK;
}

enum lw_err lw_client_dial(const char *path, int *ret_fd)
{
	struct sockaddr_un sun;
	enum lw_err e = address(path, &sun);
	int why;

	return e == LW_OK ? dial(&sun, ret_fd, &why) : e;
}

/* One question under way. */
struct talk {
	int fd;
	int64_t read_by, end; /* of now_ms(); read_by is not later than end */
};

static void hang_up(struct talk *t)
{
	lw_close(&t->fd);
}

static int64_t until_dialled(int why, const struct lw_budget *b, int64_t begin)
{
	switch (why) {
	case EINTR:
		return begin + b->answer_ms;
	case EAGAIN:
		return begin + b->full_ms;
	case ECONNREFUSED:
		return begin + b->refused_ms;
	default:
		return begin;
	}
}

static enum lw_err connect_within(const char *path, const struct lw_budget *b,
				  struct talk *t)
{
	int64_t begin = now_ms();
	struct sockaddr_un sun;
	enum lw_err e = address(path, &sun);
	int why = 0;

	if (e != LW_OK)
		return e;
	for (;;) {
		e = dial(&sun, &t->fd, &why);
		if (e != LW_OFFLINE)
			break;
		if (now_ms() >= until_dialled(why, b, begin))
			return LW_OFFLINE;
		poll(NULL, 0, AGAIN_MS);
	}
	t->read_by = begin + b->read_ms;
	t->end = begin + b->answer_ms;
	return e;
}

static bool is_read(int fd)
{
	int unread;

	return ioctl(fd, SIOCOUTQ, &unread) < 0 || unread == 0;
}

/* How long to wait now. */
static int64_t time_left(const struct talk *t)
{
	int64_t now = now_ms();

	if (now < t->read_by)
		return t->read_by - now;
	return now < t->end && is_read(t->fd) ? t->end - now : 0;
}

/* Until fd is ready for events or the time is over. */
static enum lw_err await(const struct talk *t, short events)
{
	struct pollfd p = { .fd = t->fd, .events = events };

	for (;;) {
		int64_t left = time_left(t);
		int r;

		if (left <= 0)
			return LW_OFFLINE;
		r = poll(&p, 1, (int)left);
		if (r > 0)
			return LW_OK;
		if (r < 0 && errno != EINTR)
			return LW_NOMEM;
	}
}

static enum lw_err send_all(const struct talk *t, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t r = send(t->fd, p, n, MSG_NOSIGNAL);
		enum lw_err e;

		if (r > 0) {
			p += r;
			n -= (size_t)r;
			continue;
		}
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0 && errno != EAGAIN)
			return LW_OFFLINE;
		e = await(t, POLLOUT);
		if (e != LW_OK)
			return e;
	}
	return LW_OK;
}

static enum lw_err recv_all(const struct talk *t, uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t r = recv(t->fd, p, n, 0);
		enum lw_err e;

		if (r > 0) {
			p += r;
			n -= (size_t)r;
			continue;
		}
		if (r == 0)
			return LW_OFFLINE;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return LW_OFFLINE;
		e = await(t, POLLIN);
		if (e != LW_OK)
			return e;
	}
	return LW_OK;
}

static enum lw_err call(const char *path, const uint8_t *msg, size_t n,
			const struct lw_budget *budget, struct lw_reply *ret)
{
	lw_cleanup(hang_up) struct talk t = { .fd = -1 };
	uint8_t raw[LW_HEAD_SIZE];
	struct lw_head head;
	enum lw_err e;

	e = connect_within(path, budget, &t);
	if (e == LW_OK)
		e = send_all(&t, msg, n);
	if (e == LW_OK)
		e = recv_all(&t, raw, sizeof(raw));
	if (e == LW_OK)
		e = lw_head_decode(raw, LW_REPLY_MAX, &head);
	if (e != LW_OK)
		return e;
	/* An answer repeats version, op and id of its question. */
	if (memcmp(raw + 4, msg + 4, LW_HEAD_SIZE - 4) != 0)
		return LW_PROTO;

	ret->buf = malloc(head.len ? head.len : 1);
	if (!ret->buf)
		return LW_NOMEM;
	ret->n = head.len;
	e = recv_all(&t, ret->buf, ret->n);
	if (e != LW_OK)
		return e;
	lw_rd_init(&ret->body, ret->buf, ret->n);
	return lw_status_decode(&ret->body);
}

/* Nobody would close and free what a cancelled thread leaves behind. */
enum lw_err lw_call_within(const char *path, const uint8_t *msg, size_t n,
			   const struct lw_budget *budget, struct lw_reply *ret)
{
	enum lw_err e;
	int cancel;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	e = call(path, msg, n, budget, ret);
	pthread_setcancelstate(cancel, NULL);
	return e;
}

enum lw_err lw_call(const char *path, const uint8_t *msg, size_t n,
		    int budget_ms, struct lw_reply *ret)
{
	const struct lw_budget b = { .answer_ms = budget_ms,
				     .read_ms = budget_ms };

	return lw_call_within(path, msg, n, &b, ret);
}
