/*
 * test_daemon_sessions.c - lightwavectl sessions: processes that hold what the
 * directory no longer gives. Needs uid 0, for processes of other users.
 *
 * What other tests run on this machine is seen too: the ids here are made of
 * this process's own, and whoever is asked about is asked about alone.
 */
#include "sessions_rig.h"

static void what_is_given_is_not_listed(void **state)
{
	(void)state;
	start(CONF);
	session_of(HE);
	says(sessions("alice@lightwave.test", NULL), 0, "");
	says(sessions("--json", "alice"), 0, "[]\n");
	says(sessions("--pids", "LWAVE\\alice"), 0, "");
}

static void what_was_taken_away_is_listed_at_once(void **state)
{
	char want[512];
	pid_t one, two;

	(void)state;
	start(CONF);
	one = session_of(HE);
	two = session_of(HE);
	take_staff_away();
	snprintf(want, sizeof(want),
		 "alice@lightwave.test\n"
		 "  docker (Staff): %d shell %d shell\n"
		 "  staff@lightwave.test: %d shell %d shell\n",
		 one, two, one, two);
	says(sessions("alice", NULL), 1, want);
	snprintf(want, sizeof(want), "%d\n%d\n", one, two);
	says(sessions("--pids", "alice"), 1, want);
	snprintf(want, sizeof(want),
		 "[{\"uid\":%u,\"user\":\"alice@lightwave.test\","
		 "\"state\":\"active\",\"gid\":998,\"group\":\"docker\","
		 "\"given_to\":\"Staff\",\"processes\":["
		 "{\"pid\":%d,\"comm\":\"shell\"},"
		 "{\"pid\":%d,\"comm\":\"shell\"}]},\n"
		 " {\"uid\":%u,",
		 uids[HE], one, two, uids[HE]);
	assert_int_equal(sessions("--json", "alice"), 1);
	has("%s", want);
	has("\"group\":\"staff@lightwave.test\",\"given_to\":null,"
	    "\"processes\":[{\"pid\":%d,",
	    one);
	/* And among all others' it is listed too. */
	assert_int_equal(sessions(NULL, NULL), 1);
	has("  docker (Staff): %d shell %d shell\n", one, two);
	/* Bob has not got what was taken. */
	says(sessions("bob", NULL), 0, "");
}

static void who_has_ended_holds_nothing(void **state)
{
	(void)state;
	start(CONF);
	holding_zombie(session_of(HE));
	take_staff_away();
	says(sessions("alice", NULL), 0, "");
	holding_stop();
	says(sessions("alice", NULL), 0, "");
}

static void an_effective_gid_is_held_too(void **state)
{
	char want[256];
	pid_t pid;

	(void)state;
	start(CONF);
	pid = holding_as(uids[SHE], gids[PRIMARY], DOCKER);
	assert_int_equal(sessions("bob", NULL), 1);
	snprintf(want, sizeof(want), "bob@lightwave.test\n  docker (Staff): %d",
		 pid);
	has("%s", want);
}

/* As likewise's users were given it: by a line of /etc/group. */
static void who_is_in_the_local_group_himself_has_it(void **state)
{
	pid_t pid;

	(void)state;
	front_write("group", WHEEL "docker:x:998:root,Alice@Lightwave.test\n");
	start(CONF);
	pid = session_of(HE);
	take_staff_away();
	assert_int_equal(sessions("alice", NULL), 1);
	assert_null(strstr(out, "docker"));
	has("  staff@lightwave.test: %d", pid);
}

static void of_a_disabled_user_all_is_listed(void **state)
{
	pid_t pid;

	(void)state;
	start(CONF);
	pid = session_of(HE);
	alice.uac = 2;
	changed[0] = (struct worker_synced) { &alice, { NULL } };
	changes(changed, 1, 101);
	assert_int_equal(sessions("alice", NULL), 1);
	has("alice@lightwave.test, who is disabled\n");
	has("  docker (Staff): %d", pid);
	has("  staff@lightwave.test: %d", pid);
	has("  admins@lightwave.test: %d", pid);
	assert_int_equal(sessions("--json", "alice"), 1);
	has("\"state\":\"disabled\"");
}

static void who_is_gone_is_found_by_uid(void **state)
{
	char uid[16];
	pid_t pid;

	(void)state;
	start(CONF);
	pid = session_of(NOBODY);
	snprintf(uid, sizeof(uid), "%u", uids[NOBODY]);
	assert_int_equal(sessions(uid, NULL), 1);
	has("uid %s, whom the directory no longer has\n", uid);
	has("  staff@lightwave.test: %d shell\n", pid);
	assert_int_equal(sessions("--json", uid), 1);
	has("\"user\":null,\"state\":\"gone\"");
	assert_int_equal(sessions("ghost@lightwave.test", NULL), 2);
	assert_int_equal(sessions("root", NULL), 2);
}

