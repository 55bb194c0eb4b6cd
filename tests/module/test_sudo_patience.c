/*
 * test_sudo_patience.c - how long a run of sudo waits for the front, however
 * many rules ask, and how long an answer is good for.
 */
#include "check.h"
#include "client.h"
#include "sudo_rig.h"

#include <stdio.h>
#include <unistd.h>

#define MANY 2000 /* rules in one file */

static void open_yes(struct rig *r)
{
	struct front_reply yes = rig_answer(true);

	rig_open(r, &yes);
}

/* sudo -l with many rules, and the user reads one line. */
static void many_failures_are_few_lines(void **state)
{
	struct front_reply reply = { .status = LW_OFFLINE };
	struct rig r;

	(void)state;
	rig_open(&r, &reply);
	for (char c = 'a'; c <= 'z'; c++)
		assert_false(rig_in(&r, (char[]) { c, '\0' }));
	assert_int_equal(rig_shown(), 1);
	assert_in_range(rig_logged(), 1, 8);
	rig_later(10);
	assert_false(rig_in(&r, RIG_GROUP));
	assert_int_equal(rig_shown(), 2);
	rig_close(&r);
}

static void a_slow_answer_is_taken(void **state)
{
	struct front_reply reply = rig_answer(true);
	struct rig r;

	(void)state;
	reply.manner = FRONT_DRIP;
	rig_open(&r, &reply);
	assert_true(rig_in(&r, RIG_GROUP));
	rig_close(&r);
}

static void asks_of_many_groups(struct rig *r)
{
	char group[32];

	for (int i = 0; i < MANY; i++) {
		snprintf(group, sizeof(group), "group %d", i);
		assert_false(rig_in(r, group));
	}
}

/* One that reads and says nothing, and one that does not even read. */
static void many_rules_wait_for_a_hung_front_once(void **state)
{
	struct front_reply hang = { .manner = FRONT_HANG };

	(void)state;
	for (int frozen = 0; frozen <= 1; frozen++) {
		int64_t began = front_now_ms();
		struct rig r;

		rig_open(&r, &hang);
		if (frozen)
			front_freeze(&r.front);
		rig_hurry(RIG_HURRY);
		asks_of_many_groups(&r);
		assert_true(front_now_ms() - began < 3 * LW_SUDO_BUDGET_MS);
		assert_in_range(r.front.log->count, 0, 1);
		assert_int_equal(rig_logged(), 1);
		assert_int_equal(rig_shown(), 1);
		rig_close(&r);
	}
}

static void an_absent_front_is_a_no_and_is_not_awaited(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, NULL);
	asks_of_many_groups(&r);
	assert_int_equal(rig_logged(), 1);
	assert_string_equal(rig_screen(),
			    "lightwave: lightwaved does not answer: group "
			    "group 0 cannot be looked up\n");
	rig_close(&r);
}

static void a_sudo_that_lives_on_asks_again_after_a_pause(void **state)
{
	struct front_reply yes = rig_answer(true);
	struct rig r;

	(void)state;
	rig_open(&r, NULL);
	assert_false(rig_in(&r, RIG_GROUP));
	front_start(&r.front, &yes, 1);
	assert_false(rig_in(&r, "another"));
	rig_later(10);
	assert_true(rig_in(&r, RIG_GROUP));
	rig_close(&r);
}

/*
 * Between two rules its user can halt sudo: one that keeps him out must not
 * have gone unanswered when one that lets him in is asked.
 */
static void what_was_lacking_is_asked_before_anything_else(void **state)
{
	struct front_reply yes = rig_answer(true);
	struct rig r;

	(void)state;
	rig_open(&r, NULL);
	assert_false(rig_in(&r, "kept out"));
	front_start(&r.front, &yes, 1);
	rig_later(10);
	assert_false(rig_in(&r, RIG_GROUP));
	assert_false(rig_asks(&r, RIG_UID + 1, RIG_USER, "kept out"));
	assert_true(rig_in(&r, "kept out"));
	rig_later(2);
	assert_true(rig_in(&r, RIG_GROUP));
	rig_close(&r);
}

/* Left by one that was killed: nobody listens there. */
static void leave_dead_socket(void)
{
	struct front f;

	front_start(&f, NULL, 0);
	assert_int_equal(rename(LW_PRIV_SOCKET, "saved"), 0);
	front_stop(&f);
	assert_int_equal(rename("saved", LW_PRIV_SOCKET), 0);
}

static void let_it_listen(void)
{
	assert_int_equal(rename("living", LW_PRIV_SOCKET), 0);
	rig_at_wait(NULL);
}

