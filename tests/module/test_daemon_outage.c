/*
 * test_daemon_outage.c - how long what is known lasts while the directory is
 * away: offline_authorization_max for what gives rights, offline_max for all
 * of it; in the daemon, in the map, and as people are told. The priv socket
 * answers uid 0.
 */
#include "check.h"
#include "ctl.h"
#include "daemon.h"
#include "front.h"
#include "login.h"
#include "nss_module.h"
#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALICE  "alice@lightwave.test"
#define NOBODY "nobody@lightwave.test"
#define ADMINS "admins@lightwave.test"
/* Changes are asked for every 0.5 to 0.8 s. */
#define SOON   "[access]\nallow = *\n[cache]\nrevocation_max = 1\n"
#define DEMAND "[access]\nallow = *\n[cache]\nreplicate_max = 0\nttl = 1\n"
#define LONG   "offline_max = 7200\noffline_authorization_max = 3600\n"
#define RIGHTS "offline_max = 7200\noffline_authorization_max = 1\n"
#define RIGHTS_ENDED                                                           \
	"s, longer than offline_authorization_max: groups are not told, and "  \
	"nobody may log in until it answers"
#define SHORT "offline_max = 1\nnegative_ttl = 0\n"

static struct nss_module nss;

static const struct lw_entry alice = USER("alice", "100-1025"),
			     admins = GROUP("admins", "100-2001");
static const struct worker_synced whole[] = {
	{ &admins, { DN_OF("alice") } },
	{ &alice, { NULL } },
};
static const struct worker_line followed[] = {
	{ .op = LW_OP_SYNC,
	  .key = "everything",
	  .synced = whole,
	  .synced_n = COUNT(whole),
	  .end = LW_SYNCED_EVERYTHING,
	  .highest = 100 },
	{ .op = LW_OP_SYNC,
	  .key = "changes",
	  .end = LW_SYNCED_CHANGES,
	  .highest = 100 },
};
static const struct worker_line facts[] = {
	{ .op = LW_OP_FIND, .key = "alice", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "100-1025", .entry = { &alice } },
	{ .op = LW_OP_FIND, .key = "1-2001", .entry = { &admins } },
	{ .op = LW_OP_FIND, .key = "100-2001", .entry = { &admins } },
	{ .op = LW_OP_FIND, .key = "admins", .entry = { &admins } },
	{ .op = LW_OP_MEMBERSHIPS, .entry = { &admins } },
	{ .op = LW_OP_MEMBERS, .entry = { &alice } },
};

static ino_t before; /* of the last test's map */

static ino_t map_now(void)
{
	struct stat st;

	return stat("map", &st) == 0 ? st.st_ino : 0;
}

