/*
 * test_pool.c - jobs, their queue and their workers, as the front sees them
 * over its connection. The workers are ends of sockets that the test holds.
 */
#include "unit.h"

#include "cleanup.h"
#include "clock.h"
#include "master.h"
#include "spawn.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define PATIENCE_MS 20000
#define PART	    (64 * 1024)
#define TOO_MUCH    (24 * 1024 * 1024)

/* ---- what surrounds a pool --------------------------------------------- */
static int worker[8]; /* our ends */
static unsigned int workers, ended;
static bool no_memory;

/* A process that does nothing: it is there to be killed. */
enum lw_err lw_spawn(const struct lw_setup *s, const char *name, uint32_t cell,
		     pid_t *ret_pid, int *ret_fd)
{
	int pair[2];

	(void)s;
	(void)name;
	(void)cell;
	assert_true(workers < COUNT(worker));
	assert_int_equal(socketpair(AF_UNIX,
				    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
				    0, pair),
			 0);
	*ret_pid = fork();
	assert_true(*ret_pid >= 0);
	if (*ret_pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	*ret_fd = pair[0];
	worker[workers++] = pair[1];
	return LW_OK;
}

bool lw_watch_question(struct lw_watch *w, bool waits)
{
	(void)w;
	(void)waits;
	return true;
}

void lw_watch_ended(struct lw_watch *w, const struct lw_job *j,
		    const struct lw_body *answer)
{
	(void)w;
	(void)j;
	(void)answer;
	ended++;
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	if (no_memory && size == sizeof(struct lw_job))
		return NULL;
	return __real_calloc(n, size);
}

static struct lw_config config = { .timeout = 5 };

static void make_pool(struct lw_master *m, struct lw_pool *p, size_t n,
		      int64_t budget_ms)
{
	*p = (struct lw_pool) { .name = "test",
				.setup = &m->setup,
				.base = m->base };
	assert_int_equal(lw_pool_init(p), LW_OK);
	lw_pool_configure(p, n, budget_ms);
}

/* Lookups have no worker at all, and what is followed has one. */
static int begin(void **state)
{
	struct lw_master *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->base = event_base_new();
	m->setup.config = &config;
	m->setup.servers = lw_servers_new();
	m->setup.ticket_dir = "/nonexistent";
	make_pool(m, &m->lookups, 0, 60000);
	make_pool(m, &m->pam, 0, 60000);
	make_pool(m, &m->logins, 0, 200);
	make_pool(m, &m->sync, 1, 60000);
	make_pool(m, &m->tests, 0, 60000);
	ended = 0;
	*state = m;
	return 0;
}

static int end(void **state)
{
	struct lw_master *m = *state;

	while (LIST_FIRST(&m->peers))
		lw_peer_free(LIST_FIRST(&m->peers));
	lw_pool_done(&m->lookups);
	lw_pool_done(&m->pam);
	lw_pool_done(&m->logins);
	lw_pool_done(&m->sync);
	lw_pool_done(&m->tests);
	lw_servers_free(m->setup.servers);
	event_base_free(m->base);
	free(m);
	while (workers > 0)
		close(worker[--workers]);
	return 0;
}

/* The front's end of a new connection. */
static int connect_front(struct lw_master *m)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX,
				    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
				    0, pair),
			 0);
	lw_peer_new(m, pair[0]);
	return pair[1];
}

static void turn(struct lw_master *m)
{
	event_base_loop(m->base, EVLOOP_NONBLOCK);
}

/* All n bytes, one way or the other, while the master does its work. */
static void move(struct lw_master *m, int fd, uint8_t *p, size_t n, bool write)
{
	int64_t until = lw_mono_ms() + PATIENCE_MS;

	while (n > 0) {
		ssize_t some = write ? send(fd, p, n, MSG_NOSIGNAL)
				     : recv(fd, p, n, 0);

		assert_true(some > 0 || (some < 0 && errno == EAGAIN));
		assert_true(lw_mono_ms() < until);
		if (some > 0) {
			p += some;
			n -= (size_t)some;
		}
		turn(m);
	}
}

