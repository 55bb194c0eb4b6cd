/*
 * test_nss_hostile.c - libnss_lightwave before a front that is away, slow or
 * lying: "unavailable", in time, and never "no such user".
 */
#include "check.h"
#include "cleanup.h"
#include "front.h"
#include "nss_module.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static struct nss_module nss;
static const struct lw_passwd alice = {
	.uid = 16778241,
	.gid = 16778242,
	.name = LW_STR("alice@lightwave.local"),
	.gecos = LW_STR("Alice"),
	.dir = LW_STR("/home/alice"),
	.shell = LW_STR("/bin/sh"),
};

/* One getpwnam; ret_ms: how long it took. */
static enum nss_status timed(int64_t *ret_ms)
{
	int64_t begin = front_now_ms();
	enum nss_status status;
	struct passwd pw;
	char buf[256];
	int e;

	status = nss.getpwnam("alice@lightwave.local", &pw, buf, sizeof(buf),
			      &e);
	*ret_ms = front_now_ms() - begin;
	return status;
}

static void absent_is_unavailable_at_once(void **state)
{
	int64_t ms;

	(void)state;
	assert_int_equal(timed(&ms), NSS_STATUS_UNAVAIL);
	print_message("absent: %d ms\n", (int)ms);
	assert_true(ms < 50);
	assert_int_equal(nss_ask_all(&nss), NSS_STATUS_UNAVAIL);
}

static void a_socket_without_a_front_is_unavailable(void **state)
{
	struct front f;
	int64_t ms;

	(void)state;
	front_start(&f, NULL, 0);
	/* Gone as after a kill: its sockets stay where they were. */
	assert_int_equal(rename("nss", "kept"), 0);
	front_stop(&f);
	assert_int_equal(rename("kept", "nss"), 0);
	assert_int_equal(timed(&ms), NSS_STATUS_UNAVAIL);
	assert_true(ms < 50);
	assert_int_equal(unlink("nss"), 0);
}

static void a_front_that_does_not_answer_costs_one_budget(void **state)
{
	static const enum front_manner manners[] = { FRONT_HANG, FRONT_STALL };
	struct front f;
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < COUNT(manners); i++) {
		struct front_reply reply = { .manner = manners[i] };

		front_start(&f, &reply, 1);
		assert_int_equal(timed(&ms), NSS_STATUS_UNAVAIL);
		assert_in_range(ms, 900, 1500);
		front_stop(&f);
	}
}

/* The first process of a new pid namespace is its process 1. */
static int as_init(void)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID) < 0)
		return -1;
	pid = fork();
	if (pid < 0)
		return -1;
	if (pid == 0) {
		int64_t ms;

		if (getpid() != 1 || timed(&ms) != NSS_STATUS_UNAVAIL)
			_exit(1);
		_exit(ms < 500 ? 0 : 2);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 3;
	return WEXITSTATUS(status);
}