static int begin(void **state)
{
	(void)state;
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

static void start_whole(const char *conf)
{
	for (size_t i = 0; i < COUNT(followed); i++)
		worker_say(&followed[i]);
	daemon_start(conf);
	daemon_says("the directory is known whole", 1);
}

static void until_published(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;

	while (map_now() == before) {
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

static void names_are_told(void)
{
	struct asker_got got;

	assert_int_equal(asker_passwd(ALICE, &got), LW_OK);
	assert_int_equal(got.uid, ID(1025));
	assert_int_equal(asker_uid(ID(1025), NULL), LW_OK);
	assert_int_equal(asker_gid(ID(2001), NULL), LW_OK);
}

static void all_is_told(void)
{
	struct asker_got got;

	names_are_told();
	assert_int_equal(asker_initgroups(ALICE, &got), LW_OK);
	assert_true(asker_in_group(&got, ID(2001)));
	assert_int_equal(asker_group(ADMINS, &got), LW_OK);
	assert_string_equal(got.members, ALICE " ");
	assert_int_equal(login_account(ALICE), LW_OK);
}

static void until_outdated(void)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	enum lw_err e;

	while ((e = login_account(ALICE)) != LW_OUTDATED) {
		assert_int_equal(e, LW_OK);
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

static void no_rights_are_told(void)
{
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OFFLINE);
	assert_int_equal(asker_group(ADMINS, NULL), LW_OFFLINE);
	assert_int_equal(login_account(ALICE), LW_OUTDATED);
}

static void until_status_is(const char *words)
{
	static const char *const args[] = { "status", NULL };
	int64_t until = worker_now_ms() + PATIENCE_MS;
	char text[8192];

	for (;;) {
		assert_int_equal(ctl_run(args, text, sizeof(text)), 1);
		if (strstr(text, words))
			return;
		if (worker_now_ms() > until)
			fail_msg("no \"%s\" in:\n%s", words, text);
	}
}

static void rights_end(void)
{
	worker_stop();
	all_is_told();
}

static void rights_end_before_names_do(void **state)
{
	(void)state;
	start_whole(SOON LONG);
	rights_end();
	daemon_reload(SOON RIGHTS, "configuration read again");
	until_outdated();
	no_rights_are_told();
	names_are_told();
	daemon_says(RIGHTS_ENDED, 1);
	until_status_is("FAILS: the directory has been away");
	assert_int_equal(daemon_said(RIGHTS_ENDED), 1);
	assert_int_equal(daemon_said("longer than offline_max"), 0);
	daemon_says("service sshd: directory away for longer "
		    "than offline_authorization_max",
		    2);

	worker_start();
	daemon_says("what is known of groups counts again", 1);
	all_is_told();
}

static void so_they_do_where_each_is_asked_about(void **state)
{
	(void)state;
	daemon_start(DEMAND LONG);
	all_is_told();
	rights_end();
	/* What is read again forgets what was said on demand. */
	daemon_stop();
	worker_start();
	daemon_start(DEMAND RIGHTS);
	all_is_told();
	worker_stop();
	until_outdated();
	no_rights_are_told();
	names_are_told();
	daemon_says(RIGHTS_ENDED, 1);
}

/* Each answer until then is the right one, and none that there is nobody. */
static void until_offline(const char *name, enum lw_err known)
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	enum lw_err e;

	while ((e = asker_passwd(name, NULL)) != LW_OFFLINE) {
		assert_int_equal(e, known);
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

static void nothing_is_told(void)
{
	assert_int_equal(asker_passwd(ALICE, NULL), LW_OFFLINE);
	assert_int_equal(asker_uid(ID(1025), NULL), LW_OFFLINE);
	assert_int_equal(asker_gid(ID(2001), NULL), LW_OFFLINE);
	assert_int_equal(asker_group(ADMINS, NULL), LW_OFFLINE);
	assert_int_equal(asker_initgroups(ALICE, NULL), LW_OFFLINE);
}

static void names_end_offline_and_never_as_nobodys(void **state)
{
	(void)state;
	start_whole(SOON SHORT);
	all_is_told();
	assert_int_equal(asker_passwd(NOBODY, NULL), LW_NOTFOUND);
	worker_stop();
	until_offline(ALICE, LW_OK);
	until_offline(NOBODY, LW_NOTFOUND);
	nothing_is_told();
	daemon_says("longer than offline_max", 1);
	until_status_is("longer than offline_max");
	worker_start();
	daemon_says("what is known of groups counts again", 1);
	all_is_told();
}

static void so_they_do_on_demand(void **state)
{
	(void)state;
	daemon_start(DEMAND SHORT);
	all_is_told();
	assert_int_equal(asker_passwd(NOBODY, NULL), LW_NOTFOUND);
	worker_stop();
	until_offline(ALICE, LW_OK);
	until_offline(NOBODY, LW_NOTFOUND);
	nothing_is_told();
}

static enum nss_status user(const char *name)
{
	static char buf[1024];
	struct passwd pw;
	int e;

	return nss.getpwnam(name, &pw, buf, sizeof(buf), &e);
}

static enum nss_status groups(const char *name)
{
	long start = 0, size = 1;
	gid_t *v = malloc(sizeof(*v));
	enum nss_status s;
	int e;

	assert_non_null(v);
	s = nss.initgroups(name, (gid_t)-1, &start, &size, &v, -1, &e);
	free(v);
	return s;
}

static void until_seen(enum nss_status (*what)(const char *))
{
	int64_t until = worker_now_ms() + PATIENCE_MS;
	enum nss_status s;

	while ((s = what(ALICE)) != NSS_STATUS_UNAVAIL) {
		assert_int_equal(s, NSS_STATUS_SUCCESS);
		assert_true(worker_now_ms() < until);
		worker_wait(-1, 0, worker_now_ms() + 5);
	}
}

/* Programs are told by the map, whether there is a daemon or not. */
static void the_map_ends_as_the_daemon_does(void **state)
{
	(void)state;
	start_whole(SOON RIGHTS);
	until_published();
	worker_stop();
	until_seen(groups);
	assert_int_equal(user(ALICE), NSS_STATUS_SUCCESS);
	daemon_kill();
	assert_int_equal(groups(ALICE), NSS_STATUS_UNAVAIL);
	assert_int_equal(user(ALICE), NSS_STATUS_SUCCESS);
}

static void the_map_ends_without_a_daemon(void **state)
{
	(void)state;
	start_whole(SOON SHORT);
	until_published();
	daemon_kill();
	until_seen(user);
	assert_int_equal(groups(ALICE), NSS_STATUS_UNAVAIL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rights_end_before_names_do),
		TEST(so_they_do_where_each_is_asked_about),
		TEST(names_end_offline_and_never_as_nobodys),
		TEST(so_they_do_on_demand),
		TEST(the_map_ends_as_the_daemon_does),
		TEST(the_map_ends_without_a_daemon),
	};
	int failed;

	if (geteuid() != 0) {
		puts("skipped: the priv socket answers uid 0 only");
		return 77;
	}
	front_enter();
	nss_module_load(&nss);
	failed = cmocka_run_group_tests_name("outage", tests, NULL, NULL);
	front_leave();
	return failed;
}
