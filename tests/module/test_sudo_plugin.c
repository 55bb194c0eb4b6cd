/*
 * test_sudo_plugin.c - who is in a group that a rule of sudoers names, loaded
 * and asked as sudo does it.
 */
#include "check.h"
#include "client.h"
#include "sudo_rig.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void open_yes(struct rig *r)
{
	struct front_reply yes = rig_answer(true);

	rig_open(r, &yes);
}

static void the_front_is_asked_about_just_what_the_rule_says(void **state)
{
	static const char *const groups[] = {
		RIG_GROUP,
		"LIGHTWAVE.LOCAL\\Linux Admins",
		"linux admins@lightwave.local",
		"S-1-7-21-1-2-3-4-1-1025",
		"J\303\274rgens (ops) = !,:#\"%",
	};
	struct rig r;

	(void)state;
	open_yes(&r);
	for (unsigned int i = 0; i < COUNT(groups); i++) {
		const struct front_question *q;

		assert_true(rig_in(&r, groups[i]));
		q = front_question(&r.front, LW_OP_MEMBER, i);
		assert_true(q->priv);
		assert_int_equal(q->what_for, 1);
		assert_int_equal(q->id, RIG_UID);
		assert_string_equal(q->name, RIG_USER);
		assert_string_equal(q->group, groups[i]);
	}
	assert_int_equal(rig_logged() + rig_shown(), 0);
	rig_close(&r);
}

static void a_no_of_the_front_is_a_quiet_no(void **state)
{
	struct front_reply no = rig_answer(false);
	struct rig r;

	(void)state;
	rig_open(&r, &no);
	assert_false(rig_in(&r, RIG_GROUP));
	assert_int_equal(r.front.log->count, 1);
	assert_int_equal(rig_logged() + rig_shown(), 0);
	rig_close(&r);
}

static bool is_shown(enum lw_err e)
{
	return e == LW_OFFLINE || e == LW_OUTDATED || e == LW_NOWORKER;
}

static void only_ok_is_a_yes_and_all_else_is_said(void **state)
{
	(void)state;
	for (enum lw_err e = LW_NOTFOUND; e <= LW_ERR_COUNT; e++) {
		struct front_reply reply = rig_answer(true);
		struct rig r;

		reply.status = e;
		rig_open(&r, &reply);
		assert_false(rig_in(&r, RIG_GROUP));
		assert_int_equal(r.front.log->count, 1);
		assert_int_equal(rig_shown(), is_shown(e));
		if (e == LW_NOTOURS)
			assert_int_equal(rig_logged(), 0);
		else
			assert_non_null(strstr(rig_log(), RIG_USER
					       " counts as not in " RIG_GROUP
					       ": "));
		rig_close(&r);
	}
}

static void without_the_directory_for_too_long_both_hear_why(void **state)
{
	struct front_reply reply = { .status = LW_OUTDATED };
	struct rig r;

	(void)state;
	rig_open(&r, &reply);
	assert_false(rig_in(&r, RIG_GROUP));
	assert_string_equal(rig_log(), "lightwave_sudo: " RIG_USER
				       " counts as not in " RIG_GROUP
				       ": directory away for longer than "
				       "offline_authorization_max");
	assert_string_equal(rig_screen(),
			    "lightwave: the directory has not been reached for "
			    "too long: group " RIG_GROUP
			    " cannot be looked up\n");
	rig_close(&r);
}

static void what_is_not_a_whole_answer_is_a_no(void **state)
{
	struct front_reply yes = rig_answer(true);
	uint8_t body[300] = { 0 };

	(void)state;
	memcpy(body, yes.body, yes.n);
	for (size_t n = 0; n <= yes.n + 1; n++) {
		struct front_reply torn = { .body = body, .n = n };
		struct rig r;

		rig_open(&r, &torn);
		assert_int_equal(rig_in(&r, RIG_GROUP), n == yes.n);
		assert_int_equal(rig_logged(), n != yes.n);
		rig_close(&r);
	}
	for (int first = 2; first <= UINT8_MAX; first++) {
		struct front_reply lie = { .body = body, .n = yes.n };
		struct rig r;

		body[0] = (uint8_t)first;
		rig_open(&r, &lie);
		assert_false(rig_in(&r, RIG_GROUP));
		rig_close(&r);
	}
}

