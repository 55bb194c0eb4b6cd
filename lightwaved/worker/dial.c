/* dial.c - the race of a server's addresses. A worker process. */
#include "dial.h"

#include "cleanup.h"
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define ATTEMPTS	8
#define USER_TIMEOUT_MS 4000 /* for what was sent and not acknowledged */

static void free_list(struct addrinfo **list)
{
	if (*list)
		freeaddrinfo(*list);
}

static const struct addrinfo *next_of(const struct addrinfo *a, bool v6)
{
	while (a && (a->ai_family == AF_INET6) != v6)
		a = a->ai_next;
	return a;
}

/* The families in turn; what is left of the longer one at the end. */
static size_t interleave(const struct addrinfo *list, struct lw_dial_addr *ret)
{
	bool v6 = list && list->ai_family == AF_INET6;
	const struct addrinfo *at[2] = { next_of(list, false),
					 next_of(list, true) };
	size_t n = 0;

	for (; n < LW_DIAL_ADDRS && (at[0] || at[1]); v6 = !v6) {
		const struct addrinfo *a = at[v6];

		if (!a)
			continue;
		memcpy(&ret[n].sa, a->ai_addr, a->ai_addrlen);
		ret[n++].len = a->ai_addrlen;
		at[v6] = next_of(a->ai_next, v6);
	}
	return n;
}

enum lw_err lw_dial_resolve(const struct lw_endpoint *at, uint16_t port,
			    struct lw_dial_addr ret[LW_DIAL_ADDRS],
			    size_t *ret_n)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICSERV };
	lw_cleanup(free_list) struct addrinfo *list = NULL;
	char service[8];
	size_t n;
	int rc;

	snprintf(service, sizeof(service), "%u",
		 (unsigned int)(at->port ? at->port : port));
	rc = getaddrinfo(at->host, service, &hints, &list);
	if (rc) {
		list = NULL;
		return rc == EAI_NONAME || rc == EAI_NODATA ? LW_NOTFOUND
							    : LW_OFFLINE;
	}
	n = interleave(list, ret);
	if (n == 0)
		return LW_NOTFOUND;
	*ret_n = n;
	return LW_OK;
}

struct race {
	const struct lw_dial_addr *v;
	size_t n;
	bool refused[LW_DIAL_ADDRS];
	struct pollfd fds[ATTEMPTS];
	size_t who[ATTEMPTS]; /* whose address each of them is */
	size_t begun, next;   /* attempts; the address that is next */
};

static void race_done(struct race *r)
{
	for (size_t i = 0; i < r->begun; i++) {
		if (r->fds[i].fd >= 0)
			close(r->fds[i].fd);
	}
}

/* A next address that has not refused. false: all have. */
static bool choose(struct race *r)
{
	for (size_t i = 0; i < r->n; i++, r->next++) {
		if (!r->refused[r->next % r->n])
			return true;
	}
	return false;
}

static void drop(struct race *r, size_t i)
{
	close(r->fds[i].fd);
	r->fds[i].fd = -1;
	r->refused[r->who[i]] = true;
}

static enum lw_err begin(struct race *r)
{
	const struct lw_dial_addr *a = &r->v[r->next % r->n];
	size_t i = r->begun;
	int fd = socket(a->sa.ss_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	/* A kernel without IPv6, say. */
	if (fd < 0 && errno == EAFNOSUPPORT) {
		r->refused[r->next++ % r->n] = true;
		return LW_OK;
	}
	if (fd < 0)
		return LW_NOMEM;
	r->fds[i] = (struct pollfd) { .fd = fd, .events = POLLOUT };
	r->who[i] = r->next++ % r->n;
	r->begun++;
	if (connect(fd, (const struct sockaddr *)&a->sa, a->len) < 0 &&
	    errno != EINPROGRESS && errno != EINTR)
		drop(r, i);
	return LW_OK;
}

static bool alive(const struct race *r)
{
	for (size_t i = 0; i < r->begun; i++) {
		if (r->fds[i].fd >= 0)
			return true;
	}
	return false;
}

/* Who has connected; those that failed are out. */
static int winner(struct race *r)
{
	for (size_t i = 0; i < r->begun; i++) {
		int fd = r->fds[i].fd, error = 0;
		socklen_t len = sizeof(error);

		if (fd < 0 || !r->fds[i].revents)
			continue;
		if (!getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) &&
		    error == 0) {
			r->fds[i].fd = -1;
			return fd;
		}
		drop(r, i);
	}
	return -1;
}

static enum lw_err wait_some(struct race *r, int64_t until_ms)
{
	int64_t ms = until_ms - lw_mono_ms();

	if (poll(r->fds, r->begun, ms > 0 ? (int)ms : 0) < 0) {
		if (errno != EINTR)
			return LW_NOMEM;
		for (size_t i = 0; i < r->begun; i++)
			r->fds[i].revents = 0;
	}
	return LW_OK;
}

static void set(int fd, int level, int option, int value)
{
	/* Only a gain where it works: not looked at. */
	setsockopt(fd, level, option, &value, sizeof(value));
}

static enum lw_err prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return LW_NOMEM;
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 30);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
	set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
	return LW_OK;
}

/* One turn: begin who is to begin, wait for whom there is. */
static enum lw_err turn(struct race *r, int64_t until_ms, int64_t *next_ms,
			int *fd)
{
	bool more = r->begun < ATTEMPTS && choose(r);
	int64_t now = lw_mono_ms();
	enum lw_err e;

	if (more && (now >= *next_ms || !alive(r))) {
		*next_ms = now + LW_DIAL_STAGGER_MS;
		return begin(r);
	}
	if (!alive(r))
		return LW_OFFLINE;
	e = wait_some(r, more && *next_ms < until_ms ? *next_ms : until_ms);
	if (e == LW_OK)
		*fd = winner(r);
	return e;
}

enum lw_err lw_dial_race(const struct lw_dial_addr *v, size_t n,
			 int64_t until_ms, int *ret_fd)
{
	lw_cleanup(race_done) struct race r = {
		.v = v, .n = n < LW_DIAL_ADDRS ? n : LW_DIAL_ADDRS
	};
	lw_cleanup(lw_close) int fd = -1;
	int64_t next_ms = 0;
	enum lw_err e = LW_OK;

	while (fd < 0) {
		if (lw_mono_ms() >= until_ms)
			return LW_OFFLINE;
		e = turn(&r, until_ms, &next_ms, &fd);
		if (e != LW_OK)
			return e;
	}
	e = prepare(fd);
	if (e == LW_OK)
		*ret_fd = lw_take_fd(&fd);
	return e;
}