static void send_head(struct lw_master *m, int fd, struct lw_head h)
{
	uint8_t head[LW_HEAD_SIZE];
	struct lw_wr w;

	lw_wr_init(&w, head, sizeof(head));
	lw_msg_begin(&w, (enum lw_op)h.op, h.id);
	lw_put_u32(head, h.len);
	move(m, fd, head, sizeof(head), true);
}

static void ask(struct lw_master *m, int fd, uint16_t op, uint32_t id)
{
	send_head(m, fd, (struct lw_head) { 0, op, id });
}

static struct lw_head receive_head(struct lw_master *m, int fd, size_t max)
{
	uint8_t head[LW_HEAD_SIZE];
	struct lw_head h;

	move(m, fd, head, sizeof(head), false);
	assert_int_equal(lw_head_decode(head, max, &h), LW_OK);
	return h;
}

static void assert_status(struct lw_master *m, int fd, uint32_t id,
			  enum lw_err e)
{
	struct lw_head h = receive_head(m, fd, 4);
	uint8_t body[4];

	assert_int_equal(h.id, id);
	assert_int_equal(h.len, 4);
	move(m, fd, body, 4, false);
	assert_int_equal(body[3], e);
}

static bool readable(struct lw_master *m, int fd)
{
	uint8_t byte;

	turn(m);
	return recv(fd, &byte, 1, MSG_PEEK) == 1;
}

/* ---- what holds -------------------------------------------------------- */
static void beyond_the_queue_there_is_an_answer_at_once(void **state)
{
	struct lw_master *m = *state;
	lw_cleanup(lw_close) int front = connect_front(m);

	for (uint32_t i = 1; i <= LW_POOL_QUEUE; i++)
		ask(m, front, LW_OP_FIND, i);
	assert_false(readable(m, front));
	assert_int_equal(m->lookups.queued, LW_POOL_QUEUE);
	ask(m, front, LW_OP_FIND, 7777);
	assert_status(m, front, 7777, LW_NOMEM);
	assert_int_equal(m->lookups.queued, LW_POOL_QUEUE);
	assert_int_equal(ended, 1);
	/* Logins have a queue of their own. */
	ask(m, front, LW_OP_FIND | LW_OP_LOGIN, 8888);
	assert_false(readable(m, front));
	assert_int_equal(m->pam.queued, 1);
}

static void what_waited_too_long_gets_an_answer(void **state)
{
	struct lw_master *m = *state;
	lw_cleanup(lw_close) int front = connect_front(m);

	ask(m, front, LW_OP_VERDICT, 1);
	ask(m, front, LW_OP_VERDICT, 2);
	assert_status(m, front, 1, LW_NOMEM);
	assert_status(m, front, 2, LW_NOMEM);
	assert_int_equal(m->logins.queued, 0);
	assert_int_equal(ended, 2);
}

static void without_memory_whoever_asks_is_told(void **state)
{
	struct lw_master *m = *state;
	lw_cleanup(lw_close) int front = connect_front(m);
	struct lw_body b = { .h = { .op = LW_OP_FIND } };

	no_memory = true;
	ask(m, front, LW_OP_FIND, 5);
	assert_status(m, front, 5, LW_NOMEM);
	b.p = malloc(1);
	assert_int_equal(lw_pool_submit(&m->lookups, NULL, &b), LW_NOMEM);
	no_memory = false;
	assert_non_null(b.p); /* not taken */
	assert_int_equal(ended, 0);
	assert_int_equal(lw_pool_submit(&m->lookups, NULL, &b), LW_OK);
	assert_null(b.p);
}