static void a_front_that_breaks_off_or_stops_is_a_no(void **state)
{
	static const enum front_manner manners[] = { FRONT_CUT, FRONT_CLOSE,
						     FRONT_HANG, FRONT_STALL,
						     FRONT_RAW };

	(void)state;
	for (size_t i = 0; i < COUNT(manners); i++) {
		struct front_reply reply = rig_answer(true);
		struct rig r;

		reply.manner = manners[i];
		rig_open(&r, &reply);
		if (reply.manner == FRONT_HANG || reply.manner == FRONT_STALL)
			rig_hurry(RIG_HURRY);
		assert_false(rig_in(&r, RIG_GROUP));
		assert_int_equal(rig_logged(), 1);
		rig_close(&r);
	}
}

/* Whatever the front says, or if it hangs: nothing is logged, so nobody asked.
 */
static void accounts_of_this_machine_are_a_no_at_once(void **state)
{
	static const char *const users[] = { "root", "local",
					     "clash@lightwave.local" };

	(void)state;
	for (int frozen = 0; frozen <= 1; frozen++) {
		struct rig r;

		open_yes(&r);
		if (frozen)
			front_freeze(&r.front);
		for (size_t i = 0; i < COUNT(users); i++) {
			assert_false(rig_asks(&r, RIG_UID, users[i], "a"));
			assert_false(rig_asks(&r, RIG_UID, users[i], "b"));
		}
		assert_false(rig_asks(&r, 0, RIG_USER, RIG_GROUP));
		assert_int_equal(r.front.log->count, 0);
		assert_int_equal(rig_logged() + rig_shown(), 0);
		rig_close(&r);
	}
}

static void without_the_local_files_nobody_is_in(void **state)
{
	struct rig r;

	(void)state;
	open_yes(&r);
	assert_int_equal(unlink("group"), 0);
	assert_false(rig_in(&r, RIG_GROUP));
	assert_non_null(strstr(rig_log(), "/group cannot be read"));
	rig_close(&r);

	open_yes(&r);
	assert_int_equal(unlink("passwd"), 0);
	/* Root's name will do. */
	assert_false(rig_asks(&r, RIG_UID, "root", RIG_GROUP));
	assert_int_equal(rig_logged(), 0);
	assert_false(rig_in(&r, RIG_GROUP));
	assert_int_equal(r.front.log->count, 0);
	assert_non_null(strstr(rig_log(), "/passwd cannot be read"));
	rig_close(&r);
}

static void names_that_cannot_be_ours_are_asked_of_nobody(void **state)
{
	char longest[10241];
	const char *const names[] = { "", "#16778241", longest, "bare" };
	const char *const groups[] = { "", "#16778242", longest, "wheel" };
	struct rig r;

	(void)state;
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	open_yes(&r);
	for (size_t i = 0; i < COUNT(names); i++)
		assert_false(rig_asks(&r, RIG_UID, names[i], RIG_GROUP));
	assert_int_equal(rig_logged(), 0);
	for (unsigned int i = 0; i < COUNT(groups); i++) {
		assert_false(rig_in(&r, groups[i]));
		assert_int_equal(rig_logged(), i + 1);
	}
	assert_false(rig_asks(&r, LW_NEVER, RIG_USER, RIG_GROUP));
	assert_int_equal(r.front.log->count, 0);
	rig_close(&r);
}

static void a_bare_name_is_asked_about_where_it_means_the_domains(void **state)
{
	struct rig r;

	(void)state;
	open_yes(&r);
	front_write("bare", "");
	assert_true(rig_asks(&r, RIG_UID, "alice", RIG_GROUP));
	rig_close(&r);
}

