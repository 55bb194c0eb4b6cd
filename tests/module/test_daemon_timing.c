/*
 * test_daemon_timing.c - the time that a refusal takes does not tell a wrong
 * password from a name that nobody has, although the directory needs longer
 * for one of them. The priv socket answers uid 0.
 *
 * Two groups of answers are told apart by the test of Mann and Whitney: how
 * often an answer of one group took longer than one of the other, over all
 * pairs, against how often it would by chance.
 */
#include "check.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "worker.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define ALICE	 "alice@lightwave.test"
#define BOB	 "bob@lightwave.test"
#define NOBODY	 "mallory@lightwave.test"
#define TRIES	 200 /* of each of two */
#define ALL	 (2 * TRIES)
#define EVERY_MS 4 /* a question, whatever became of those before */
#define SLOWER	 3 /* ms */
#define P_MAX	 0.01

static const struct lw_entry alice = USER("alice", "100-1025"),
			     bob = USER("bob", "100-1026");

static int begin(void **state)
{
	(void)state;
	worker_forget();
	worker_start();
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &alice } });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "bob", .entry = { &bob } });
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Whom to ask about, and what must come back. */
struct kind {
	const char *user;
	enum lw_err e;
};

struct
try {
	const struct kind *kind;
	int fd;
	int64_t ns; /* when it was asked, then how long it took */
};

static struct try tries[ALL];

/* In an order that is the same in every run. */
static void shuffle(const struct kind kinds[2], uint32_t seed)
{
	for (size_t i = 0; i < ALL; i++)
		tries[i].kind = &kinds[i % 2];
	for (size_t i = ALL; i > 1; i--) {
		const struct kind *k = tries[i - 1].kind;
		size_t other;

		seed ^= seed << 13;
		seed ^= seed >> 17;
		seed ^= seed << 5;
		other = seed % i;
		tries[i - 1].kind = tries[other].kind;
		tries[other].kind = k;
	}
}

static void ask(struct try *t, int all)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = t };

	daemon_listen();
	t->ns = now_ns();
	t->fd = asker_open("priv");
	asker_send_login(t->fd, LW_OP_AUTH, t->kind->user, "p");
	assert_int_equal(epoll_ctl(all, EPOLL_CTL_ADD, t->fd, &ev), 0);
}

/* Take what comes until then; how many did. */
static size_t take(int all, int64_t until_ms)
{
	struct epoll_event ev[16];
	size_t taken = 0;
	int n;

	while (worker_wait(all, POLLIN, until_ms)) {
		n = epoll_wait(all, ev, COUNT(ev), 0);
		for (int i = 0; i < n; i++) {
			struct try *t = ev[i].data.ptr;

			t->ns = now_ns() - t->ns;
			assert_int_equal(asker_status(t->fd), t->kind->e);
			close(t->fd);
			taken++;
		}
	}
	return taken;
}

/* The probability that chance alone makes them differ as much. */
static double p_of(const struct kind kinds[2])
{
	double pairs = (double)TRIES * TRIES, u = 0, sum[2] = { 0 }, z;

	for (size_t i = 0; i < ALL; i++) {
		sum[tries[i].kind == &kinds[1]] += (double)tries[i].ns;
		for (size_t k = 0; k < ALL; k++) {
			if (tries[i].kind != &kinds[0] ||
			    tries[k].kind != &kinds[1])
				continue;
			u += tries[i].ns > tries[k].ns;
			u += tries[i].ns == tries[k].ns ? 0.5 : 0;
		}
	}
	z = (u - pairs / 2) / sqrt(pairs * (ALL + 1) / 12);
	printf("%s %.3f ms, %s %.3f ms: p = %.3g\n", kinds[0].user,
	       sum[0] / TRIES / 1e6, kinds[1].user, sum[1] / TRIES / 1e6,
	       erfc(fabs(z) / sqrt(2)));
	return erfc(fabs(z) / sqrt(2));
}

static double compare(const struct kind kinds[2], uint32_t seed)
{
	int all = epoll_create1(EPOLL_CLOEXEC);
	int64_t until = worker_now_ms();
	size_t answered = 0;

	assert_true(all >= 0);
	shuffle(kinds, seed);
	for (size_t i = 0; i < ALL; i++) {
		ask(&tries[i], all);
		until += EVERY_MS;
		answered += take(all, until);
	}
	until += PATIENCE_MS;
	while (answered < ALL && worker_now_ms() < until)
		answered += take(all, worker_now_ms() + EVERY_MS);
	assert_int_equal(answered, ALL);
	close(all);
	return p_of(kinds);
}

/*
 * Chance alone finds a difference in one run of a hundred, so it takes two in
 * a row to be one.
 */
static bool told_apart(const struct kind kinds[2])
{
	if (compare(kinds, 4711) >= P_MAX)
		return false;
	worker_tick();
	return compare(kinds, 1147) < P_MAX;
}

static void an_unknown_name_and_a_wrong_password_take_as_long(void **state)
{
	static const struct kind kinds[2] = {
		{ NOBODY, LW_NOTFOUND },
		{ ALICE, LW_DENIED },
	};

	(void)state;
	worker_say(&(struct worker_line) { .op = LW_OP_VERDICT,
					   .key = DN_OF("alice"),
					   .after_ms = SLOWER,
					   .status = LW_DENIED });
	daemon_start("");
	assert_false(told_apart(kinds));
}

/* Or the test above would see nothing anyway. */
static void answers_that_are_not_held_back_are_told_apart(void **state)
{
	static const struct kind kinds[2] = {
		{ BOB, LW_OK },
		{ ALICE, LW_OK },
	};
	struct worker_line good = {
		.op = LW_OP_VERDICT,
		.verdict = { .expires_in = LW_NEVER,
			     .ticket = LW_TICKET_NO_KDC },
	};

	(void)state;
	worker_say(&good);
	good.key = DN_OF("alice");
	good.after_ms = SLOWER;
	worker_say(&good);
	daemon_start("");
	assert_true(told_apart(kinds));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_unknown_name_and_a_wrong_password_take_as_long),
		TEST(answers_that_are_not_held_back_are_told_apart),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("timing", tests, NULL, NULL);
	front_leave();
	return failed;
}
