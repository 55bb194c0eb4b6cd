/*
 * test_daemon_local_login.c - a login and its local groups: the record of it
 * names them, and there is neither list nor login while they cannot be told.
 * lightwaved has ./passwd and ./group here.
 */
#include "asker.h"
#include "front.h"
#include "journal_rig.h"
#include "login.h"
#include "map_daemon_rig.h"

static int begin_here(void **state)
{
	front_write("passwd", "root:x:0:0:root:/root:/bin/sh\n");
	front_write("group", "root:x:0:\ndocker:x:998:\n");
	return begin(state);
}

static int end_here(void **state)
{
	end(state);
	journal_closes();
	return 0;
}

static void the_record_has_them_and_the_path(void **state)
{
	(void)state;
	journal_opens();
	daemon_journal();
	start_whole("[cache]\nrevocation_max = 3600\n"
		    "[access]\nallow = %admins, bob\n"
		    "[local_groups]\ndocker = Staff\n");
	assert_int_equal(login_account(ALICE), LW_OK);
	take_record();
	record_has("LIGHTWAVE_EVENT=account");
	record_has("LIGHTWAVE_RULE=allow = %admins");
	record_has("LIGHTWAVE_GROUP_SID=" DOMAIN_SID "-100-2001");
	record_has("LIGHTWAVE_GROUP_PATH=staff@lightwave.test > "
		   "admins@lightwave.test");
	record_has("LIGHTWAVE_LOCAL_GROUPS=docker");
	assert_int_equal(login_account(BOB), LW_OK);
	take_record();
	record_has("LIGHTWAVE_RULE=allow = bob");
	record_has_not("LIGHTWAVE_GROUP");
	record_has_not("LIGHTWAVE_LOCAL_GROUPS");
}

/* Which group it is cannot be told: then neither can the list. */
static void what_cannot_be_told_is_an_error(void **state)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	struct asker_got got;

	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &alice } });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .entry = { &staff } });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "operators", .status = LW_OFFLINE });
	daemon_start("[cache]\nreplicate_max = 0\n"
		     "[local_groups]\ndocker = Operators\n");
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OFFLINE);
	/* By its SID nobody has to be asked. */
	daemon_reload("[cache]\nreplicate_max = 0\n"
		      "[local_groups]\ndocker = " DOMAIN_SID "-100-2002"
		      "\n",
		      "configuration read again");
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_true(asker_in_group(&got, 998));
	/* And one that there is not gives nobody anything. */
	worker_say(&(struct worker_line) { .op = LW_OP_FIND, .key = "ghosts" });
	daemon_reload("[cache]\nreplicate_max = 0\n"
		      "[local_groups]\ndocker = Ghosts\n",
		      "configuration read again");
	/* For a moment after it could not say the directory is not asked. */
	while (asker_initgroups(ALICE, &got) == LW_OFFLINE)
		assert_true(worker_now_ms() < until);
	assert_false(asker_in_group(&got, 998));
	daemon_says("docker = Ghosts: no such directory group", 1);
}

/* initgroups(3) would fail, and glibc go on without any group. */
static void a_login_waits_for_what_they_are(void **state)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	(void)state;
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "alice", .entry = { &alice } });
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .entry = { &staff } });
	worker_say(&(struct worker_line) {
		.op = LW_OP_FIND, .key = "operators", .status = LW_OFFLINE });
	daemon_start("[cache]\nreplicate_max = 0\n[access]\nallow = *\n"
		     "[local_groups]\ndocker = Operators\n");
	assert_int_equal(login_account(ALICE), LW_OFFLINE);
	worker_say(
		&(struct worker_line) { .op = LW_OP_FIND, .key = "operators" });
	/* For a moment after it could not say the directory is not asked. */
	while (login_account(ALICE) == LW_OFFLINE)
		assert_true(worker_now_ms() < until);
	assert_int_equal(login_account(ALICE), LW_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_here, end_here)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_record_has_them_and_the_path),
		TEST(what_cannot_be_told_is_an_error),
		TEST(a_login_waits_for_what_they_are),
	};
	int failed;

	front_enter();
	daemon_use(DAEMON_HERE);
	failed = cmocka_run_group_tests_name("local_login", tests, NULL, NULL);
	front_leave();
	return failed;
}
