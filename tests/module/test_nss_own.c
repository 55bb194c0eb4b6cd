/*
 * test_nss_own.c - processes of our daemons' users get no answers of ours,
 * whether a front is there, hangs or knows them: a daemon never asks itself.
 *
 * Each asks in a process of its own: who one is, is looked up once.
 */
#include "check.h"
#include "cleanup.h"
#include "front.h"
#include "nss_module.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define DAEMON_UID 64001
#define OTHER_UID  64002

static struct nss_module nss;
static const struct lw_passwd alice = {
	.uid = 16778241,
	.gid = 16778242,
	.name = LW_STR("alice@lightwave.local"),
	.gecos = LW_STR("Alice"),
	.dir = LW_STR("/home/alice"),
	.shell = LW_STR("/bin/sh"),
};

static int ask(uid_t uid)
{
	struct passwd pw;
	char buf[256];
	int e;

	if (geteuid() == 0 && setresuid(uid, uid, uid) < 0)
		return 100;
	return (int)nss.getpwnam("alice@lightwave.local", &pw, buf, sizeof(buf),
				 &e);
}

static enum nss_status asked_by(uid_t uid)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(ask(uid) + 10);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) - 10;
}

static void a_daemon_is_told_that_nothing_is_ours(void **state)
{
	static const char *const folders[] = { "own", "own-worker",
					       "own-creds" };
	struct front_reply reply = { 0 };
	lw_cleanup(lw_free) uint8_t *body = nss_passwd(&alice, &reply.n);
	struct front f;

	(void)state;
	reply.body = body;
	front_start(&f, &reply, 1);
	assert_int_equal(asked_by(DAEMON_UID), NSS_STATUS_SUCCESS);
	for (unsigned int i = 0; i < COUNT(folders); i++) {
		assert_int_equal(mkdir(folders[i], 0755), 0);
		if (geteuid() == 0)
			assert_int_equal(chown(folders[i], DAEMON_UID, 0), 0);
		assert_int_equal(asked_by(DAEMON_UID), NSS_STATUS_NOTFOUND);
		if (geteuid() == 0)
			assert_int_equal(asked_by(OTHER_UID),
					 NSS_STATUS_SUCCESS);
		assert_int_equal(rmdir(folders[i]), 0);
	}
	assert_int_equal(front_count(&f, LW_OP_PASSWD_BY_NAME),
			 geteuid() == 0 ? 1 + COUNT(folders) : 1);
	front_stop(&f);
}

/* Folders of root's, as before the daemons were ever started. */
static void root_is_no_daemon(void **state)
{
	struct front_reply reply = { 0 };
	lw_cleanup(lw_free) uint8_t *body = nss_passwd(&alice, &reply.n);
	struct front f;

	(void)state;
	reply.body = body;
	front_start(&f, &reply, 1);
	assert_int_equal(mkdir("own", 0755), 0);
	assert_int_equal(asked_by(0), geteuid() == 0 ? NSS_STATUS_SUCCESS
						     : NSS_STATUS_NOTFOUND);
	assert_int_equal(rmdir("own"), 0);
	front_stop(&f);
}

/* As a child of process 1 does, which has asked as root before. */
static int become_one(void)
{
	if (ask(0) != NSS_STATUS_SUCCESS)
		return 1;
	return ask(DAEMON_UID) == NSS_STATUS_NOTFOUND ? 0 : 2;
}

static void who_becomes_a_daemon_asks_no_more(void **state)
{
	struct front_reply reply = { 0 };
	lw_cleanup(lw_free) uint8_t *body = nss_passwd(&alice, &reply.n);
	struct front f;
	int status = 0;
	pid_t pid;

	(void)state;
	reply.body = body;
	front_start(&f, &reply, 1);
	assert_int_equal(mkdir("own-worker", 0755), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown("own-worker", DAEMON_UID, 0), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			_exit(become_one());
		assert_int_equal(waitpid(pid, &status, 0), pid);
	}
	assert_int_equal(status, 0);
	assert_int_equal(rmdir("own-worker"), 0);
	front_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_daemon_is_told_that_nothing_is_ours),
		cmocka_unit_test(root_is_no_daemon),
		cmocka_unit_test(who_becomes_a_daemon_asks_no_more),
	};
	int failed;

	front_enter();
	nss_module_load(&nss);
	failed = cmocka_run_group_tests_name("nss_own", tests, NULL, NULL);
	front_leave();
	return failed;
}
