/*
 * test_creds.c - lightwaved-creds over its socket: whom it answers, and what it
 * costs.
 */
#include "asker.h"
#include "cleanup.h"
#include "creds_rig.h"
#include "front.h"
#include "worker.h"

#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static void it_says_who_may_log_in(void **state)
{
	uint32_t age = 99;

	(void)state;
	assert_int_equal(check(ALICE, "one"), LW_DENIED);
	store(ALICE, "one");
	keeper_clock(2 * DAY);
	assert_int_equal(keeper_ask(LW_OP_CREDS_CHECK, ALICE, "one", &age),
			 LW_OK);
	assert_true(age >= 2 * DAY && age < 2 * DAY + 60);
	assert_int_equal(check(ALICE, "two"), LW_DENIED);
	assert_int_equal(check(BOB, "one"), LW_DENIED);
	assert_int_equal(check("", "one"), LW_DENIED);
	assert_int_equal(keeper_ask(LW_OP_CREDS_DROP, ALICE, "", NULL), LW_OK);
	assert_int_equal(check(ALICE, "one"), LW_DENIED);
	assert_false(keeper_has(ALICE));
}

static void its_files_are_its_own(void **state)
{
	static const char *const names[] = { "pepper", "clock", ALICE };
	struct stat st;

	(void)state;
	store(ALICE, "one");
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(stat(keeper_path(names[i]), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
}

/* Whatever the mode of the socket says. */
static void another_user_is_not_heard(void **state)
{
	pid_t child;
	int status;

	(void)state;
	store(ALICE, "one");
	assert_int_equal(chmod("creds", 0666), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		uint8_t byte;
		int fd;

		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(2);
		/* It may be closed before a question is sent. */
		fd = asker_open("creds");
		(void)!send(fd, "\0", 1, MSG_NOSIGNAL);
		_exit(read(fd, &byte, 1) > 0 ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	keeper_says("of uid 65534 may not ask us", 1);
	assert_int_equal(check(ALICE, "one"), LW_OK);
}

static void what_is_no_question_is_the_end(void **state)
{
	static const enum lw_op ops[] = { LW_OP_AUTH, LW_OP_VERDICT,
					  (enum lw_op)79, (enum lw_op)85 };

	(void)state;
	for (size_t i = 0; i < COUNT(ops); i++) {
		lw_cleanup(lw_close) int fd = keeper_send(ops[i], ALICE, "one");

		assert_int_equal(asker_status(fd), LW_PROTO);
		asker_sees_end(fd);
	}
	for (size_t n = 0; n <= LW_CREDS_BODY_MAX + 1;
	     n += LW_CREDS_BODY_MAX + 1) {
		static const char junk[LW_CREDS_BODY_MAX + 1];
		lw_cleanup(lw_close) int fd = asker_open("creds");

		asker_send_body(fd, LW_OP_CREDS_STORE, junk, n);
		if (n == 0)
			assert_int_equal(asker_status(fd), LW_PROTO);
		asker_sees_end(fd);
	}
	assert_int_equal(check(ALICE, "one"), LW_DENIED);
}

/* Half a question keeps nobody from asking. */
static void who_is_slow_waits_alone(void **state)
{
	lw_cleanup(lw_close) int slow = asker_open("creds");

	(void)state;
	asker_send(slow, "\0\0\0\x20\0", 5);
	store(ALICE, "one");
	assert_int_equal(check(ALICE, "one"), LW_OK);
	assert_false(asker_has_answer(slow));
}

/* Each in its turn: many at once are all answered. */
static void what_is_asked_at_once_is_answered_one_by_one(void **state)
{
	int fd[12];

	(void)state;
	store(ALICE, "one");
	for (size_t i = 0; i < COUNT(fd); i++)
		fd[i] = keeper_send(LW_OP_CREDS_CHECK, ALICE,
				    i % 2 ? "one" : "two");
	for (size_t i = 0; i < COUNT(fd); i++) {
		assert_int_equal(keeper_take(fd[i], LW_OP_CREDS_CHECK, NULL),
				 i % 2 ? LW_OK : LW_DENIED);
		close(fd[i]);
	}
}

/* Seconds of the processor, on which nobody else's work counts. */
static double spent(void)
{
	struct timespec ts;
	clockid_t id;

	assert_int_equal(clock_getcpuclockid(keeper_pid(), &id), 0);
	assert_int_equal(clock_gettime(id, &ts), 0);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double cost(const char *sid, const char *password)
{
	double before = spent();

	assert_int_equal(check(sid, password), LW_DENIED);
	return spent() - before;
}

/* Wrong, unknown, nobody's, paused: the same work for each. */
static void a_refusal_costs_the_same_whatever_its_reason(void **state)
{
	double wrong = 1e9, unknown = 1e9, nobody = 1e9, paused = 1e9;

	(void)state;
	store(ALICE, "one");
	for (int i = 0; i < 4; i++) {
		wrong = fmin(wrong, cost(ALICE, "two"));
		unknown = fmin(unknown, cost(BOB, "two"));
		nobody = fmin(nobody, cost("", "two"));
	}
	assert_int_equal(check(ALICE, "two"), LW_DENIED);
	for (int i = 0; i < 4; i++)
		paused = fmin(paused, cost(ALICE, "one"));
	assert_true(wrong > 0.005);
	assert_true(unknown > wrong / 2 && unknown < wrong * 2);
	assert_true(nobody > wrong / 2 && nobody < wrong * 2);
	assert_true(paused > wrong / 2 && paused < wrong * 2);
}

/* In KB. */
static long memory(const char *what)
{
	lw_cleanup(lw_fclose) FILE *f = NULL;
	char path[64], line[128];
	long n = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)keeper_pid());
	f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (!strncmp(line, what, strlen(what)))
			n = strtol(line + strlen(what), NULL, 10);
	}
	return n;
}

static void it_is_large_only_while_it_works(void **state)
{
	(void)state;
	store(ALICE, "one");
	assert_int_equal(check(ALICE, "one"), LW_OK);
	assert_true(memory("VmHWM:") > 64 * 1024);
	assert_true(memory("VmRSS:") < memory("VmHWM:") - 60 * 1024);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_says_who_may_log_in),
		TEST(its_files_are_its_own),
		TEST(another_user_is_not_heard),
		TEST(what_is_no_question_is_the_end),
		TEST(who_is_slow_waits_alone),
		TEST(what_is_asked_at_once_is_answered_one_by_one),
		TEST(a_refusal_costs_the_same_whatever_its_reason),
		TEST(it_is_large_only_while_it_works),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: nobody else has another user to be");
		return 77;
	}
	front_enter();
	failed = cmocka_run_group_tests_name("creds", tests, NULL, NULL);
	front_leave();
	return failed;
}
