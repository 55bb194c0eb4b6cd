/*
 * test_daemon_cache.c - lightwavectl cache drop: what is dropped is asked for
 * anew, by every program, and told still while nobody can be asked. The priv
 * socket answers uid 0.
 */
#include "check.h"
#include "cleanup.h"
#include "ctl.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "nss_module.h"
#include "worker.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALICE  "alice@lightwave.test"
#define NEWBIE "newbie@lightwave.test"
#define ADMINS "admins@lightwave.test"
#define STAFF  "staff@lightwave.test"
#define DEMAND                                                                 \
	"[cache]\nreplicate_max = 0\nmembership_ttl = 300\n"                   \
	"negative_ttl = 300\n"
/* Changes are not asked for while the test runs. */
#define LATER "[cache]\nrevocation_max = 3600\n"

static struct nss_module nss;

static const struct lw_entry alice = USER("alice", "100-1025"),
			     newbie = USER("newbie", "100-1027"),
			     admins = GROUP("admins", "100-2001"),
			     staff = GROUP("staff", "100-2002");
static struct lw_entry renamed; /* alice, who is called otherwise */

static const struct worker_synced whole[] = {
	{ &admins, { DN_OF("alice") } },
	{ &staff, { NULL } },
	{ &alice, { NULL } },
};
static const struct worker_line everything = { .op = LW_OP_SYNC,
					       .key = "everything",
					       .synced = whole,
					       .synced_n = COUNT(whole),
					       .end = LW_SYNCED_EVERYTHING,
					       .highest = 100 };
static const struct worker_line no_changes = { .op = LW_OP_SYNC,
					       .key = "changes",
					       .end = LW_SYNCED_CHANGES,
					       .highest = 100 };
static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "admins", .entry = { &admins } },
	{ .op = LW_OP_FIND, .key = "staff", .entry = { &staff } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins } },
	{ .op = LW_OP_MEMBERS, .key = DN_OF("admins"), .entry = { &alice } },
};
static const struct worker_line find_renamed = { .op = LW_OP_FIND,
						 .key = "alice",
						 .entry = { &renamed } };
static const struct worker_line find_newbie = { .op = LW_OP_FIND,
						.key = "newbie",
						.entry = { &newbie } };

static ino_t before; /* of the last test's map */

static ino_t map_now(void)
{
	struct stat st;

	return stat("map", &st) == 0 ? st.st_ino : 0;
}

static int begin(void **state)
{
	(void)state;
	renamed = alice;
	renamed.given = lw_str("Alicia");
	before = map_now();
	worker_forget();
	for (size_t i = 0; i < COUNT(facts); i++)
		worker_say(&facts[i]);
	worker_start();
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_stop();
	worker_stop();
	return 0;
}