/* sudo -u with -P, newgrp, a service: nobody's by its uid. */
static void a_directorys_gid_elsewhere_is_listed(void **state)
{
	const gid_t groups[] = { 100, gids[STAFF], DOCKER, 0 };
	uint32_t uid = 50000 + (uint32_t)getpid() % 10000;
	pid_t pid;

	(void)state;
	front_write("passwd", ROOT "local:x:7:7::/:/bin/sh\n");
	start(CONF);
	pid = holding_start("service", uid, groups);
	assert_int_equal(sessions(NULL, NULL), 1);
	has("held by uid %u\n  staff@lightwave.test: %d service\n", uid, pid);
	pid = holding_start("own", 7, groups);
	assert_int_equal(sessions(NULL, NULL), 1);
	has("held by uid 7 (local)\n  staff@lightwave.test: %d own\n", pid);
}

/* What a container calls its users is its own; its range is ours as well. */
static void a_containers_own_ids_are_none(void **state)
{
	char uid[16], text[64];
	pid_t pid;

	(void)state;
	start(CONF);
	pid = holding_contained(uids[NOBODY], own_id(NULL, 2, 79));
	snprintf(uid, sizeof(uid), "%u", uids[NOBODY]);
	says(sessions(uid, NULL), 0, "");
	sessions("--pids", NULL);
	snprintf(text, sizeof(text), "%d\n", pid);
	assert_null(strstr(out, text));
	/* But a user's stays his, there too. */
	pid = holding_contained(uids[SHE], gids[STAFF]);
	assert_int_equal(sessions("bob", NULL), 1);
	has("  staff@lightwave.test: %d", pid);
}

static void a_name_moves_no_terminal(void **state)
{
	const gid_t groups[] = { gids[PRIMARY], gids[STAFF], 0 };
	pid_t pid;

	(void)state;
	start(CONF);
	take_staff_away();
	pid = holding_start("a\nGid:\t0\x1b[2J", uids[HE], groups);
	assert_int_equal(sessions("alice", NULL), 1);
	has("  staff@lightwave.test: %d a\\n", pid);
	assert_null(strchr(out, '\x1b'));
	assert_int_equal(sessions("--json", "alice"), 1);
	has("\"comm\":\"a\\\\n");
}

static void by_what_was_known_while_the_directory_is_away(void **state)
{
	pid_t pid;

	(void)state;
	start(CONF);
	pid = holding_as(uids[SHE], gids[PRIMARY], gids[STAFF]);
	worker_stop();
	assert_int_equal(sessions("bob", NULL), 1);
	has("the directory does not answer: compared with what was known ");
	has("  staff@lightwave.test: %d", pid);
}

static void where_nothing_is_known_it_says_so(void **state)
{
	char uid[16];

	(void)state;
	worker_stop();
	daemon_start(CONF);
	session_of(HE);
	snprintf(uid, sizeof(uid), "%u", uids[HE]);
	assert_int_equal(sessions("alice", NULL), 3);
	assert_int_equal(sessions(uid, NULL), 3);
	has("it is not known which groups");
	daemon_stop();
	assert_int_equal(sessions(NULL, NULL), 3);
	has("lightwaved does not answer");
}

static void it_is_called_rightly(void **state)
{
	(void)state;
	start(CONF);
	assert_int_equal(sessions("--kill", NULL), 2);
	assert_int_equal(sessions("alice", "bob"), 2);
	assert_int_equal(sessions("--json", "--pids"), 2);
	has("usage: lightwavectl sessions [--json | --pids] [USER]");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_given_is_not_listed),
		TEST(what_was_taken_away_is_listed_at_once),
		TEST(who_has_ended_holds_nothing),
		TEST(an_effective_gid_is_held_too),
		TEST(who_is_in_the_local_group_himself_has_it),
		TEST(of_a_disabled_user_all_is_listed),
		TEST(who_is_gone_is_found_by_uid),
		TEST(a_directorys_gid_elsewhere_is_listed),
		TEST(a_containers_own_ids_are_none),
		TEST(a_name_moves_no_terminal),
		TEST(by_what_was_known_while_the_directory_is_away),
		TEST(where_nothing_is_known_it_says_so),
		TEST(it_is_called_rightly),
	};
	int failed;

	if (geteuid() != 0) {
		fputs("this test needs uid 0\n", stderr);
		return 1;
	}
	choose_ids();
	front_enter();
	daemon_use(DAEMON_HERE);
	ctl_use(CTL_HERE);
	failed = cmocka_run_group_tests_name("sessions", tests, NULL, NULL);
	front_leave();
	return failed;
}
