/* client.c - one question to the front. Runs inside any process; libc only. */
#include "client.h"

#include "cleanup.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

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

enum lw_err lw_client_dial(const char *path, int *ret_fd)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t n = strlen(path) + 1;
	lw_cleanup(lw_close) int fd = -1;

	if (n > sizeof(sun.sun_path))
		return LW_RANGE;
	memcpy(sun.sun_path, path, n);

	/* Non-blocking: a full backlog must not hang every getpwnam() here. */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return LW_NOMEM;
	if (connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) < 0)
		return LW_OFFLINE; /* fd closes itself */

	*ret_fd = lw_take_fd(&fd);
	return LW_OK;
}

/* Until fd is ready for events or the time is over. */
static enum lw_err await(int fd, short events, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		int64_t left = deadline - now_ms();
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

static enum lw_err send_all(int fd, const uint8_t *p, size_t n,
			    int64_t deadline)
{
	while (n > 0) {
		ssize_t r = send(fd, p, n, MSG_NOSIGNAL);
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
		e = await(fd, POLLOUT, deadline);
		if (e != LW_OK)
			return e;
	}
	return LW_OK;
}

static enum lw_err recv_all(int fd, uint8_t *p, size_t n, int64_t deadline)
{
	while (n > 0) {
		ssize_t r = recv(fd, p, n, 0);
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
		e = await(fd, POLLIN, deadline);
		if (e != LW_OK)
			return e;
	}
	return LW_OK;
}

enum lw_err lw_call(const char *path, const uint8_t *msg, size_t n,
		    int budget_ms, struct lw_reply *ret)
{
	int64_t deadline = now_ms() + budget_ms;
	lw_cleanup(lw_close) int fd = -1;
	uint8_t raw[LW_HEAD_SIZE];
	struct lw_head head;
	enum lw_err e;

	e = lw_client_dial(path, &fd);
	if (e == LW_OK)
		e = send_all(fd, msg, n, deadline);
	if (e == LW_OK)
		e = recv_all(fd, raw, sizeof(raw), deadline);
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
	e = recv_all(fd, ret->buf, ret->n, deadline);
	if (e != LW_OK)
		return e;
	lw_rd_init(&ret->body, ret->buf, ret->n);
	return lw_status_decode(&ret->body);
}