static void what_sudo_leaves_out_is_no_yes(void **state)
{
	const struct front_question *q;
	struct passwd pw = { .pw_uid = RIG_UID,
			     .pw_name = (char[]) { RIG_USER } };
	struct passwd nameless = { .pw_uid = RIG_UID };
	struct rig r;

	(void)state;
	open_yes(&r);
	assert_int_equal(r.plugin->query(NULL, NULL, NULL), 0);
	assert_int_equal(r.plugin->query(NULL, RIG_GROUP, NULL), 0);
	assert_int_equal(r.plugin->query(RIG_USER, NULL, &pw), 0);
	assert_int_equal(r.plugin->query(NULL, RIG_GROUP, &nameless), 0);
	assert_int_equal(r.front.log->count, 0);
	assert_int_equal(r.plugin->query(NULL, RIG_GROUP, &pw), 1);
	/* By name alone: the front finds him. */
	assert_int_equal(r.plugin->query(RIG_USER, RIG_GROUP, NULL), 1);
	q = front_question(&r.front, LW_OP_MEMBER, 1);
	assert_int_equal(q->id, LW_NEVER);
	rig_close(&r);
}

static void only_version_1_of_the_interface_is_spoken(void **state)
{
	struct rig r;

	(void)state;
	open_yes(&r);
	for (unsigned int minor = 0; minor <= 99; minor++) {
		r.plugin->cleanup();
		assert_int_equal(
			r.plugin->init((int)SUDO_API_MKVERSION(1, minor),
				       rig_show, NULL),
			1);
		assert_true(rig_in(&r, RIG_GROUP));
	}
	assert_int_equal(rig_shown(), 0);
	assert_int_equal(
		r.plugin->init((int)SUDO_API_MKVERSION(2, 0), rig_show, NULL),
		-1);
	assert_string_equal(rig_screen(),
			    "lightwave_sudo: incompatible major version 2 of "
			    "the group API, expected 1\n");
	assert_int_equal(r.plugin->init(0, rig_show, NULL), -1);
	assert_int_equal(r.plugin->init(0, NULL, NULL), -1);
	rig_close(&r);
}

static void without_a_way_to_show_it_the_log_has_it(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, NULL);
	assert_int_equal(r.plugin->init(GROUP_API_VERSION, NULL, NULL), 1);
	assert_false(rig_in(&r, RIG_GROUP));
	assert_int_equal(rig_logged(), 1);
	rig_close(&r);
}

static void neither_log_nor_terminal_gets_other_than_plain_ascii(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, NULL);
	assert_false(rig_asks(&r, RIG_UID, "\033[2J@x\nroot", "j\303\274%s\n"));
	assert_string_equal(rig_log(),
			    "lightwave_sudo: ?[2J@x?root counts as not in "
			    "j??%s?: lightwaved does not answer");
	assert_string_equal(rig_screen(),
			    "lightwave: lightwaved does not answer: group "
			    "j??%s? cannot be looked up\n");
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_front_is_asked_about_just_what_the_rule_says),
		cmocka_unit_test(a_no_of_the_front_is_a_quiet_no),
		cmocka_unit_test(only_ok_is_a_yes_and_all_else_is_said),
		cmocka_unit_test(
			without_the_directory_for_too_long_both_hear_why),
		cmocka_unit_test(what_is_not_a_whole_answer_is_a_no),
		cmocka_unit_test(a_front_that_breaks_off_or_stops_is_a_no),
		cmocka_unit_test(accounts_of_this_machine_are_a_no_at_once),
		cmocka_unit_test(without_the_local_files_nobody_is_in),
		cmocka_unit_test(names_that_cannot_be_ours_are_asked_of_nobody),
		cmocka_unit_test(
			a_bare_name_is_asked_about_where_it_means_the_domains),
		cmocka_unit_test(what_sudo_leaves_out_is_no_yes),
		cmocka_unit_test(only_version_1_of_the_interface_is_spoken),
		cmocka_unit_test(without_a_way_to_show_it_the_log_has_it),
		cmocka_unit_test(
			neither_log_nor_terminal_gets_other_than_plain_ascii),
	};
	int failed;

	front_enter();
	failed = cmocka_run_group_tests_name("lightwave_sudo", tests, NULL,
					     NULL);
	front_leave();
	return failed;
}