static void until_published(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (map_now() == before) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

static void start(const char *conf)
{
	daemon_start(conf);
	until_published();
}

static void start_whole(void)
{
	worker_say(&everything);
	worker_say(&no_changes);
	start(LATER);
}

static char said[65536];

static int ctl(const char *verb, const char *one, const char *two)
{
	const char *const args[] = { "cache", verb, one, one ? two : NULL,
				     NULL };

	worker_tick();
	return ctl_run(args, said, sizeof(said));
}

static void drop(const char *one, const char *two)
{
	if (ctl("drop", one, two) != 0)
		fail_msg("%s", said);
	assert_string_equal(said, "");
	worker_tick();
}

/* His gecos as another process has it from the module: map, then socket. */
static void program_sees(const char *name, const char *gecos)
{
	char got[64] = "";
	ssize_t n;
	pid_t pid;
	int p[2];

	assert_int_equal(pipe(p), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		static char buf[1024];
		struct passwd pw = { .pw_gecos = (char[]) { "nobody" } };
		int e;

		nss.getpwnam(name, &pw, buf, sizeof(buf), &e);
		n = write(p[1], pw.pw_gecos, strlen(pw.pw_gecos));
		_exit(n < 0);
	}
	close(p[1]);
	assert_true(worker_wait(p[0], POLLIN, worker_now_ms() + PATIENCE_MS));
	n = read(p[0], got, sizeof(got) - 1);
	assert_true(n >= 0);
	close(p[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_string_equal(got, gecos);
}

static void finds(const char *key, unsigned int n)
{
	assert_int_equal(worker_count(LW_OP_FIND, key), n);
}

static void lists(unsigned int groups, unsigned int members)
{
	assert_int_equal(worker_count(LW_OP_MEMBERSHIPS, DN_OF("alice")),
			 groups);
	assert_int_equal(worker_count(LW_OP_MEMBERS, DN_OF("admins")), members);
}

static void all_is_asked_for(void)
{
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OK);
	assert_int_equal(asker_group(ADMINS, NULL), LW_OK);
	worker_tick();
}

static void a_dropped_user_is_asked_about_anew(void **state)
{
	(void)state;
	start(DEMAND);
	all_is_asked_for();
	program_sees(ALICE, "Al Ice");
	finds("alice", 1);
	worker_say(&find_renamed);
	program_sees(ALICE, "Al Ice");
	finds("alice", 1);
	drop("LIGHTWAVE.TEST\\Alice", NULL);
	program_sees(ALICE, "Alicia Ice");
	finds("alice", 2);
	/* His list too, and nobody else's. */
	all_is_asked_for();
	lists(2, 1);
	program_sees(ALICE, "Alicia Ice");
	finds("alice", 2);
}

static void a_dropped_group_is_asked_about_anew(void **state)
{
	(void)state;
	start(DEMAND);
	all_is_asked_for();
	lists(1, 1);
	drop("admins", NULL);
	all_is_asked_for();
	finds("admins", 1);
	finds("alice", 1);
	lists(1, 2);
}

static void a_user_is_dropped_with_his_groups(void **state)
{
	(void)state;
	start(DEMAND);
	all_is_asked_for();
	assert_int_equal(asker_group(STAFF, NULL), LW_OK);
	drop("--with-groups", ALICE);
	all_is_asked_for();
	finds("alice", 2);
	lists(2, 2);
	assert_int_equal(asker_group(STAFF, NULL), LW_OK);
	finds("staff", 1);
}

static void that_nobody_has_a_name_is_dropped(void **state)
{
	(void)state;
	start(DEMAND);
	program_sees(NEWBIE, "nobody");
	worker_say(&find_newbie);
	program_sees(NEWBIE, "nobody");
	finds("newbie", 1);
	drop(NEWBIE, NULL);
	program_sees(NEWBIE, "Al Ice");
	finds("newbie", 2);
}

static void all_is_dropped(void **state)
{
	(void)state;
	start(DEMAND);
	all_is_asked_for();
	program_sees(NEWBIE, "nobody");
	worker_say(&find_newbie);
	worker_say(&find_renamed);
	drop("--all", NULL);
	program_sees(ALICE, "Alicia Ice");
	program_sees(NEWBIE, "Al Ice");
	all_is_asked_for();
	finds("alice", 2);
	lists(2, 2);
}

static void what_was_dropped_is_better_than_nothing(void **state)
{
	struct asker_got got;

	(void)state;
	start(DEMAND);
	all_is_asked_for();
	drop("--with-groups", ALICE);
	drop("--all", NULL);
	worker_stop();
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OK);
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_true(asker_in_group(&got, ID(2001)));
	program_sees(ALICE, "Al Ice");
	daemon_kill();
	program_sees(ALICE, "Al Ice");
}

static void of_a_replica_each_is_asked_about_once(void **state)
{
	(void)state;
	start_whole();
	all_is_asked_for();
	finds(NULL, 0);
	drop("--with-groups", ALICE);
	all_is_asked_for();
	finds("alice", 1);
	lists(1, 1);
	/* They said what the replica has: it is believed again. */
	all_is_asked_for();
	finds(NULL, 1);
	lists(1, 1);
}

static void what_is_otherwise_is_told_otherwise(void **state)
{
	struct asker_got got;

	(void)state;
	start_whole();
	program_sees(ALICE, "Al Ice");
	worker_say(&find_renamed);
	worker_say(&(struct worker_line) { .op = LW_OP_MEMBERSHIPS,
					   .entry = { &staff } });
	program_sees(ALICE, "Al Ice");
	drop(ALICE, NULL);
	program_sees(ALICE, "Alicia Ice");
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_true(asker_in_group(&got, ID(2002)));
	assert_false(asker_in_group(&got, ID(2001)));
	/* And who is let in by it is no one whom the directory has put out. */
	assert_int_equal(login_account(ALICE), LW_FORBIDDEN);
}

static void a_dropped_replica_is_read_anew(void **state)
{
	static const struct worker_synced now[] = {
		{ &admins, { NULL } },
		{ &staff, { DN_OF("alice") } },
		{ &renamed, { NULL } },
	};
	struct asker_got got;

	(void)state;
	start_whole();
	worker_say(&(struct worker_line) {
		.op = LW_OP_SYNC, .key = "everything", .manner = WORKER_HOLD });
	drop("--all", NULL);
	worker_await(LW_OP_SYNC, "everything", 2);
	/* Until it is there, each is asked about. */
	program_sees(ALICE, "Al Ice");
	finds("alice", 1);
	worker_release(&(struct worker_line) { .op = LW_OP_SYNC,
					       .synced = now,
					       .synced_n = COUNT(now),
					       .end = LW_SYNCED_EVERYTHING,
					       .highest = 101 });
	daemon_says("the directory is known whole", 2);
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_true(asker_in_group(&got, ID(2002)));
	program_sees(ALICE, "Alicia Ice");
	finds("alice", 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_dropped_user_is_asked_about_anew),
		TEST(a_dropped_group_is_asked_about_anew),
		TEST(a_user_is_dropped_with_his_groups),
		TEST(that_nobody_has_a_name_is_dropped),
		TEST(all_is_dropped),
		TEST(what_was_dropped_is_better_than_nothing),
		TEST(of_a_replica_each_is_asked_about_once),
		TEST(what_is_otherwise_is_told_otherwise),
		TEST(a_dropped_replica_is_read_anew),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	nss_module_load(&nss);
	failed = cmocka_run_group_tests_name("cache", tests, NULL, NULL);
	front_leave();
	return failed;
}