/* The worker that read for him is of no use to the next one. */
static void when_who_asked_is_gone_the_next_one_s_turn_comes(void **state)
{
	struct lw_master *m = *state;
	lw_cleanup(lw_close) int a = connect_front(m), b = connect_front(m);

	ask(m, a, LW_OP_SYNC, 1);
	assert_int_equal(receive_head(m, worker[0], 0).op, LW_OP_SYNC);
	ask(m, b, LW_OP_SYNC, 2);
	assert_int_equal(m->sync.queued, 1);
	lw_close(&a);
	a = -1;
	while (workers < 2)
		turn(m);
	assert_int_equal(m->sync.queued, 0);
	assert_int_equal(receive_head(m, worker[1], 0).op, LW_OP_SYNC);
}

struct part {
	uint8_t p[LW_HEAD_SIZE + PART];
	size_t sent, got; /* of all of them, one after the other */
};

static bool push(int fd, struct part *part)
{
	size_t at = part->sent % sizeof(part->p);
	ssize_t n = send(fd, part->p + at, sizeof(part->p) - at, MSG_NOSIGNAL);

	assert_true(n > 0 || (n < 0 && errno == EAGAIN));
	part->sent += n > 0 ? (size_t)n : 0;
	return n > 0;
}

/* As much as the master takes while nobody reads it. */
static void fill(struct lw_master *m, struct part *part)
{
	int vain = 0;

	while (vain < 3 && part->sent < TOO_MUCH) {
		vain = push(worker[0], part) ? 0 : vain + 1;
		turn(m);
	}
}

static void read_all_of_it(struct lw_master *m, int fd, struct part *part)
{
	int64_t until = lw_mono_ms() + PATIENCE_MS;
	static uint8_t some[PART];

	while (part->got < part->sent || part->sent % sizeof(part->p)) {
		ssize_t n = recv(fd, some, sizeof(some), 0);

		assert_true(n > 0 || (n < 0 && errno == EAGAIN));
		assert_true(lw_mono_ms() < until);
		part->got += n > 0 ? (size_t)n : 0;
		if (part->sent % sizeof(part->p))
			push(worker[0], part);
		turn(m);
	}
}

static void a_long_answer_waits_for_who_reads_it(void **state)
{
	struct lw_master *m = *state;
	lw_cleanup(lw_close) int front = connect_front(m);
	struct part *part = calloc(1, sizeof(*part));
	struct lw_head h;
	struct lw_wr w;

	assert_non_null(part);
	ask(m, front, LW_OP_SYNC, 9);
	h = receive_head(m, worker[0], 0);
	lw_wr_init(&w, part->p, sizeof(part->p));
	lw_msg_begin(&w, (enum lw_op)(h.op | LW_OP_INTERIM), h.id);
	lw_put_u32(part->p, PART);
	fill(m, part);
	print_message("%zu KiB taken, %zu KiB kept\n", part->sent / 1024,
		      LIST_FIRST(&m->peers)->stream.waiting / 1024);
	assert_true(part->sent >= LW_STREAM_FULL);
	assert_true(part->sent < 8 * LW_STREAM_FULL);
	assert_true(LIST_FIRST(&m->peers)->stream.waiting < 2 * LW_STREAM_FULL);
	/* He reads, and all of it comes, with what comes after it. */
	read_all_of_it(m, front, part);
	h.len = 0;
	send_head(m, worker[0], h);
	assert_int_equal(receive_head(m, front, 0).id, 9);
	assert_int_equal(ended, 1);
	free(part);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			beyond_the_queue_there_is_an_answer_at_once, begin,
			end),
		cmocka_unit_test_setup_teardown(
			what_waited_too_long_gets_an_answer, begin, end),
		cmocka_unit_test_setup_teardown(
			without_memory_whoever_asks_is_told, begin, end),
		cmocka_unit_test_setup_teardown(
			when_who_asked_is_gone_the_next_one_s_turn_comes, begin,
			end),
		cmocka_unit_test_setup_teardown(
			a_long_answer_waits_for_who_reads_it, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
