/*
 * test_map_round.c - a record that has ended, put into a new round, is never
 * believed for the time it had in the one before: whoever of writer and reader
 * is stopped, and between whichever of its instructions.
 */
#include "map_rig.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static enum lw_err ended(struct lw_map_file *f)
{
	return put_user(f, "alice", FIRST, "Alice", LW_MAP_ENDED);
}

/* It is of the last round, which is over, and had no end in it. */
static void begin_another_round(struct lw_map_file *f)
{
	assert_int_equal(put_user(f, "alice", FIRST, "Alice", LW_MAP_FOLLOWED),
			 LW_OK);
	assert_int_equal(user("alice").e, LW_OK);
	lw_map_file_new_round(f);
	assert_int_equal(user("alice").e, LW_OFFLINE);
}

static void begin_stepping(void)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(1);
	raise(SIGSTOP);
}

/* Stopped where it began. */
static void wait_for_begin(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
}

static bool step(pid_t pid, int *ret_status)
{
	assert_int_equal(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
	assert_int_equal(waitpid(pid, ret_status, 0), pid);
	return WIFSTOPPED(*ret_status);
}

static void finish(pid_t pid, int *ret_status)
{
	assert_int_equal(ptrace(PTRACE_CONT, pid, NULL, NULL), 0);
	assert_int_equal(waitpid(pid, ret_status, 0), pid);
}

static void a_writer_that_is_stopped_revives_no_record(void **state)
{
	struct lw_map_file *f = make(true);
	uint32_t steps = 0;
	int status;
	pid_t pid;

	(void)state;
	begin_another_round(f);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		begin_stepping();
		_exit(ended(f) != LW_OK);
	}
	wait_for_begin(pid);
	while (step(pid, &status)) {
		assert_int_equal(user("alice").e, LW_OFFLINE);
		steps++;
	}
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(steps > 20);
	lw_map_file_free(f);
}

static void a_reader_that_is_stopped_revives_no_record(void **state)
{
	struct lw_map_file *f = make(true);
	bool over = false;
	uint32_t n;

	(void)state;
	/* Once more for each place where it can be stopped. */
	for (n = 0; !over; n++) {
		int status = 0;
		pid_t pid;

		begin_another_round(f);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			begin_stepping();
			_exit(user("alice").e != LW_OFFLINE);
		}
		wait_for_begin(pid);
		for (uint32_t i = 0; i < n && !over; i++)
			over = !step(pid, &status);
		assert_int_equal(ended(f), LW_OK);
		if (!over)
			finish(pid, &status);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	assert_true(n > 20);
	lw_map_file_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_writer_that_is_stopped_revives_no_record),
		cmocka_unit_test(a_reader_that_is_stopped_revives_no_record),
	};

	return cmocka_run_group_tests(tests, in_a_folder, away);
}
