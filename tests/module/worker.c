/* worker.c - a scripted worker. Part of the tests of the front. */
#include "check.h"
#include "cleanup.h"
#include "worker_script.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#define CONNS 4
#define HELD  1024

static struct conn {
	int fd; /* 0: free; no test closes its stdin */
	size_t n;
	uint8_t in[LW_HEAD_SIZE + 16384];
} conns[CONNS];

static struct held {
	struct conn *conn;
	struct worker_question q;
	const struct worker_line *line; /* NULL: when the test says so */
	int64_t due_ms;
} held[HELD];

static int listener = -1;
static size_t held_count;

int64_t worker_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void worker_tick(void)
{
	int64_t now = worker_now_ms();

	while (worker_now_ms() <= now)
		worker_wait(-1, 0, now + 1);
}

static void drop_held(size_t i)
{
	memmove(&held[i], &held[i + 1], (--held_count - i) * sizeof(held[0]));
}

static void hang_up(struct conn *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < held_count; i++) {
		if (held[i].conn != c)
			held[kept++] = held[i];
	}
	held_count = kept;
	close(c->fd);
	c->fd = 0;
	c->n = 0;
}

static void send_all(struct conn *c, const uint8_t *p, size_t n)
{
	while (c->fd && n > 0) {
		ssize_t r = send(c->fd, p, n, MSG_NOSIGNAL);

		if (r <= 0) {
			hang_up(c); /* the front has dropped us */
			return;
		}
		p += r;
		n -= (size_t)r;
	}
}

static void answer(struct conn *c, const struct worker_question *q,
		   const struct worker_line *l)
{
	lw_cleanup(lw_wr_done) struct lw_wr w;
	size_t n;

	lw_wr_heap(&w, LW_REPLY_MAX);
	script_answer(&w, q, l);
	n = (size_t)(w.p - w.base);
	if (l->manner == WORKER_CUT)
		n /= 2;
	if (l->manner != WORKER_CLOSE)
		send_all(c, w.base, n);
	if (l->manner == WORKER_TWICE)
		send_all(c, w.base, n);
	if (c->fd && (l->manner == WORKER_CUT || l->manner == WORKER_CLOSE))
		hang_up(c);
}

static void on_question(struct conn *c, const struct lw_head *h,
			const uint8_t *body)
{
	const struct worker_question *q = script_asked(h, body);
	const struct worker_line *l = script_line(q);

	if (l->manner != WORKER_HOLD && !l->after_ms) {
		answer(c, q, l);
		return;
	}
	assert_true(held_count < HELD);
	held[held_count++] = (struct held) {
		.conn = c,
		.q = *q,
		.line = l->after_ms ? l : NULL,
		.due_ms = worker_now_ms() + l->after_ms,
	};
}

static void on_bytes(struct conn *c)
{
	ssize_t r = recv(c->fd, c->in + c->n, sizeof(c->in) - c->n, 0);
	struct lw_head h;

	if (r <= 0) {
		hang_up(c);
		return;
	}
	c->n += (size_t)r;
	while (c->fd && c->n >= LW_HEAD_SIZE) {
		size_t whole;

		assert_int_equal(lw_head_decode(c->in, 16384, &h), LW_OK);
		whole = LW_HEAD_SIZE + (size_t)h.len;
		if (c->n < whole)
			return;
		on_question(c, &h, c->in + LW_HEAD_SIZE);
		if (!c->fd)
			return;
		c->n -= whole;
		memmove(c->in, c->in + whole, c->n);
	}
}

static void welcome(void)
{
	for (size_t i = 0; i < CONNS; i++) {
		if (!conns[i].fd) {
			conns[i].fd =
				accept4(listener, NULL, NULL, SOCK_CLOEXEC);
			assert_true(conns[i].fd > 0);
			return;
		}
	}
	fail_msg("the front opened more than %d connections", CONNS);
}

/* Answers what is due; when the next one is, or until_ms. */
static int64_t answer_due(int64_t until_ms)
{
	for (size_t i = 0; i < held_count;) {
		struct held h = held[i];

		if (h.line && h.due_ms <= worker_now_ms()) {
			drop_held(i);
			answer(h.conn, &h.q, h.line);
			continue;
		}
		if (h.line && h.due_ms < until_ms)
			until_ms = h.due_ms;
		i++;
	}
	return until_ms;
}

bool worker_wait(int fd, short events, int64_t until_ms)
{
	for (;;) {
		struct pollfd p[2 + CONNS] = {
			{ .fd = fd, .events = events },
			{ .fd = listener, .events = POLLIN },
		};
		int64_t next = answer_due(until_ms) - worker_now_ms();

		for (size_t i = 0; i < CONNS; i++) {
			p[2 + i].fd = conns[i].fd ? conns[i].fd : -1;
			p[2 + i].events = POLLIN;
		}
		if (poll(p, COUNT(p), next > 0 ? (int)next : 0) < 0)
			assert_int_equal(errno, EINTR);
		for (size_t i = 0; i < CONNS; i++) {
			if (p[2 + i].revents && p[2 + i].fd == conns[i].fd)
				on_bytes(&conns[i]);
		}
		if (p[1].revents)
			welcome();
		if (p[0].revents || worker_now_ms() >= until_ms)
			return p[0].revents != 0;
	}
}

void worker_start(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = "jobs" };

	assert_int_equal(listener, -1);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(listener > 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&sun, sizeof(sun)),
			 0);
	assert_int_equal(listen(listener, 16), 0);
}

void worker_stop(void)
{
	for (size_t i = 0; i < CONNS; i++) {
		if (conns[i].fd)
			hang_up(&conns[i]);
	}
	if (listener >= 0)
		close(listener);
	listener = -1;
	unlink("jobs");
}

void worker_forget(void)
{
	held_count = 0;
	script_forget();
}

unsigned int worker_release(const struct worker_line *line)
{
	unsigned int released = 0;

	for (size_t i = 0; i < held_count;) {
		struct held h = held[i];

		if (!script_fits(line, &h.q)) {
			i++;
			continue;
		}
		drop_held(i);
		answer(h.conn, &h.q, line);
		released++;
	}
	return released;
}

void worker_await(enum lw_op op, const char *key, unsigned int n)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (worker_count(op, key) < n) {
		if (worker_now_ms() > until)
			fail_msg("question %d of op %d never came", n, (int)op);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}