static void process_1_waits_much_less(void **state)
{
	struct front_reply reply = { .manner = FRONT_HANG };
	struct front f;
	int status;
	pid_t pid;

	(void)state;
	front_start(&f, &reply, 1);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int r = as_init();

		_exit(r < 0 ? 77 : r);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	front_stop(&f);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip(); /* takes root */
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Heads that lie, and what is no message at all. */
static void garbage_is_unavailable(void **state)
{
	static const struct {
		const char *what;
		uint8_t p[24];
		size_t n;
	} raw[] = {
		{ "nothing", "", 0 },
		{ "half a head", "\0\0\0\4\0\2", 6 },
		{ "version 1", "\0\0\0\4\0\1\0\1\0\0\0\0\0\0\0\1", 16 },
		{ "version 0", "\0\0\0\4\0\0\0\1\0\0\0\0\0\0\0\1", 16 },
		{ "no status", "\0\0\0\0\0\2\0\1\0\0\0\0", 12 },
		{ "half a status", "\0\0\0\2\0\2\0\1\0\0\0\0\0\0", 14 },
		{ "shorter than said", "\0\0\0\7\0\2\0\1\0\0\0\0\0\0\0\0", 16 },
		{ "16 MiB and one", "\1\0\0\1\0\2\0\1\0\0\0\0\0\0\0\0", 16 },
		{ "4 GiB", "\377\377\377\377\0\2\0\1\0\0\0\0\0\0\0\0", 16 },
		{ "status -1", "\0\0\0\4\0\2\0\1\0\0\0\0\377\377\377\377", 16 },
		{ "text", "HTTP/1.1 400 Bad Request", 24 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(raw); i++) {
		struct front_reply reply = { .manner = FRONT_RAW,
					     .body = raw[i].p,
					     .n = raw[i].n };
		struct front f;

		front_start(&f, &reply, 1);
		if (nss_ask_all(&nss) != NSS_STATUS_UNAVAIL)
			fail_msg("%s", raw[i].what);
		front_stop(&f);
	}
}

/* Bodies under a good head: for each entry point at least one is malformed. */
static void bodies_that_lie_are_unavailable(void **state)
{
	static const struct {
		const char *what;
		uint8_t p[24];
		size_t n;
	} bodies[] = {
		{ "no body", "", 0 },
		{ "one byte", "\1", 1 },
		{ "huge count", "\377\377\377\377", 4 },
		{ "huge count of members", "\1\0\4\2\0\0\0\1a\377\377\377\377",
		  13 },
		{ "string beyond the end", "\1\0\4\1\1\0\4\2\0\0\0\377abcd",
		  16 },
		{ "NUL inside a string", "\1\0\4\2\0\0\0\2a\0\0\0\0\0", 14 },
		{ "string of 4 GiB", "\1\0\4\1\1\0\4\2\377\377\377\377", 12 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct front_reply reply = { .body = bodies[i].p,
					     .n = bodies[i].n };
		struct front f;

		front_start(&f, &reply, 1);
		if (nss_ask_all(&nss) != NSS_STATUS_UNAVAIL)
			fail_msg("%s", bodies[i].what);
		front_stop(&f);
	}
}

/* Root, nobody, the nameless, and somebody else than was asked for. */
static void entries_that_cannot_be_are_unavailable(void **state)
{
	static const struct {
		uint32_t uid, gid;
		const char *name;
	} bad[] = {
		{ 0, 16778242, "alice@lightwave.local" },
		{ UINT32_MAX, 16778242, "alice@lightwave.local" },
		{ 16778241, UINT32_MAX, "alice@lightwave.local" },
		{ 16778241, 16778242, "" },
	};
	struct passwd pw;
	struct group gr;
	char b[256];
	size_t n;
	int e;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct lw_passwd entry = alice;
		lw_cleanup(lw_free) uint8_t *body = NULL;
		struct front_reply reply = { 0 };
		struct front f;

		entry.uid = bad[i].uid;
		entry.gid = bad[i].gid;
		entry.name = lw_str(bad[i].name);
		reply.body = body = nss_passwd(&entry, &reply.n);
		front_start(&f, &reply, 1);
		assert_int_equal(nss.getpwnam("a@b", &pw, b, sizeof(b), &e),
				 NSS_STATUS_UNAVAIL);
		front_stop(&f);
	}
	{
		lw_cleanup(lw_free) uint8_t *user = nss_passwd(&alice, &n);
		lw_cleanup(lw_free) uint8_t *group = NULL;
		struct front_reply table[] = {
			{ .op = LW_OP_PASSWD_BY_UID, .body = user, .n = n },
			{ .op = LW_OP_GROUP_BY_GID },
			{ .op = LW_OP_GROUP_BY_NAME },
		};
		struct front f;

		table[1].body = group = nss_group(5000, "g@b", 0, &n);
		table[1].n = n;
		front_start(&f, table, 2);
		assert_int_equal(nss.getpwuid(5, &pw, b, sizeof(b), &e),
				 NSS_STATUS_UNAVAIL);
		assert_int_equal(nss.getgrgid(5, &gr, b, sizeof(b), &e),
				 NSS_STATUS_UNAVAIL);
		assert_int_equal(nss.getgrgid(5000, &gr, b, sizeof(b), &e),
				 NSS_STATUS_SUCCESS);
		front_stop(&f);
	}
}

static void endings_are_unavailable_and_drops_are_not(void **state)
{
	lw_cleanup(lw_free) uint8_t *body = NULL;
	struct front_reply reply = { .manner = FRONT_CLOSE };
	struct front f;
	int64_t ms;

	(void)state;
	reply.body = body = nss_passwd(&alice, &reply.n);
	front_start(&f, &reply, 1);
	assert_int_equal(nss_ask_all(&nss), NSS_STATUS_UNAVAIL);
	front_stop(&f);

	reply.manner = FRONT_CUT;
	front_start(&f, &reply, 1);
	assert_int_equal(nss_ask_all(&nss), NSS_STATUS_UNAVAIL);
	front_stop(&f);

	reply.manner = FRONT_DRIP;
	front_start(&f, &reply, 1);
	assert_int_equal(timed(&ms), NSS_STATUS_SUCCESS);
	front_stop(&f);
}

static void *ask_often(void *unused)
{
	intptr_t wrong = 0;
	int64_t ms;

	(void)unused;
	for (int i = 0; i < 50; i++)
		wrong += timed(&ms) != NSS_STATUS_SUCCESS;
	return (void *)wrong;
}

/* How many calls of eight threads went wrong. */
static intptr_t in_threads(void)
{
	pthread_t threads[8];
	intptr_t wrong = 0;

	for (size_t i = 0; i < COUNT(threads); i++) {
		if (pthread_create(&threads[i], NULL, ask_often, NULL) != 0)
			return -1;
	}
	for (size_t i = 0; i < COUNT(threads); i++) {
		void *r;

		pthread_join(threads[i], &r);
		wrong += (intptr_t)r;
	}
	return wrong;
}

static void threads_and_forks_do_not_disturb_each_other(void **state)
{
	lw_cleanup(lw_free) uint8_t *body = NULL;
	struct front_reply reply = { 0 };
	struct front f;
	pid_t pids[3];
	int fd;

	(void)state;
	fd = open(".", O_RDONLY | O_DIRECTORY);
	reply.body = body = nss_passwd(&alice, &reply.n);
	front_start(&f, &reply, 1);
	for (size_t i = 0; i < COUNT(pids); i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			_exit(in_threads() == 0 ? 0 : 1);
	}
	assert_int_equal(in_threads(), 0);
	for (size_t i = 0; i < COUNT(pids); i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(f.log->count, 4 * 8 * 50);
	front_stop(&f);
	/* Not one descriptor stayed open: the next is the next. */
	assert_int_equal(close(fd), 0);
	assert_int_equal(open(".", O_RDONLY | O_DIRECTORY), fd);
	assert_int_equal(close(fd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_is_unavailable_at_once),
		cmocka_unit_test(a_socket_without_a_front_is_unavailable),
		cmocka_unit_test(a_front_that_does_not_answer_costs_one_budget),
		cmocka_unit_test(process_1_waits_much_less),
		cmocka_unit_test(garbage_is_unavailable),
		cmocka_unit_test(bodies_that_lie_are_unavailable),
		cmocka_unit_test(entries_that_cannot_be_are_unavailable),
		cmocka_unit_test(endings_are_unavailable_and_drops_are_not),
		cmocka_unit_test(threads_and_forks_do_not_disturb_each_other),
	};
	int r;

	nss_module_load(&nss);
	front_enter();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	front_leave();
	return r;
}