static void a_front_that_starts_again_is_awaited(void **state)
{
	struct front_reply yes = rig_answer(true);
	struct rig r;

	(void)state;
	rig_open(&r, NULL);
	front_start(&r.front, &yes, 1);
	assert_int_equal(rename(LW_PRIV_SOCKET, "living"), 0);
	leave_dead_socket();
	rig_at_wait(let_it_listen);
	assert_true(rig_in(&r, RIG_GROUP));
	rig_close(&r);
}

static void one_that_does_not_start_is_awaited_once(void **state)
{
	int64_t began;
	struct rig r;

	(void)state;
	rig_open(&r, NULL);
	leave_dead_socket();
	rig_hurry(RIG_HURRY);
	began = front_now_ms();
	asks_of_many_groups(&r);
	assert_in_range(front_now_ms() - began, LW_SUDO_START_MS,
			3 * LW_SUDO_START_MS);
	assert_int_equal(rig_logged(), 1);
	rig_close(&r);
}

/* A front that lives, before a directory that does not. */
static void slow_failures_use_up_the_time_of_all_rules(void **state)
{
	struct front_reply reply = { .status = LW_OFFLINE,
				     .manner = FRONT_DRIP };
	struct rig r;

	(void)state;
	rig_open(&r, &reply);
	rig_hurry(RIG_SLOW);
	asks_of_many_groups(&r);
	assert_in_range(r.front.log->count, 1,
			LW_SUDO_BUDGET_MS / 1000 / RIG_SLOW_S);
	rig_close(&r);
}

static void one_group_in_many_rules_is_one_question(void **state)
{
	struct rig r;

	(void)state;
	open_yes(&r);
	for (int i = 0; i < MANY; i++)
		assert_true(rig_in(&r, RIG_GROUP));
	assert_int_equal(r.front.log->count, 1);
	assert_true(rig_in(&r, "linux admins"));
	assert_true(rig_asks(&r, RIG_UID + 1, RIG_USER, RIG_GROUP));
	assert_true(rig_asks(&r, RIG_UID, "bob@lightwave.local", RIG_GROUP));
	assert_int_equal(r.front.log->count, 4);
	r.plugin->cleanup();
	assert_true(rig_in(&r, RIG_GROUP));
	assert_int_equal(r.front.log->count, 5);
	rig_close(&r);
}

/* A sudo that intercepts commands runs for hours. */
static void an_answer_does_not_outlive_the_moment(void **state)
{
	struct front_reply no = rig_answer(false);
	struct rig r;

	(void)state;
	open_yes(&r);
	assert_true(rig_in(&r, RIG_GROUP));
	front_stop(&r.front);
	no = rig_answer(false);
	front_start(&r.front, &no, 1);
	rig_later(2);
	assert_false(rig_in(&r, RIG_GROUP));
	assert_int_equal(r.front.log->count, 1);
	rig_close(&r);
}

static void who_is_local_by_now_is_asked_about_no_more(void **state)
{
	struct rig r;

	(void)state;
	open_yes(&r);
	assert_true(rig_in(&r, RIG_GROUP));
	front_write("passwd", RIG_USER ":x:1500:1500::/:/bin/sh\n");
	rig_later(2);
	assert_false(rig_in(&r, RIG_GROUP));
	assert_int_equal(r.front.log->count, 1);
	rig_close(&r);
}

static void more_groups_than_are_remembered_are_asked_for(void **state)
{
	char group[32];
	struct rig r;

	(void)state;
	open_yes(&r);
	for (int i = 0; i < MANY; i++) {
		snprintf(group, sizeof(group), "group %d", i);
		assert_true(rig_in(&r, group));
	}
	assert_int_equal(r.front.log->count, MANY);
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_failures_are_few_lines),
		cmocka_unit_test(a_slow_answer_is_taken),
		cmocka_unit_test(many_rules_wait_for_a_hung_front_once),
		cmocka_unit_test(an_absent_front_is_a_no_and_is_not_awaited),
		cmocka_unit_test(a_sudo_that_lives_on_asks_again_after_a_pause),
		cmocka_unit_test(
			what_was_lacking_is_asked_before_anything_else),
		cmocka_unit_test(a_front_that_starts_again_is_awaited),
		cmocka_unit_test(one_that_does_not_start_is_awaited_once),
		cmocka_unit_test(slow_failures_use_up_the_time_of_all_rules),
		cmocka_unit_test(one_group_in_many_rules_is_one_question),
		cmocka_unit_test(an_answer_does_not_outlive_the_moment),
		cmocka_unit_test(who_is_local_by_now_is_asked_about_no_more),
		cmocka_unit_test(more_groups_than_are_remembered_are_asked_for),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("lightwave_sudo patience", tests,
					     NULL, NULL);
	front_leave();
	return failed;
}
